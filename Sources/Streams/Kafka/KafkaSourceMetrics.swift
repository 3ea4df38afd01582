import Core
import Synchronization

/// How far one partition is behind.
public struct PartitionLag: Sendable, Equatable {
    public let partition: InputPartition
    /// The next offset to be read; −1 before the first message of a partition that the database never saw.
    public let next: Int64
    /// One past the newest message, as the last fetch saw it; −1 before the first fetch.
    public let end: Int64
    /// Its stored offset has expired: it waits for an operator.
    public let isStopped: Bool

    /// Messages not read yet; 0 while one of both is unknown.
    public var lag: Int64 { next < 0 || end < 0 ? 0 : max(0, end - next) }

    public init(partition: InputPartition, next: Int64, end: Int64, isStopped: Bool) {
        self.partition = partition
        self.next = next
        self.end = end
        self.isStopped = isStopped
    }
}

/// What other threads may see of a Kafka source.
public final class KafkaSourceMetrics: Sendable {
    public let messages = Counter()
    public let bytes = Counter()
    public let errors = Counter()
    public let rebalances = Counter()
    /// Stored offsets that had expired.
    public let expired = Counter()
    private let current = Mutex<[PartitionLag]>([])

    public init() {}

    /// All owned partitions in order, as of about a second ago.
    public var lags: [PartitionLag] { current.withLock { $0 } }
    func set(_ lags: [PartitionLag]) { current.withLock { $0 = lags } }
}
