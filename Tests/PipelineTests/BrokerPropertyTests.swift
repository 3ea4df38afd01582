import Core
import TestSupport
import Testing

@testable import Pipeline
@testable import Storage

/// Simulated nights with duplicates, revisions and withdrawals through the whole pipeline; the seed of each is its argument.
@Suite struct BrokerPropertyTests {
    static let seeds: [UInt64] = Seeds.ofRound(11)

    /// Neighbours exchanged within a reach: packets that are older than what is known come late.
    static func shuffled(_ messages: [[UInt8]], seed: UInt64) -> [[UInt8]] {
        var random = SeededRandom(seed: seed)
        var result = messages
        for index in result.indices {
            result.swapAt(index, min(result.count - 1, index + Int.random(in: 0...40, using: &random)))
        }
        return result
    }

    /// The same aggregates over what the database knew at the alert's commit, and the trigger, which is always counted: its
    /// alert may come after its withdrawal.
    static func expectSightsAreHistory(_ database: EmbeddedDatabase, _ sights: [Harness.Sight]) throws {
        for sight in sights where sight.diaObjectId != 0 {
            var query = LightCurveQuery(.diaObject(DiaObjectID(rawValue: sight.diaObjectId)))
            query.asOf = CommitSeq(rawValue: sight.commitSeq)
            query.start = MJD(sight.midpoint - HistoryRequests.packetWindowDays)
            let curve = try #require(try database.lightCurve(query))
            let fluxes = curve.detections.column("psfFlux")
            let forced = curve.forced.column("psfFlux")
            let total = (0..<curve.detections.rowCount).reduce(0.0) { $0 + (fluxes.number($1) ?? 0) }
            let forcedTotal = (0..<curve.forced.rowCount).reduce(0.0) { $0 + (forced.number($1) ?? 0) }
            let ids = curve.detections.column("diaSourceId")
            let hasTrigger = (0..<curve.detections.rowCount).contains { ids.int64($0) == sight.diaSourceId }
            let count = curve.detections.rowCount + (hasTrigger ? 0 : 1)
            #expect(sight.count == Int64(count), "alert \(sight.diaSourceId)")
            #expect(sight.forcedCount == Int64(curve.forced.rowCount), "alert \(sight.diaSourceId)")
            #expect(
                Harness.Sight.isClose(sight.total, hasTrigger ? total : total + sight.flux),
                "alert \(sight.diaSourceId)")
            #expect(Harness.Sight.isClose(sight.forcedTotal, forcedTotal), "alert \(sight.diaSourceId)")
        }
    }

    @Test(arguments: seeds, [false, true]) func filtersSeeWhatWasKnownWhereverBatchesAreCut(
        seed: UInt64, isShuffled: Bool
    ) throws {
        var messages = Harness.messages(Harness.configuration(seed: seed))
        if isShuffled { messages = Self.shuffled(messages, seed: seed) }
        var first: (dump: [String], sights: [Harness.Sight])?
        for size in [1024, 7, 1] {
            let database = try EmbeddedDatabase()
            try Harness.deploy(to: database)
            let totals = try Harness.run(messages, into: database, batchSize: size)
            #expect(totals.isConserved)
            #expect(totals.count("duplicate") > 0)
            let sights = try Harness.sights(database)
            #expect(Int64(sights.count) == totals.count("new") + totals.count("revised"))
            #expect(totals.count("filter/seen/retracted") > 0, "withdrawals retract what was published")
            let extent = try #require(try database.topics().first)
            #expect(extent.next == Int64(sights.count) + totals.count("filter/seen/retracted"))
            let report = try database.check()
            #expect(report.isSound, "batches of \(size): \(report.problems.prefix(5))")
            try Self.expectSightsAreHistory(database, sights)
            let dump = try Harness.dump(database)
            guard let first else {
                first = (dump, sights)
                continue
            }
            #expect(zip(first.sights, sights).allSatisfy { $0.isAlike($1) })
            let differing = zip(first.dump, dump).filter { $0 != $1 }.prefix(4).map { "\($0) | \($1)" }
            #expect(first.dump == dump, "batches of \(size): \(differing)")
        }
    }

    /// Late packets bring no old content back: the newest one stays, in whatever order packets come.
    @Test(arguments: seeds) func newestContentWinsInAnyOrder(seed: UInt64) throws {
        let messages = Harness.messages(Harness.configuration(seed: seed))
        var curves: [[String]] = []
        for stream in [messages, Self.shuffled(messages, seed: seed), Array(messages.reversed())] {
            let database = try EmbeddedDatabase()
            try Harness.run(stream, into: database, batchSize: 64)
            curves.append(try Self.curves(database))
            let report = try database.check()
            #expect(report.isSound, "\(report.problems.prefix(5))")
        }
        #expect(curves[0].contains { !$0.isEmpty })
        #expect(curves[1] == curves[0])
        #expect(curves[2] == curves[0])
    }

    /// One line a visible detection or forced point.
    private static func curves(_ database: EmbeddedDatabase) throws -> [String] {
        var ids = Set<DiaObjectID>()
        for one in try database.recentAlerts(limit: .max) where !one.known.diaObjectId.isNone {
            ids.insert(one.known.diaObjectId)
        }
        return try ids.sorted().flatMap { id -> [String] in
            let curve = try #require(try database.lightCurve(LightCurveQuery(.diaObject(id))))
            return [curve.detections, curve.forced].flatMap { table -> [String] in
                var hashes: [UInt64] = []
                ContentHash.appendHashes(of: table, into: &hashes)
                return hashes.map { "\(id) \($0)" }.sorted()
            }
        }
    }
}
