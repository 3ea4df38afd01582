import Core
import Testing

@Suite struct ConfigurationTests {
    private static func read(_ text: String, _ environment: [String: String] = [:]) throws -> Configuration {
        try Configuration(text: text, file: "f.yaml", environment: environment)
    }
    private static func complaint(_ text: String, _ environment: [String: String] = [:]) -> String {
        do {
            _ = try Configuration(text: text, file: "f.yaml", environment: environment)
            return ""
        } catch {
            return error.description
        }
    }

    @Test func documentedDefaultGivesTheDefaults() throws {
        let read = try Self.read(Configuration.documentedDefault)
        let plain = Configuration()
        for key in Configuration.keys {
            switch key.kind {
            case .list: #expect(read.list(key.path) == plain.list(key.path), "\(key.path)")
            case .group: #expect(read.group(key.path).isEmpty, "\(key.path)")
            case .integer: #expect(read.integer(key.path) == plain.integer(key.path), "\(key.path)")
            case .number: #expect(read.number(key.path) == plain.number(key.path), "\(key.path)")
            case .flag, .text: #expect(read.text(key.path) == plain.text(key.path), "\(key.path)")
            }
        }
    }

    @Test func valuesOfEveryKind() throws {
        let settings = try Self.read(
            """
            port: 9000
            archive: {cutouts: true}
            kafka:
              topics: [a, "^b.*"]
            catalogues:
              radius_arcsec: 2.5
              radii: {gaia: 1, ned: 30}
            registry:
            """)
        #expect(settings.integer("port") == 9000)
        #expect(settings.flag("archive.cutouts"))
        #expect(settings.list("kafka.topics") == ["a", "^b.*"])
        #expect(settings.number("catalogues.radius_arcsec") == 2.5)
        #expect(settings.group("catalogues.radii").map { "\($0.name)=\($0.value)" } == ["gaia=1", "ned=30"])
        #expect(settings.optionalText("registry.url") == nil)
        #expect(try Self.read("").integer("batch.alerts") == 1024)
    }

    @Test func environmentOverrides() throws {
        let environment = [
            "NIGHTJAR_PORT": "1", "NIGHTJAR_KAFKA_TOPICS": "x, y", "NIGHTJAR_HTTP_TOKEN_FILE": "t", "PORT": "2",
        ]
        let settings = try Self.read("port: 9000", environment)
        #expect(settings.integer("port") == 1)
        #expect(settings.list("kafka.topics") == ["x", "y"])
        #expect(settings.text("http.token_file") == "t")
        #expect(Self.complaint("", ["NIGHTJAR_PORT": "x"]).contains("NIGHTJAR_PORT"))
        #expect(Set(Configuration.keys.map(\.environmentName)).count == Configuration.keys.count)
    }

    @Test(arguments: [
        ("prot: 1", "did you mean port?"), ("kafak:\n  topics: [a]", "did you mean kafka?"),
        ("kafka:\n  topic: [a]", "did you mean kafka.topics?"),
        ("port: x", "f.yaml:1"), ("port: -1", "integer"), ("\n\nport: [1]", "f.yaml:3"),
        ("port: 1\nport: 2", "port stands twice"), ("- a", "keys and values"), ("archive: 3", "keys and values"),
        ("a: &x 1\nport: *x", "alias"), ("port: {", "f.yaml:"), ("kafka: {topics: [[a]]}", "list of words"),
        ("archive: {cutouts: yes}", "flag"), ("catalogues: {radius_arcsec: nan}", "number"),
        ("catalogues: {radii: 3}", "names and values"), ("? [a]\n: 1", "key"),
        ("port: 65536", "integer from 0 to 65535"), ("batch: {alerts: 0}", "integer from 1 to 1000000"),
        ("batch: {bytes: 0}", "integer from 1"), ("batch: {milliseconds: 0}", "integer from 1 to 60000"),
        ("catalogues: {radius_arcsec: 0}", "number from 0.001 to 3600"), ("archive: {days: -1}", "integer from 0"),
        ("publish: {format: xml}", "avro (Confluent framing)"), ("kafka: {security_protocol: tls}", "sasl_ssl"),
        ("port: 1\n---\nport: 2", "f.yaml:2: a second document"), ("port: 1\n...\n", ""),
        ("a: [[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]", "16 deep"),
    ])
    func mistakesAreNamed(text: String, part: String) {
        #expect(Self.complaint(text).contains(part), "\(Self.complaint(text))")
    }

    @Test func aWordIsTakenInAnyCase() throws {
        #expect(try Self.read("kafka: {security_protocol: SASL_SSL}").text("kafka.security_protocol") == "sasl_ssl")
    }

    /// Launchers set variables of their own: they are told of, not refused.
    @Test func unknownVariablesAreTold() throws {
        let settings = try Self.read("", ["NIGHTJAR_POTR": "1", "NIGHTJAR_XYZZY_PLUGH_FROBOZZ": "", "HOME": "/"])
        #expect(settings.unknownVariables.map(\.name) == ["NIGHTJAR_POTR", "NIGHTJAR_XYZZY_PLUGH_FROBOZZ"])
        #expect(settings.unknownVariables.map(\.nearest) == ["NIGHTJAR_PORT", nil])
    }

    @Test func aListOfVeryManyIsRefusedAtOnce() {
        let names = (0..<100_001).map { "- f\($0)" }.joined(separator: "\n")
        let begin = SystemClock().monotonicSeconds
        #expect(Self.complaint("files:\n" + names).contains("more than 100000 entries"))
        #expect(SystemClock().monotonicSeconds - begin < 10)
    }

    @Test func optionsOfTheCommandLine() throws {
        var settings = Configuration()
        try settings.set("kafka.topics", to: "a,b", from: "--topics")
        try settings.set("port", to: "7", from: "--port")
        #expect(settings.list("kafka.topics") == ["a", "b"])
        #expect(settings.integer("port") == 7)
        #expect(throws: UserFault.self) { try settings.set("port", to: "seven", from: "--port") }
    }
}
