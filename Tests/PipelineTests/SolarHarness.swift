import Avro
import Core
import Crossmatch
import FilterEngine
import Sky
import Testing

@testable import Pipeline
@testable import Storage

/// An alert with the orbits that are near it.
struct SolarAlert {
    var id: Int64
    var visit: Int64
    /// Nearest first: orbit and arcsec; nil where nobody can look.
    var near: [(orbit: Int64, arcsec: Double)]?
    var flux: Float = 1000
    /// Whom the packet names.
    var packet: Int64 = 0
    /// Where and when, where that matters.
    var place: SkyPosition?
    var mjd: Double?

    var alert: TestAlert {
        var trigger = TestDetection(id: id, object: 0, mjd: 61_365.2 + Double(visit % 1000) * 1e-3, sso: packet)
        (trigger.visit, trigger.flux) = (visit, flux)
        if let place { (trigger.ra, trigger.dec) = (place.raDegrees, place.decDegrees) }
        trigger.mjd = mjd ?? trigger.mjd
        return TestAlert(trigger: trigger)
    }
}

/// Alerts with given candidates through the commit stage into a database; what it forgets, it must read again.
final class SolarHarness {
    let database: EmbeddedDatabase
    let faulty: any Database
    let clock: HandClock
    private var next: Int64 = 0
    private let partition: InputPartition
    let gate = CommitGate()
    private(set) var stage: CommitStage
    private(set) var closing: VisitClosing
    private(set) var context: CommittedContext

    static let night = Night(dayObs: 20_261_121)

    /// What filters say: of whom, of the fact, and once it is sure.
    static let filters = [
        ("whose", "SELECT a.diaSourceId, s.designation, s.diaDistanceRank FROM @ WHERE s.status = 'matched'"),
        ("nobodys", "SELECT a.diaSourceId, s.status, s.packet_agreement FROM @ WHERE s.status <> 'matched'"),
        ("near", "SELECT a.diaSourceId, s.ephOffsetRa FROM @ WHERE s.ephOffsetRa < 0.5"),
        ("plain", "SELECT a.psfFlux FROM @ WHERE a.psfFlux > 0"),
    ]
    static let sure = ("sure", "SELECT a.diaSourceId, s.designation FROM @ WHERE s.status = 'matched' AND NOT s.provisional")

    init(
        filters: [(String, String)] = SolarHarness.filters, database: EmbeddedDatabase? = nil, faultSeed: UInt64? = nil,
        partition: String = "t"
    ) throws {
        let isNew = database == nil
        let database = try database ?? EmbeddedDatabase()
        self.database = database
        self.partition = InputPartition(topic: partition, partition: 0)
        clock = HandClock(mjdTai: 61_366)
        faulty = faultSeed.map { FaultyDatabase(database, seed: $0, faultShare: 0.06) } ?? database
        context = SolarHarness.context(faulty, clock)
        closing = VisitClosing(context, book: nil, secondsOpen: 120)
        stage = CommitStage(
            database: faulty, filters: FilterHost(), lineage: Lineage(software: "test"), clock: clock, stop: StopFlag(),
            seed: 1)
        restart()
        guard isNew else { return }
        var registry = FilterRegistry()
        for (name, text) in filters {
            let whole = "-- owner: test\n" + text.replacing("@", with: "alert AS a LEFT JOIN sso AS s USING (diaSourceId)")
            _ = try registry.deploy(
                FilterDefinition(text: whole, name: name, catalog: FilterHost.catalog(of: nil)), at: MJD(61_000))
        }
        #expect(try database.replaceFilterRegistry(registry.encoded(), expectedVersion: 0))
    }

    static func context(_ database: any Database, _ clock: any WallClock) -> CommittedContext {
        CommittedContext(
            database: database, catalogues: nil, radiusArcsec: { _ in 1 },
            packetBodies: { batch in
                let ids = batch.source.column("ssObjectId")
                return (0..<batch.count).map { SSObjectID(rawValue: ids.int64($0) ?? 0) }
            }, software: "test", clock: clock)
    }

    /// Nothing is in memory any more.
    func restart() {
        let book = SolarBook(database: faulty)
        context = SolarHarness.context(faulty, clock)
        closing = VisitClosing(context, book: book, secondsOpen: 120)
        stage = CommitStage(
            database: faulty, filters: FilterHost(), lineage: Lineage(software: "test"), clock: clock, stop: StopFlag(),
            seed: 1, gate: gate, book: book, steps: [closing])
    }

    func commit(_ alerts: [SolarAlert]) {
        while true {
            let decoded = DecodedBatch(capacity: alerts.count)
            _ = decoded.batch.partitionIndex(partition)
            for one in alerts {
                AlertWriter.append(one.alert, to: decoded.batch)
                // As the decoder does: filters see the trigger as part of its history.
                decoded.batch.detections.table.appendRow(decoded.batch.count - 1, of: decoded.batch.source)
            }
            for row in alerts.indices {
                decoded.batch.origins[row] = AlertOrigin(partition: 0, offset: next + Int64(row))
            }
            decoded.points.read(decoded.batch)
            decoded.solar = SolarHarness.candidates(alerts)
            decoded.advances = [
                PartitionAdvance(
                    partition: partition, expectedNext: next == 0 ? nil : next, newNext: next + Int64(alerts.count))
            ]
            guard stage.process(decoded) != .committed else { break }
        }
        next += Int64(alerts.count)
    }

