/// Where an alert came from: enough to fetch it again and to advance the stored offsets.
public struct AlertOrigin: Sendable, Equatable {
    /// Index into `AlertBatch.partitions`.
    public var partition: Int32
    /// Kafka's offset, or the ordinal of the alert in its file.
    public var offset: Int64
    /// When its producer sent it (Kafka's `producer_timestamp`), seconds since 1970 UTC; 0 when not said.
    public var producedAtUnixSeconds: Double

    public init(partition: Int32, offset: Int64, producedAtUnixSeconds: Double = 0) {
        self.partition = partition
        self.offset = offset
        self.producedAtUnixSeconds = producedAtUnixSeconds
    }
}

/// One ordered input: a partition of a topic, or a file.
public struct InputPartition: Sendable, Hashable {
    public let topic: String
    public let partition: Int32

    public init(topic: String, partition: Int32) {
        self.topic = topic
        self.partition = partition
    }
}
