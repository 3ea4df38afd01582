import Core

/// How to reach a Kafka cluster: what the operator's configuration says, in librdkafka's terms.
public struct KafkaConnection: Sendable {
    /// `host:port,host:port`
    public var bootstrapServers: String
    /// PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL.
    public var securityProtocol = "PLAINTEXT"
    /// PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512.
    public var saslMechanism: String?
    public var saslUsername: String?
    public var saslPassword: String?
    /// PEM files.
    public var tlsCALocation: String?
    public var tlsCertificateLocation: String?
    public var tlsKeyLocation: String?
    public var tlsKeyPassword: String?
    public var clientID = "nightjar"
    /// Further librdkafka properties, applied in this order after ours; those on which correctness rests are refused.
    public var properties: [(name: String, value: String)] = []

    public init(bootstrapServers: String) { self.bootstrapServers = bootstrapServers }

    /// Set by Nightjar itself: with other values offsets or order would be lost.
    static let reserved: Set<String> = [
        "enable.auto.commit", "enable.auto.offset.store", "auto.offset.reset", "enable.idempotence", "acks",
        "partition.assignment.strategy", "enable.partition.eof", "bootstrap.servers", "group.id",
    ]

    func settings() throws(UserFault) -> [(String, String)] {
        var settings = [
            ("bootstrap.servers", bootstrapServers), ("client.id", clientID), ("security.protocol", securityProtocol),
        ]
        let optional: [(String, String?)] = [
            ("sasl.mechanisms", saslMechanism), ("sasl.username", saslUsername), ("sasl.password", saslPassword),
            ("ssl.ca.location", tlsCALocation), ("ssl.certificate.location", tlsCertificateLocation),
            ("ssl.key.location", tlsKeyLocation), ("ssl.key.password", tlsKeyPassword),
        ]
        for case (let name, let value?) in optional { settings.append((name, value)) }
        for (name, value) in properties {
            guard !KafkaConnection.reserved.contains(name) else {
                throw UserFault(
                    .usage, "the Kafka property '\(name)' cannot be set",
                    detail: "Nightjar sets it itself: offsets and order rest on it",
                    hint: "remove it from the configuration")
            }
            settings.append((name, value))
        }
        return settings
    }
}

/// What a Kafka source reads, and how.
public struct KafkaSourceConfiguration: Sendable {
    public var connection: KafkaConnection
    /// Names, or patterns that begin with `^`.
    public var topics: [String]
    /// Rubin's brokers ask that it starts with the user name.
    public var groupID: String
    /// Go on from the oldest message where the stored offset has expired.
    public var acceptsGap = false
    /// Larger messages become record faults. Rubin's topics allow 10 485 760 bytes.
    public var messageBytesMax = 10_485_760
    /// A batch ends when it holds this much.
    public var batchBytesMax = 32 << 20
    /// Messages fetched ahead, in bytes; one fetch response (16 MiB a broker) may come on top.
    public var queueBytesMax = 64 << 20

    public init(connection: KafkaConnection, topics: [String], groupID: String) {
        self.connection = connection
        self.topics = topics
        self.groupID = groupID
    }

    func settings() throws(UserFault) -> [(String, String)] {
        var settings = [
            ("fetch.wait.max.ms", "100"), ("session.timeout.ms", "45000"),
            ("topic.metadata.refresh.interval.ms", "60000"),
        ]
        settings += try connection.settings()
        return settings + [
            ("group.id", groupID), ("enable.auto.commit", "false"), ("enable.auto.offset.store", "false"),
            ("auto.offset.reset", "error"), ("partition.assignment.strategy", "cooperative-sticky"),
            ("queued.max.messages.kbytes", String(queueBytesMax >> 10)), ("queued.min.messages", "10000"),
            ("fetch.max.bytes", String(16 << 20)), ("fetch.message.max.bytes", String(messageBytesMax)),
            ("receive.message.max.bytes", String(64 << 20)),
        ]
    }
}
