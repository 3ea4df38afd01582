import Core

/// What a publisher needs of the database.
public struct Outbox: Sendable {
    /// Records of a topic from an offset on: topic, offset, most records, most bytes.
    public let read: @Sendable (String, Int64, Int, Int) throws(DependencyFault) -> [StoredPublication]
    /// The next offset to be acknowledged: cursor's name, topic.
    public let cursor: @Sendable (String, String) throws(DependencyFault) -> Int64
    public let setCursor: @Sendable (String, String, Int64) throws(DependencyFault) -> Void

    public init(
        read: @escaping @Sendable (String, Int64, Int, Int) throws(DependencyFault) -> [StoredPublication],
        cursor: @escaping @Sendable (String, String) throws(DependencyFault) -> Int64,
        setCursor: @escaping @Sendable (String, String, Int64) throws(DependencyFault) -> Void
    ) {
        self.read = read
        self.cursor = cursor
        self.setCursor = setCursor
    }

    public init(_ database: any Database) {
        self.init(
            read: { topic, offset, limit, maxBytes throws(DependencyFault) in
                try database.publications(topic: topic, from: offset, limit: limit, maxBytes: maxBytes)
            },
            cursor: { name, topic throws(DependencyFault) in try database.publisherCursor(name, topic: topic) },
            setCursor: { name, topic, next throws(DependencyFault) in
                try database.setPublisherCursor(name, topic: topic, next: next)
            })
    }
}
