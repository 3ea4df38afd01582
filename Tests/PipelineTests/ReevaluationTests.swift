import Avro
import Core
import Crossmatch
import FilterEngine
import Glibc
import Synchronization
import Testing

@testable import Pipeline
@testable import Storage

/// Verdicts that wait for a catalogue, from simulated nights with duplicates, revisions and withdrawals.
@Suite struct ReevaluationTests {
    /// A directory with a catalogue, and one without.
    private final class Stores {
        let path: String
        let full: CatalogueStore
        let empty: CatalogueStore

        init() throws {
            let parent = getenv("TMPDIR").map { String(cString: $0) } ?? P_tmpdir
            var template = Array((parent + "/nightjar-pipeline-XXXXXX").utf8CString)
            path = String(cString: mkdtemp(&template))
            full = CatalogueStore(path: path + "/full")
            empty = CatalogueStore(path: path + "/empty")
            try UniformCatalogue.write(name: "stars", rows: 10_000, seed: 3, in: full)
        }

        deinit { system("rm -rf '\(path)'") }

        func set(_ store: CatalogueStore) -> CatalogueSet { CatalogueSet(store: store, names: store.names()) }
    }

    private static let text = """
        -- owner: test
        SELECT a.diaSourceId, star.separation_arcsec, star.mag,
          (SELECT COUNT(*) FROM detections AS d WHERE d.diaObjectId = a.diaObjectId) AS n,
          (SELECT COUNT(*) FROM forced AS f WHERE f.diaObjectId = a.diaObjectId) AS n_forced
        FROM alert AS a LEFT JOIN nearest.stars AS star USING (diaSourceId)
        WHERE star.separation_arcsec < 2000 AND a.psfFlux > -1e9
        """

    private static func messages(seed: UInt64) -> [[UInt8]] {
        var configuration = Harness.configuration(seed: seed)
        (configuration.alertsPerVisit, configuration.visits) = (12, 3)
        return Harness.messages(configuration)
    }

    private static func database(_ stores: Stores) throws -> EmbeddedDatabase {
        let database = try EmbeddedDatabase()
        var registry = FilterRegistry()
        let catalog = FilterHost.catalog(of: stores.set(stores.full))
        for (name, text) in [
            ("near", text), ("all", "-- owner: test\nSELECT a.ra FROM alert AS a WHERE a.dec > -91"),
            ("asks", text.replacing("star.separation_arcsec < 2000", with: "star.status = 'matched'")),
        ] {
            _ = try registry.deploy(FilterDefinition(text: text, name: name, catalog: catalog), at: MJD(61_000))
        }
        #expect(try database.replaceFilterRegistry(registry.encoded(), expectedVersion: 0))
        return database
    }

    private static func change(_ database: EmbeddedDatabase, _ body: (inout FilterRegistry) throws -> Void) throws {
        let stored = try database.filterRegistry()
        var registry = try FilterRegistry(decoding: stored.bytes)
        try body(&registry)
        #expect(try database.replaceFilterRegistry(registry.encoded(), expectedVersion: stored.version))
    }

    /// What stands published, by alert: the selected cells as text.
    private static func standing(_ database: any Database, _ topic: String = "nightjar_test_near") throws -> [Int64: String] {
        let registry = try FilterRegistry(decoding: try database.filterRegistry().bytes)
        let version = try #require(registry.filters.first { $0.current.topic == topic }).current
        let json = OutputSchema.avroJSON(topic: topic, columns: version.columns)
        let reader = AvroValueReader(writer: try AvroSchema(json: Array(json.utf8)))
        var standing: [Int64: String] = [:]
        for one in try database.publications(topic: topic, from: 0, limit: .max, maxBytes: .max) {
            let value = try one.payload.withUnsafeBytes { try reader.read($0) }
            standing[one.diaSourceId.rawValue] = one.kind == .retraction ? nil : "\(try #require(value["selected"]))"
        }
        return standing
    }

    private static func counter(_ database: any Database, _ name: String) throws -> Int64 {
        try database.counters(night: nil, visit: nil).filter { $0.name == "filter/" + name }.reduce(0) { $0 + $1.value }
    }

    private static func expectSound(_ database: EmbeddedDatabase, _ context: String) throws {
        let report = try database.check()
        #expect(report.isSound, "\(context): \(report.problems.prefix(5))")
        let counters = try database.counters(night: nil, visit: nil)
        var visits: [VisitID: [String: Int64]] = [:]
        for one in counters { visits[one.visit, default: [:]][one.name] = one.value }
        for (visit, values) in visits {
            let verdicts = ["passed", "rejected", "failed", "undetermined", "not_run"]
            let judged = verdicts.reduce(0) { $0 + (values["filter/near/\($1)"] ?? 0) }
            #expect(judged == (values["new"] ?? 0) + (values["revised"] ?? 0), "\(context): visit \(visit)")
        }
    }

