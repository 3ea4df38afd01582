import Core

/// Brings no alerts: keeps a pipeline alive for its other work, verdicts that wait for a catalogue, until it is told to stop.
public final class IdleSource: AlertSource {
    private let clock: any WallClock
    private let stop: StopFlag

    public init(clock: any WallClock = SystemClock(), stop: StopFlag) {
        self.clock = clock
        self.stop = stop
    }

    public func read(
        into batch: inout MessageBatch, limit: Int, timeoutSeconds: Double
    ) throws(DependencyFault) -> SourceEvent {
        if stop.isRequested { return .ended }
        clock.sleep(seconds: min(timeoutSeconds, 0.05))
        return .idle
    }

    public func didCommit(_ advances: [PartitionAdvance]) {}
    public func rewind(to offsets: [(partition: InputPartition, next: Int64?)]) throws(DependencyFault) {}
    public func close() {}
}