    static func candidates(_ alerts: [SolarAlert], orbitSet: String = "set 1") -> SolarCandidates {
        var candidates = SolarCandidates(orbitSet: orbitSet)
        for one in alerts {
            let first = Int32(candidates.table.rowCount)
            for (orbit, arcsec) in one.near ?? [] {
                SolarCells.append(
                    VisitClaims.Candidate(ssObjectId: SSObjectID(rawValue: orbit), separationArcsec: arcsec),
                    of: DiaSourceID(rawValue: one.id), to: candidates.table)
            }
            candidates.ranges.append(one.near == nil ? nil : first..<Int32(candidates.table.rowCount))
            candidates.packetBodies.append(SSObjectID(rawValue: one.packet))
        }
        return candidates
    }

    /// No more alerts come.
    func finish() { stage.takeAllSteps {} }

    /// Lets time pass and closes what is due.
    func wait(_ seconds: Double) {
        clock.advance(seconds)
        for _ in 0..<20 { _ = stage.takeStep() }
    }

    /// Compares the night with other candidates; answers how many alerts were associated anew.
    func associate(_ scope: NightAssociation.Scope, _ orbitSet: String, _ near: [Int64: [(Int64, Double)]]) -> Int {
        let work = NightAssociation(context, night: SolarHarness.night, scope: scope) { batch in
            let ids = batch.source.column("diaSourceId")
            let packets = batch.source.column("ssObjectId")
            let alerts = (0..<batch.count).map { row in
                SolarAlert(
                    id: ids.int64(row) ?? 0, visit: 0, near: near[ids.int64(row) ?? 0]?.map { (orbit: $0.0, arcsec: $0.1) } ?? [],
                    packet: packets.int64(row) ?? 0)
            }
            return SolarHarness.candidates(alerts, orbitSet: orbitSet)
        }
        while !work.isDone { _ = try? work.step() }
        return work.updates
    }

    // MARK: What came of it

    /// Records of a topic in order: kind, alert, and the selected cells of those that are no retraction.
    func records(_ filter: String) throws -> [String] {
        let topic = "nightjar_test_\(filter)"
        let registry = try FilterRegistry(decoding: try database.filterRegistry().bytes)
        let version = try #require(registry.filters.first { $0.current.topic == topic }).current
        let json = OutputSchema.avroJSON(topic: topic, columns: version.columns)
        let reader = AvroValueReader(writer: try AvroSchema(json: Array(json.utf8)))
        return try database.publications(topic: topic, from: 0, limit: .max, maxBytes: .max).map { one in
            let value = try one.payload.withUnsafeBytes { try reader.read($0) }
            let cells = version.columns.dropFirst().map { "\(SolarHarness.plain(value["selected"]?[$0.name]))" }
            return one.kind == .retraction
                ? "retraction \(one.diaSourceId)" : (["\(one.kind.name) \(one.diaSourceId)"] + cells).joined(separator: " ")
        }
    }

    /// What stands published, by alert.
    func standing(_ filter: String) throws -> [String: String] {
        var standing: [String: String] = [:]
        for record in try records(filter) {
            let words = record.split(separator: " ", maxSplits: 2).map(String.init)
            standing[words[1]] = words[0] == "retraction" ? nil : words.count > 2 ? words[2] : ""
        }
        return standing
    }

    private static func plain(_ value: AvroValue?) -> String {
        switch value?.unwrapped {
        case .string(let text): text
        case .int(let number): "\(number)"
        case .long(let number): "\(number)"
        case .double(let number): "\(number)"
        case .float(let number): "\(number)"
        default: "null"
        }
    }

    func counter(_ name: String) throws -> Int64 {
        try database.counters(night: nil, visit: nil).filter { $0.name == name }.reduce(0) { $0 + $1.value }
    }

    /// Conservation, and the check of the database.
    func expectSound(_ context: String) throws {
        let report = try database.check()
        #expect(report.isSound, "\(context): \(report.problems.prefix(5))")
        let committed = try counter("new") + counter("revised")
        let told = try ["matched", "unmatched", "unknown"].reduce(0) { try $0 + counter("sso/\($1)") }
        #expect(told == committed, "\(context): \(told) of \(committed)")
        for filter in ["whose", "nobodys"] {
            let verdicts = ["passed", "rejected", "failed", "undetermined", "not_run"]
            let judged = try verdicts.reduce(0) { try $0 + counter("filter/\(filter)/\($1)") }
            #expect(judged == committed, "\(context): \(filter)")
        }
    }
}
