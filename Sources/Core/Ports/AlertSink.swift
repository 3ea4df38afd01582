/// Where published records go: a Kafka cluster, or nothing. One publisher per topic calls it, in order of offset.
public protocol AlertSink: AnyObject, Sendable {
    /// Sends records of a topic and waits until all are acknowledged; on a fault the caller sends the same again.
    func send(_ records: [OutgoingRecord], topic: String) throws(DependencyFault)
    func close()
}

/// One record on its way out.
public struct OutgoingRecord: Sendable {
    public let key: String
    /// `topic/offset`: the same whenever it is sent again, so that consumers can tell.
    public let identity: String
    public let value: [UInt8]
    public let timestampMilliseconds: Int64

    public init(key: String, identity: String, value: [UInt8], timestampMilliseconds: Int64) {
        self.key = key
        self.identity = identity
        self.value = value
        self.timestampMilliseconds = timestampMilliseconds
    }
}
