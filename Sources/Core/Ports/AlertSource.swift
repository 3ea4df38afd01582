/// Where alerts come from: messages in order per partition, each with its offset.
///
/// One thread calls it. A source never decides what was read: the database's offsets do.
public protocol AlertSource: AnyObject {
    /// Fills `batch` with at most `limit` messages, waiting at most `timeoutSeconds` for the first.
    func read(into batch: inout MessageBatch, limit: Int, timeoutSeconds: Double) throws(DependencyFault) -> SourceEvent
    /// The database has committed up to here: for lag tools only.
    func didCommit(_ advances: [PartitionAdvance])
    /// Goes back to the stored offsets after a stale commit or a reopened database.
    func rewind(to offsets: [(partition: InputPartition, next: Int64?)]) throws(DependencyFault)
    /// The caller is busy with something else and reads nothing now: called about each second meanwhile.
    func keepAlive() throws(DependencyFault)
    func close()
}

extension AlertSource {
    public func keepAlive() throws(DependencyFault) {}
}

/// What a read found.
public enum SourceEvent: Sendable, Equatable {
    /// There may be more.
    case messages
    /// Nothing came in time.
    case idle
    /// The source has ended: files were read to their end.
    case ended
}

/// Messages as they arrived: bytes in one arena, no decoding.
public struct MessageBatch {
    public struct Message: Sendable {
        public var bytes: ByteReference
        /// Index into `partitions`.
        public var partition: Int32
        public var offset: Int64
        public var producedAtUnixSeconds: Double
        /// Set when the source itself could not read this record (a damaged container block).
        public var fault: RecordFault?
        /// How the bytes are framed.
        public var framing: MessageFraming
        /// The first of an input whose numbering began anew: smaller offsets than the stored one are not read before.
        public var beginsAnew = false

        public init(
            bytes: ByteReference, partition: Int32, offset: Int64, producedAtUnixSeconds: Double,
            fault: RecordFault? = nil, framing: MessageFraming
        ) {
            self.bytes = bytes
            self.partition = partition
            self.offset = offset
            self.producedAtUnixSeconds = producedAtUnixSeconds
            self.fault = fault
            self.framing = framing
        }
    }

    public let arena = ByteArena(capacity: 1 << 20)
    public var messages: [Message] = []
    public var partitions: [InputPartition] = []

    public init() {}

    public mutating func removeAll() {
        arena.removeAll()
        messages.removeAll(keepingCapacity: true)
        partitions.removeAll(keepingCapacity: true)
    }

    public mutating func partitionIndex(_ partition: InputPartition) -> Int32 {
        if let index = partitions.firstIndex(of: partition) { return Int32(index) }
        partitions.append(partition)
        return Int32(partitions.count - 1)
    }
}

/// How a message says which schema wrote it.
public enum MessageFraming: Sendable, Equatable {
    /// 0x00 and a 4-byte big-endian registry id before the body.
    case confluent
    /// A bare body, written with this schema: the fingerprint by which the source registered a container's schema.
    case bare(schemaID: Int32)
}
