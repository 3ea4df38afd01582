import ADQL
import Core
import FilterEngine
import Testing

@Suite struct RegistryTests {
    func definition(_ select: String, name: String = "f", topic: String? = nil) throws -> FilterDefinition {
        let header = "-- owner: us\n" + (topic.map { "-- topic: \($0)\n" } ?? "")
        return try FilterDefinition(text: header + "SELECT \(select) FROM alert", name: name, catalog: .filters())
    }

    @Test func versionsAreImmutableAndCounted() throws {
        var registry = FilterRegistry()
        #expect(try registry.deploy(definition("ra"), at: MJD(1)) == .deployed(version: 1))
        #expect(try registry.deploy(definition("ra"), at: MJD(2)) == .unchanged(version: 1))
        #expect(try registry.deploy(definition("ra, dec"), at: MJD(3)) == .deployed(version: 2))
        let record = try registry.filter(named: "f")
        #expect(record.versions.map(\.number) == [1, 2])
        #expect(record.versions[0].columns == [OutputColumn(name: "ra", type: .float64)])
        #expect(registry.version == 2)
    }

    @Test func breakingEditsNeedANewTopicOrPermission() throws {
        var registry = FilterRegistry()
        _ = try registry.deploy(definition("ra, dec"), at: MJD(1))
        #expect(throws: UserFault.self) { try registry.deploy(definition("ra"), at: MJD(2)) }
        #expect(throws: UserFault.self) { try registry.deploy(definition("ra, diaSourceId AS dec"), at: MJD(2)) }
        #expect(try registry.deploy(definition("ra", topic: "other"), at: MJD(2)) == .deployed(version: 2))
        #expect(try registry.deploy(definition("dec", topic: "other"), at: MJD(3), allowBreaking: true) == .deployed(version: 3))
        #expect(throws: UserFault.self) { try registry.deploy(definition("ra", name: "g", topic: "other"), at: MJD(3)) }
    }

    @Test func aTopicKeepsItsFilterAndItsReaders() throws {
        var registry = FilterRegistry()
        _ = try registry.deploy(definition("ra, dec", topic: "t"), at: MJD(1))
        _ = try registry.deploy(definition("ra", topic: "other"), at: MJD(2))
        #expect(throws: UserFault.self) { try registry.deploy(definition("band AS ra", topic: "t"), at: MJD(3)) }
        #expect(throws: UserFault.self) { try registry.deploy(definition("ra, dec", name: "g", topic: "t"), at: MJD(3)) }
        #expect(try registry.deploy(definition("ra, dec, band", topic: "t"), at: MJD(3)) == .deployed(version: 3))
    }

    @Test func headersOfFilesWithCarriageReturnsAreRead() throws {
        let text = "-- title: My title\r\n\r\n-- owner: me\r\n-- topic: mine\r\nSELECT ra FROM alert\r\n"
        let definition = try FilterDefinition(text: text, name: "f", catalog: .filters())
        #expect(definition.topic == "nightjar_me_mine" && definition.title == "My title")
    }

    @Test func statesFollowEachOther() throws {
        var registry = FilterRegistry()
        _ = try registry.deploy(definition("ra"), at: MJD(1))
        try registry.pause("f", at: MJD(2))
        #expect(throws: UserFault.self) { try registry.pause("f", at: MJD(2)) }
        #expect(registry.active.isEmpty)
        try registry.resume("f", at: MJD(3))
        try registry.retire("f", at: MJD(4))
        #expect(throws: UserFault.self) { try registry.resume("f", at: MJD(5)) }
        #expect(throws: UserFault.self) { try registry.deploy(definition("dec"), at: MJD(5)) }
        #expect(throws: UserFault.self) { try registry.pause("nobody", at: MJD(5)) }
        #expect(try registry.filter(named: "f").events.map(\.action) == [.deploy, .pause, .resume, .retire])
    }

    @Test func theStoredFormReadsBackAndDamageIsTold() throws {
        var registry = FilterRegistry()
        _ = try registry.deploy(definition("ra, band, isDipole, detector"), at: MJD(61_000.25))
        _ = try registry.deploy(definition("ra", name: "g"), at: MJD(61_001))
        try registry.pause("g", at: MJD(61_002))
        let bytes = registry.encoded()
        #expect(try FilterRegistry(decoding: bytes) == registry)
        for length in 0..<bytes.count {
            #expect(throws: UserFault.self) { try FilterRegistry(decoding: Array(bytes.prefix(length))) }
        }
        #expect(throws: UserFault.self) { try FilterRegistry(decoding: [9] + bytes.dropFirst()) }
        var random = SeededRandom(seed: 11)
        for _ in 0..<2000 {
            var damaged = bytes
            damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            _ = try? FilterRegistry(decoding: damaged)
        }
    }

    /// The catalogues of its day stay with a version; registries of format 1 have none.
    @Test func cataloguesAreRecordedAtDeployment() throws {
        let extras = [ColumnSchema(id: 1, name: "parallax", type: .float32)]
        let schema = NearestMatches.schema(catalogue: "gaia", idType: .int64, extras: extras)
        let text = "SELECT s.parallax FROM alert AS a JOIN nearest.gaia AS s USING (diaSourceId)"
        let catalog = Catalog.filters(nearest: [("gaia", schema), ("ned", schema)])
        var registry = FilterRegistry()
        _ = try registry.deploy(FilterDefinition(text: text, name: "f", catalog: catalog), at: MJD(1))
        let read = try FilterRegistry(decoding: registry.encoded())
        #expect(read == registry)
        let recorded = try #require(read.filters[0].current.catalogues.first)
        #expect(recorded.name == "gaia" && recorded.columns.last == OutputColumn(name: "parallax", type: .float32))
        let later = Catalog.filters(nearest: [("gaia", recorded.schema)])
        #expect(try FilterDefinition(text: text, name: "f", catalog: later).outputColumns == read.filters[0].current.columns)
        var plain = FilterRegistry()
        _ = try plain.deploy(definition("ra"), at: MJD(1))
        var bytes = plain.encoded()
        // Without the count of catalogues, which stands before one event.
        let place = bytes.count - 17
        bytes.replaceSubrange(place - 4..<place, with: [])
        bytes[0] = 1
        #expect(try FilterRegistry(decoding: bytes) == plain)
    }

    @Test func theOutputSchemaFollowsTheSelectList() throws {
        let filter = try definition("diaSourceId, psfFlux, isDipole, band, detector, ABMAG(psfFlux) AS mag")
        #expect(filter.outputColumns.map(\.type) == [.int64, .float32, .bool, .string, .int32, .float64])
        let json = OutputSchema.avroJSON(topic: filter.topic, columns: filter.outputColumns)
        #expect(
            json.hasPrefix(
                "{\"type\":\"record\",\"name\":\"nightjar_us_f\",\"namespace\":\"nightjar\",\"fields\":[{\"name\":\"diaSourceId\",\"type\":\"long\"}"
            ))
        #expect(json.contains("{\"name\":\"mag\",\"type\":[\"null\",\"double\"],\"default\":null}"))
    }

    @Test func unusableNamesAreRefused() throws {
        #expect(throws: UserFault.self) { try definition("ra", name: "Not legal") }
        #expect(throws: UserFault.self) { try definition("nothing") }
    }
}
