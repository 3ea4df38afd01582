import Core
import Streams

extension Configuration {
    /// The connection that a section (`kafka` or `publish`) describes; nil when it names no cluster.
    func kafkaConnection(_ section: String, bootstrap: String? = nil) throws(UserFault) -> KafkaConnection? {
        guard let servers = bootstrap ?? optionalText("\(section).bootstrap") else { return nil }
        var connection = KafkaConnection(bootstrapServers: servers)
        connection.securityProtocol = text("\(section).security_protocol").uppercased()
        connection.saslMechanism = optionalText("\(section).sasl_mechanism")
        connection.saslUsername = optionalText("\(section).username")
        if let path = optionalText("\(section).password_file") {
            connection.saslPassword = String(try TextFile.require(path).trimmingSpaces)
        }
        connection.tlsCALocation = optionalText("\(section).ca_file")
        connection.properties = group("\(section).properties")
        return connection
    }

    /// The settings of the alert stream; nil when none is named.
    func kafkaSource() throws(UserFault) -> KafkaSourceConfiguration? {
        guard let connection = try kafkaConnection("kafka") else { return nil }
        var source = KafkaSourceConfiguration(
            connection: connection, topics: list("kafka.topics"), groupID: text("kafka.group"))
        source.acceptsGap = flag("kafka.accept_gap")
        return source
    }
}
