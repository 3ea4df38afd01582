import Core

/// Sources one after the other, as one.
public final class SourceSequence: AlertSource {
    private let sources: [any AlertSource]
    private var index = 0

    public init(_ sources: [any AlertSource]) { self.sources = sources }

    public func read(
        into batch: inout MessageBatch, limit: Int, timeoutSeconds: Double
    ) throws(DependencyFault) -> SourceEvent {
        while index < sources.count {
            let event = try sources[index].read(into: &batch, limit: limit, timeoutSeconds: timeoutSeconds)
            if event != .ended { return event }
            index += 1
        }
        return .ended
    }

    public func didCommit(_ advances: [PartitionAdvance]) {
        for source in sources { source.didCommit(advances) }
    }

    public func rewind(to offsets: [(partition: InputPartition, next: Int64?)]) throws(DependencyFault) {
        index = 0
        for source in sources { try source.rewind(to: offsets) }
    }

    public func keepAlive() throws(DependencyFault) {
        for source in sources { try source.keepAlive() }
    }

    public func close() {
        for source in sources { source.close() }
    }
}