    @Test func alertsAreJudgedAsIfTheCatalogueHadAlwaysBeenThere() throws {
        let stores = try Stores()
        let messages = Self.messages(seed: 41)
        let calm = try Self.database(stores)
        try Harness.run(messages, into: calm, batchSize: 64, catalogues: stores.set(stores.full))
        let wanted = try Self.standing(calm)
        #expect(wanted.count > 10)
        var first: (waiting: [String], settled: [String])?
        for size in [1024, 7, 1] {
            let database = try Self.database(stores)
            try Harness.run(messages, into: database, batchSize: size, catalogues: stores.set(stores.empty))
            let undetermined = try Self.counter(database, "near/undetermined")
            #expect(undetermined > 50)
            #expect(try Self.counter(database, "near/waiting") == undetermined)
            #expect(try Self.counter(database, "asks/waiting") == 0)
            #expect(try Self.standing(database).isEmpty)
            try Self.expectSound(database, "batches of \(size), waiting")
            let waiting = try Harness.dump(database)
            try Harness.run(messages, into: database, batchSize: size, catalogues: stores.set(stores.full))
            #expect(try Self.counter(database, "near/waiting") == 0)
            #expect(try Self.counter(database, "near/reevaluated") == undetermined)
            #expect(try Self.standing(database) == wanted, "batches of \(size)")
            try Self.expectSound(database, "batches of \(size), settled")
            let settled = try Harness.dump(database)
            if let first {
                #expect(first.waiting == waiting, "batches of \(size)")
                let differing = zip(first.settled, settled).filter { $0 != $1 }.prefix(4).map { "\($0) | \($1)" }
                #expect(first.settled == settled, "batches of \(size): \(differing)")
            }
            first = first ?? (waiting, settled)
        }
    }

    @Test(arguments: [UInt64(7), 8]) func faultsOnTheWayChangeNothing(seed: UInt64) throws {
        let stores = try Stores()
        let messages = Self.messages(seed: 42)
        var dumps: [[String]] = []
        for share in [0, 0.3] {
            let database = try Self.database(stores)
            try Harness.run(messages, into: database, batchSize: 16, catalogues: stores.set(stores.empty))
            let faulty = FaultyDatabase(database, seed: seed, faultShare: share)
            try Harness.run(messages, into: faulty, batchSize: 16, catalogues: stores.set(stores.full))
            #expect((share > 0) == (faulty.faults.load(ordering: .relaxed) > 5))
            try Self.expectSound(database, "faults \(share)")
            dumps.append(try Harness.dump(database))
        }
        let differing = zip(dumps[0], dumps[1]).filter { $0 != $1 }.prefix(4).map { "\($0) | \($1)" }
        #expect(dumps[0] == dumps[1], "\(differing)")
    }

    @Test func pausedFiltersWaitAndRetiredOnesAreAbandoned() throws {
        let stores = try Stores()
        let messages = Self.messages(seed: 43)
        let database = try Self.database(stores)
        try Harness.run(messages, into: database, batchSize: 64, catalogues: stores.set(stores.empty))
        let waiting = try Self.counter(database, "near/waiting")
        try Self.change(database) { try $0.pause("near", at: MJD(61_001)) }
        try Harness.run(messages, into: database, batchSize: 64, catalogues: stores.set(stores.full))
        #expect(try Self.counter(database, "near/waiting") == waiting)
        try Self.change(database) { try $0.retire("near", at: MJD(61_002)) }
        try Harness.run(messages, into: database, batchSize: 64, catalogues: stores.set(stores.full))
        #expect(try Self.counter(database, "near/waiting") == 0)
        #expect(try Self.counter(database, "near/not_run") == waiting)
        #expect(try Self.counter(database, "near/passed") == 0)
        try Self.expectSound(database, "retired")
    }

    /// A version that was replaced judges what it saw; its records name it.
    @Test func aReplacedVersionJudgesWhatItSaw() throws {
        let stores = try Stores()
        let messages = Self.messages(seed: 44)
        let calm = try Self.database(stores)
        try Harness.run(messages, into: calm, batchSize: 64, catalogues: stores.set(stores.full))
        let database = try Self.database(stores)
        try Harness.run(messages, into: database, batchSize: 64, catalogues: stores.set(stores.empty))
        try Self.change(database) { registry in
            let text = Self.text.replacing("< 2000", with: "< 1")
            let catalog = FilterHost.catalog(of: stores.set(stores.full))
            _ = try registry.deploy(FilterDefinition(text: text, name: "near", catalog: catalog), at: MJD(61_001))
        }
        try Harness.run(messages, into: database, batchSize: 64, catalogues: stores.set(stores.full))
        #expect(try Self.standing(database) == Self.standing(calm))
        let records = try database.publications(topic: "nightjar_test_near", from: 0, limit: .max, maxBytes: .max)
        #expect(!records.isEmpty && records.allSatisfy { $0.schemaVersion == 1 })
    }

    /// Whoever else takes a new version of a catalogue, its new columns are filled.
    @Test func aCatalogueRefreshedElsewhereIsMatchedWithItsNewColumns() throws {
        let stores = try Stores()
        let set = stores.set(stores.empty)
        let stage = AnnotateStage(catalogues: set, solar: nil, radiusArcsec: { _ in 180 * 3600 }, clock: SleeplessClock())
        let decoded = DecodedBatch(capacity: 2)
        AlertWriter.append(TestAlert(trigger: TestDetection(id: 1, object: 11, mjd: 61_400)), to: decoded.batch)
        for columns in ["", ",mag"] {
            let path = stores.path + "/stars.csv"
            let file = fopen(path, "w")
            fputs("id,ra,dec\(columns)\n7,150,2\(columns.isEmpty ? "" : ",14.5")\n", file)
            fclose(file)
            _ = try CatalogueImport.run(CatalogueImport.Options(store: stores.empty, name: "stars", files: [path]))
            set.refresh()
            set.adoptNewNames()
            stage.match(decoded)
            let nearest = try #require(decoded.nearest.first)
            #expect(nearest.table.string("status", 0) == "matched")
            if !columns.isEmpty { #expect(nearest.table.column("mag").number(0) == 14.5) }
        }
    }
}
