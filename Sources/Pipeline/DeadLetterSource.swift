import Core

/// The open dead letters as a source: those that decode now are committed and marked as retried, the others stay open.
///
/// The end of a file that was still being copied is a letter whose bytes are not whole, and it has the offset of the alert
/// that stands there in the whole file: so that alert is read from the file anew.
public final class DeadLetterSource: AlertSource {
    /// Reads the record of an input at an offset anew; nil when it cannot.
    public typealias Reread = (InputPartition, Int64, ByteArena) -> (bytes: ByteReference, framing: MessageFraming)?

    /// The input under which retried letters run; its offsets are their ids, and none is stored.
    public static let topic = "deadletters"

    private let database: any Database
    private let grownInputs: Set<InputPartition>?
    private let reread: Reread
    private var next: Int64 = 0
    public private(set) var triedCount = 0

    /// - Parameters:
    ///   - grownInputs: only letters of these inputs that `reread` finds whole now; nil takes all open ones.
    ///   - reread: where letters are looked for whose bytes are not whole.
    public init(
        database: any Database, grownInputs: Set<InputPartition>? = nil, reread: @escaping Reread = { _, _, _ in nil }
    ) {
        self.database = database
        self.grownInputs = grownInputs
        self.reread = reread
    }

    public func read(
        into batch: inout MessageBatch, limit: Int, timeoutSeconds: Double
    ) throws(DependencyFault) -> SourceEvent {
        let before = batch.messages.count
        while batch.messages.count == before {
            let letters = try database.deadLetters(from: next, limit: max(1, limit), openOnly: true)
            guard let last = letters.last else { return .ended }
            let index = batch.partitionIndex(InputPartition(topic: DeadLetterSource.topic, partition: 0))
            for stored in letters {
                guard let (bytes, framing) = message(stored.letter, batch.arena) else { continue }
                batch.messages.append(
                    MessageBatch.Message(
                        bytes: bytes, partition: index, offset: stored.id, producedAtUnixSeconds: 0, framing: framing))
                triedCount += 1
            }
            next = last.id + 1
        }
        return .messages
    }

    private func message(_ letter: DeadLetter, _ arena: ByteArena) -> (bytes: ByteReference, framing: MessageFraming)? {
        if let grownInputs, !grownInputs.contains(letter.partition) { return nil }
        // What a cut can look like: a compressed file is damaged, and one of a few bytes may be taken for anything.
        if letter.offset == 0 || [.truncated, .framing, .container].contains(letter.fault.reason),
            let found = reread(letter.partition, letter.offset, arena)
        {
            return found
        }
        guard grownInputs == nil else { return nil }
        return (letter.message.withUnsafeBytes { arena.append($0) }, .confluent)
    }

    public func didCommit(_ advances: [PartitionAdvance]) {}

    public func rewind(to offsets: [(partition: InputPartition, next: Int64?)]) throws(DependencyFault) {
        next = 0
        triedCount = 0
    }

    public func close() {}
}
