import Core

/// The open dead letters as a source: those that decode now are committed and marked as retried, the others stay open.
public final class DeadLetterSource: AlertSource {
    /// The input under which retried letters run; its offsets are their ids, and none is stored.
    public static let topic = "deadletters"

    private let database: any Database
    private var next: Int64 = 0
    public private(set) var triedCount = 0

    public init(database: any Database) { self.database = database }

    public func read(
        into batch: inout MessageBatch, limit: Int, timeoutSeconds: Double
    ) throws(DependencyFault) -> SourceEvent {
        let letters = try database.deadLetters(from: next, limit: max(1, limit), openOnly: true)
        guard let last = letters.last else { return .ended }
        let index = batch.partitionIndex(InputPartition(topic: DeadLetterSource.topic, partition: 0))
        for stored in letters {
            let bytes = stored.letter.message.withUnsafeBytes { batch.arena.append($0) }
            batch.messages.append(
                MessageBatch.Message(
                    bytes: bytes, partition: index, offset: stored.id, producedAtUnixSeconds: 0, framing: .confluent))
        }
        triedCount += letters.count
        next = last.id + 1
        return .messages
    }

    public func didCommit(_ advances: [PartitionAdvance]) {}

    public func rewind(to offsets: [(partition: InputPartition, next: Int64?)]) throws(DependencyFault) {
        next = 0
        triedCount = 0
    }

    public func close() {}
}
