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
    public let messages: Counter
    public let bytes: Counter
    public let errors: Counter
    public let rebalances: Counter
    /// Stored offsets that had expired.
    public let expired: Counter
    private let registry: MetricRegistry
    private let current = Mutex<(lags: [PartitionLag], shown: Set<InputPartition>)>(([], []))
    private let currentFault = Mutex<DependencyFault?>(nil)

    /// - Parameter registry: where the figures are shown; a private one by default.
    public init(registry: MetricRegistry = MetricRegistry()) {
        self.registry = registry
        messages = registry.counter("nightjar_kafka_messages_total", help: "Messages taken from Kafka.")
        bytes = registry.counter("nightjar_kafka_bytes_total", help: "Bytes of the messages taken from Kafka.")
        errors = registry.counter("nightjar_kafka_errors_total", help: "Errors that the Kafka client reported.")
        rebalances = registry.counter(
            "nightjar_kafka_rebalances_total", help: "Times that the group gave or took partitions.")
        expired = registry.counter(
            "nightjar_kafka_expired_offsets_total", help: "Stored offsets that the brokers no longer had.")
    }

    /// All owned partitions in order, as of about a second ago.
    public var lags: [PartitionLag] { current.withLock { $0.lags } }

    /// What keeps the source from reading; nil when nothing does.
    public var fault: DependencyFault? { currentFault.withLock { $0 } }

    /// Why not all is read that should be, in sentences; empty when it is.
    public var reasonsNotReady: [String] {
        var reasons = fault.map { ["the alert stream cannot be read: \($0)"] } ?? []
        for lag in lags where lag.isStopped {
            let name = "partition \(lag.partition.partition) of \(lag.partition.topic)"
            reasons.append(
                lag.end >= 0 && lag.next > lag.end
                    ? "\(name) stopped: its stored offset \(lag.next) is beyond the topic's end \(lag.end), so the topic "
                        + "was deleted and made anew; restart with --accept-gap to read it from its beginning"
                    : "\(name) stopped: its stored offset \(lag.next) has expired; "
                        + "restart with --accept-gap to go on without what is lost")
        }
        return reasons
    }

    func set(_ fault: DependencyFault?) { currentFault.withLock { $0 = fault } }

    func set(_ lags: [PartitionLag]) {
        let new = current.withLock { current in
            current.lags = lags
            let new = lags.map(\.partition).filter { !current.shown.contains($0) }
            current.shown.formUnion(new)
            return new
        }
        for partition in new { show(partition) }
    }

    private func show(_ partition: InputPartition) {
        let labels = [("topic", partition.topic), ("partition", String(partition.partition))]
        registry.gauge(
            "nightjar_kafka_lag",
            help: "Messages of a partition not read yet; NaN where another member of the group reads.",
            labels: labels
        ) { [weak self] in self?.lag(of: partition).map { Double($0.lag) } ?? .nan }
        registry.gauge(
            "nightjar_kafka_partition_stopped", help: "1 where the stored offset has expired and nothing is read.",
            labels: labels
        ) { [weak self] in self?.lag(of: partition)?.isStopped == true ? 1 : 0 }
    }

    private func lag(of partition: InputPartition) -> PartitionLag? { lags.first { $0.partition == partition } }
}
