import Core
import Testing

@testable import Pipeline
@testable import Storage

/// Revisions, withdrawals and detections that change their object, from the planner into the database in memory; each in
/// one batch and cut into single alerts.
@Suite struct RevisionTests {
    private static func detection(_ id: Int64, _ mjd: Double, object: Int64 = 11, flux: Float = 1000) -> TestDetection {
        TestDetection(id: id, object: object, mjd: mjd, flux: flux, processed: mjd + 0.1)
    }

    private static func commit(_ alerts: [TestAlert], into database: EmbeddedDatabase) throws {
        let batch = AlertWriter.batch(alerts)
        batch.partitions = [InputPartition(topic: "test", partition: 0)]
        var hashes = PacketPoints()
        hashes.read(batch)
        var requests = HistoryRequests()
        requests.fill(from: batch, points: hashes, wantsMissingPoints: false)
        let histories = try database.histories(of: requests, asOf: nil)
        let first = CommitSeq(rawValue: try database.lastCommitSeq().rawValue + 1)
        var contents = Contents()
        var planner: BatchPlanner
        repeat {
            planner = BatchPlanner(
                batch: batch, hashes: hashes, requests: requests, histories: histories, contents: contents,
                firstCommitSeq: first)
            planner.plan()
            let missing = planner.needs
            contents.merge(try database.contents(of: missing))
            if missing.objects.isEmpty && !contents.places.values.contains(where: { $0 != nil }) { break }
        } while !planner.needs.isEmpty
        var plan = CommitPlan(
            batch: batch, firstCommitSeq: first, lineage: Lineage(software: "test"), recordedAt: MJD(61_500))
        plan.roundCount = planner.roundCount
        plan.outcomes = planner.outcomes
        plan.points = planner.points
        plan.removals = planner.removals
        plan.objects = planner.objects
        #expect(try database.commit(plan) == .committed)
    }

    /// Without the lines that say where in the input an alert was.
    private static func lines(_ database: EmbeddedDatabase) throws -> [String] {
        try Harness.dump(database).filter {
            !$0.hasPrefix("annotated ") && !$0.hasPrefix("alert ") && !$0.hasPrefix("offset ")
        }
    }

    /// The stream in both ways, checked.
    private static func both(_ stream: [TestAlert]) throws -> [EmbeddedDatabase] {
        let whole = try EmbeddedDatabase()
        try commit(stream, into: whole)
        let cut = try EmbeddedDatabase()
        for alert in stream { try commit([alert], into: cut) }
        #expect(try lines(whole) == lines(cut))
        for database in [whole, cut] {
            let report = try database.check()
            #expect(report.isSound, "\(report.problems.prefix(5))")
        }
        return [whole, cut]
    }

    private static func fluxes(_ database: EmbeddedDatabase, _ object: Int64, asOf: Int64? = nil) throws -> [Double] {
        var query = LightCurveQuery(.diaObject(DiaObjectID(rawValue: object)))
        query.asOf = asOf.map { CommitSeq(rawValue: $0) }
        guard let curve = try database.lightCurve(query) else { return [] }
        let column = curve.detections.column("psfFlux")
        return (0..<curve.detections.rowCount).map { column.number($0) ?? 0 }
    }

    private static func statistics(_ database: EmbeddedDatabase, _ object: Int64) throws -> BandStatistics {
        try #require(try database.object(DiaObjectID(rawValue: object))).record.statistics[2]
    }

    @Test func duplicatesBringTheirHistory() throws {
        let one = Self.detection(1, 61_400)
        let stream = [
            TestAlert(trigger: one), TestAlert(trigger: one, detections: [Self.detection(2, 61_399, flux: 7)]),
            TestAlert(trigger: one),
        ]
        for database in try Self.both(stream) {
            #expect(try Self.fluxes(database, 11) == [7, 1000])
            #expect(try Self.statistics(database, 11).count == 2)
        }
    }

    @Test func statisticsFollowRevisionsAndWithdrawals() throws {
        var brighter = Self.detection(1, 61_400, flux: 5000)
        brighter.processed = 61_402
        var gone = Self.detection(2, 61_401, flux: 9000)
        let second = gone
        gone.withdrawn = 61_403
        let stream = [
            TestAlert(trigger: Self.detection(1, 61_400)),
            TestAlert(trigger: second, detections: [Self.detection(1, 61_400)]),
            TestAlert(trigger: Self.detection(3, 61_404), detections: [brighter, gone]),
        ]
        for database in try Self.both(stream) {
            #expect(try Self.fluxes(database, 11) == [5000, 1000])
            let statistics = try Self.statistics(database, 11)
            #expect((statistics.count, statistics.minFlux, statistics.maxFlux) == (2, 1000, 5000))
            #expect(try Self.fluxes(database, 11, asOf: 2) == [1000, 9000])
        }
    }

