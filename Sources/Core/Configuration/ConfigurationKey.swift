/// One key of the configuration: its dotted path, type, default and what it does. All keys stand in one list, from which
/// come the check of a file, the documented default file and the names of environment variables.
public struct ConfigurationKey: Sendable {
    public enum Kind: String, Sendable {
        case text
        case integer
        case number
        case flag
        /// A list of texts; in an environment variable separated by commas.
        case list
        /// Free names below it, each a mapping of its own keys (`catalogues.<name>.radius_arcsec`).
        case group
    }

    public let path: String
    public let kind: Kind
    /// As YAML; empty for "not set".
    public let defaultValue: String
    public let description: String
    /// The smallest and the largest value of a number.
    public let range: ClosedRange<Double>
    /// The words that a text may be, in small letters; empty for any.
    public let choices: [String]

    public init(
        _ path: String, _ kind: Kind, _ defaultValue: String, _ description: String,
        in range: ClosedRange<Double> = 0...1e15, oneOf choices: [String] = []
    ) {
        self.path = path
        self.range = range
        self.choices = choices
        self.kind = kind
        self.defaultValue = defaultValue
        self.description = description
    }

    /// `http.token_file` is also `NIGHTJAR_HTTP_TOKEN_FILE`.
    public var environmentName: String {
        "NIGHTJAR_" + String(path.map { $0 == "." ? "_" : Character($0.uppercased()) })
    }
}

extension Configuration {
    private static let securityProtocols = ["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"]
    /// Match radii of catalogues: a mistaken unit is outside.
    public static let matchRadiiArcsec = 0.001...3600.0
    private static let publishFormats = ["avro", "container", "json"]

    /// Every key, in the order of the documented default file.
    public static let keys: [ConfigurationKey] = [
        ConfigurationKey("data", .text, "nightjar-data", "The data directory; one broker owns it."),
        ConfigurationKey("host", .text, "127.0.0.1", "Address to listen on; loopback unless told."),
        ConfigurationKey("port", .integer, "8080", "Port of the HTTP service; 0 takes a free one.", in: 0...65_535),
        ConfigurationKey("log.level", .text, "info", "debug, info, warning or error."),
        ConfigurationKey("log.format", .text, "text", "text or json, on standard error."),
        ConfigurationKey(
            "http.token_file", .text, "", "File with the token that writes over HTTP need; none, no writes."),
        ConfigurationKey("kafka.bootstrap", .text, "", "Brokers of the alert stream, host:port separated by commas."),
        ConfigurationKey("kafka.topics", .list, "", "Topics to read; a name that starts with ^ is a pattern."),
        ConfigurationKey("kafka.group", .text, "nightjar", "Consumer group; Rubin's must start with the user name."),
        ConfigurationKey(
            "kafka.security_protocol", .text, "plaintext", "plaintext, ssl, sasl_plaintext or sasl_ssl.",
            oneOf: securityProtocols),
        ConfigurationKey("kafka.sasl_mechanism", .text, "", "SCRAM-SHA-512, SCRAM-SHA-256 or PLAIN."),
        ConfigurationKey("kafka.username", .text, "", "User name of SASL."),
        ConfigurationKey("kafka.password_file", .text, "", "File with the password of SASL."),
        ConfigurationKey("kafka.ca_file", .text, "", "Certificates to trust, PEM."),
        ConfigurationKey("kafka.properties", .group, "", "Further librdkafka properties, name: value."),
        ConfigurationKey(
            "kafka.accept_gap", .flag, "false", "Go on at the earliest offset when the stored one has expired."),
        ConfigurationKey("files", .list, "", "Alert files, directories or patterns to read instead of Kafka."),
        ConfigurationKey("registry.url", .text, "", "Schema registry of the alert stream."),
        ConfigurationKey(
            "registry.cache", .text, "", "Where its answers are kept; a folder of the data directory by default."),
        ConfigurationKey(
            "catalogues.directory", .text, "", "Where catalogues are; `catalogues` in the data directory by default."),
        ConfigurationKey(
            "catalogues.radius_arcsec", .number, "1.5", "Match radius of a catalogue that has none of its own.",
            in: matchRadiiArcsec),
        ConfigurationKey("catalogues.radii", .group, "", "Match radius of each catalogue, name: arcsec."),
        ConfigurationKey(
            "sso.site", .text, "X05",
            "The observatory that alerts come from: a code, or LONGITUDE,RHO_COS_PHI,RHO_SIN_PHI."),
        ConfigurationKey(
            "sso.valid_days", .number, "2000",
            "Nights farther from the middle of the orbits' epochs are not compared with them.", in: 1...36_525),
        ConfigurationKey(
            "sso.visit_closes_seconds", .number, "120",
            "A visit of which no alert came for so long is closed: who is nearest to an orbit is settled.", in: 1...86_400),
        ConfigurationKey("batch.alerts", .integer, "1024", "A batch closes at so many alerts …", in: 1...1_000_000),
        ConfigurationKey("batch.bytes", .integer, "33554432", "… or so many bytes …", in: 1...1_073_741_824),
        ConfigurationKey("batch.milliseconds", .integer, "100", "… or so long after its first alert.", in: 1...60_000),
        ConfigurationKey("accept_dead_letters", .flag, "false", "Go on when more than 1 % of a visit cannot be read."),
        ConfigurationKey("archive.enabled", .flag, "true", "Keep raw packets."),
        ConfigurationKey("archive.days", .integer, "7", "For so many days …", in: 0...100_000),
        ConfigurationKey("archive.bytes", .integer, "50000000000", "… and up to so many bytes."),
        ConfigurationKey("archive.cutouts", .flag, "false", "Keep cutouts too."),
        ConfigurationKey(
            "publish.bootstrap", .text, "", "Kafka cluster that topics are published to; none, HTTP only."),
        ConfigurationKey("publish.security_protocol", .text, "plaintext", "As for kafka.", oneOf: securityProtocols),
        ConfigurationKey("publish.sasl_mechanism", .text, "", "As for kafka."),
        ConfigurationKey("publish.username", .text, "", "As for kafka."),
        ConfigurationKey("publish.password_file", .text, "", "As for kafka."),
        ConfigurationKey("publish.ca_file", .text, "", "As for kafka."),
        ConfigurationKey("publish.properties", .group, "", "As for kafka."),
        ConfigurationKey(
            "publish.registry", .text, "",
            "Schema registry that gives the ids of our topics' schemas; none, this service is the registry."),
        ConfigurationKey(
            "publish.format", .text, "avro", "avro (Confluent framing), container (Avro object container) or json.",
            oneOf: publishFormats),
        ConfigurationKey("publish.retention_days", .number, "7", "Publications are kept so long …", in: 0...100_000),
        ConfigurationKey("publish.retention_bytes", .integer, "10000000000", "… and up to so many bytes a topic."),
    ]
}
