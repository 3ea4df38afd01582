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
        ("prot: 1", "did you mean port?"), ("kafka:\n  topic: [a]", "did you mean kafka.topics?"),
        ("port: x", "f.yaml:1"), ("port: -1", "integer"), ("\n\nport: [1]", "f.yaml:3"),
        ("port: 1\nport: 2", "port stands twice"), ("- a", "keys and values"), ("archive: 3", "keys and values"),
        ("a: &x 1\nport: *x", "alias"), ("port: {", "f.yaml:"), ("kafka: {topics: [[a]]}", "list of words"),
        ("archive: {cutouts: yes}", "flag"), ("catalogues: {radius_arcsec: nan}", "number"),
        ("catalogues: {radii: 3}", "names and values"), ("? [a]\n: 1", "key"),
        ("a: [[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]", "16 deep"),
    ])
    func mistakesAreNamed(text: String, part: String) {
        #expect(Self.complaint(text).contains(part), "\(Self.complaint(text))")
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