    /// A time that is none withdraws nothing, for statistics, light curves and filters alike.
    @Test(arguments: [Double.infinity, -.infinity, .nan, 61_403]) func onlyATimeWithdraws(time: Double) throws {
        var second = Self.detection(2, 61_401, flux: 9000)
        second.withdrawn = time
        let stream = [
            TestAlert(trigger: Self.detection(1, 61_400)),
            TestAlert(trigger: Self.detection(3, 61_404), detections: [Self.detection(1, 61_400), second]),
            TestAlert(trigger: second),
        ]
        let isThere = !time.isFinite
        for database in try Self.both(stream) {
            #expect(try Self.fluxes(database, 11) == (isThere ? [1000, 9000, 1000] : [1000, 1000]))
            #expect(try Self.statistics(database, 11).count == (isThere ? 3 : 2))
        }
    }

    @Test func stalePacketsBringNothingBack() throws {
        var newer = Self.detection(1, 61_400, flux: 5000)
        newer.processed = 61_402
        let stream = [
            TestAlert(trigger: Self.detection(2, 61_403), detections: [newer]),
            TestAlert(trigger: Self.detection(3, 61_401), detections: [Self.detection(1, 61_400)]),
            TestAlert(trigger: Self.detection(1, 61_400)),
        ]
        for database in try Self.both(stream) { #expect(try Self.fluxes(database, 11) == [5000, 1000, 1000]) }
    }

    @Test(arguments: [0.25, 20.0, -40.0]) func revisionsMayChangeTheTime(shift: Double) throws {
        var moved = Self.detection(1, 61_400 + shift, flux: 3000)
        moved.processed = 61_450
        let stream = [
            TestAlert(trigger: Self.detection(1, 61_400)),
            TestAlert(trigger: Self.detection(2, 61_401), detections: [Self.detection(1, 61_400)]),
            TestAlert(trigger: Self.detection(3, 61_460), detections: [moved, Self.detection(2, 61_401)]),
        ]
        for database in try Self.both(stream) {
            #expect(try Self.fluxes(database, 11).sorted() == [1000, 1000, 3000])
            #expect(try Self.fluxes(database, 11, asOf: 2) == [1000, 1000])
        }
    }

    /// By the history of its new object's packet, by its own alert, and back again.
    @Test func detectionsChangeTheirObject() throws {
        let own = Self.detection(1, 61_400, flux: 5)
        var moved = Self.detection(1, 61_400, object: 22, flux: 5)
        moved.processed = 61_402
        var back = own
        back.processed = 61_404
        let stream = [
            TestAlert(trigger: Self.detection(9, 61_399)),
            TestAlert(trigger: own, detections: [Self.detection(9, 61_399)]),
            TestAlert(trigger: Self.detection(2, 61_403, object: 22, flux: 6), detections: [moved]),
            TestAlert(trigger: back, detections: [Self.detection(9, 61_399)]),
            TestAlert(trigger: moved),
        ]
        for database in try Self.both(Array(stream[..<3])) {
            #expect(try Self.fluxes(database, 11) == [1000])
            #expect(try Self.fluxes(database, 22) == [5, 6])
            #expect(try Self.fluxes(database, 11, asOf: 2) == [1000, 5])
            #expect(try Self.statistics(database, 11).count == 1)
        }
        for database in try Self.both(Array(stream[..<4])) {
            #expect(try Self.fluxes(database, 11) == [1000, 5])
            #expect(try Self.fluxes(database, 22) == [6])
        }
        // The older content comes last: it stays with the object of the newest.
        for database in try Self.both(stream) {
            #expect(try Self.fluxes(database, 11) == [1000, 5])
            #expect(try Self.fluxes(database, 22) == [6])
        }
    }

    @Test func solarSystemDetectionsAndObjectsExchange() throws {
        var lone = Self.detection(1, 61_400, object: 0, flux: 5)
        lone.sso = 77
        var attributed = lone
        attributed.sso = 78
        let object = Self.detection(1, 61_400, flux: 5)
        for (stream, owners) in [
            ([lone, object], (0, 0, 1)), ([object, lone], (1, 0, 0)), ([lone, attributed], (0, 1, 0)),
        ] {
            for database in try Self.both(stream.map { TestAlert(trigger: $0) }) {
                func count(_ id: Int64) throws -> Int {
                    try database.lightCurve(LightCurveQuery(.ssObject(SSObjectID(rawValue: id))))?.detections.rowCount
                        ?? 0
                }
                #expect(try (count(77), count(78), Self.fluxes(database, 11).count) == owners)
            }
        }
    }
}
