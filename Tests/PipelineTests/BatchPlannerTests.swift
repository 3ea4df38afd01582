import Core
import TestSupport
import Testing

@testable import Pipeline

/// Properties of the planner over random streams; the seed of each is its argument.
@Suite struct BatchPlannerTests {
    static let seeds: [UInt64] = Seeds.ofRound(1, 2, 3)

    private static func expectSame(_ a: ModelDatabase, _ b: ModelDatabase) {
        #expect(a.points == b.points)
        #expect(a.loneDetections == b.loneDetections)
        #expect(a.writes.sorted() == b.writes.sorted())
        #expect(a.counters == b.counters)
        #expect(a.outcomes.map(\.kind) == b.outcomes.map(\.kind))
        #expect(a.outcomes.map(\.revision) == b.outcomes.map(\.revision))
        #expect(a.outcomes.map(\.home) == b.outcomes.map(\.home))
        #expect(Set(a.records.keys) == Set(b.records.keys))
        for (id, record) in a.records {
            guard let other = b.records[id] else { continue }
            #expect(record.months == other.months)
            #expect(record.newestMonthPoints == other.newestMonthPoints)
            #expect(record.statistics == other.statistics)
            #expect(record.driftArcsec == other.driftArcsec)
            #expect(record.lastVisit == other.lastVisit)
            #expect(record.home == other.home)
            #expect((record.ra, record.dec) == (other.ra, other.dec))
        }
    }

    /// What must be there in the end, by the plainest means: the packets of all alerts that are no duplicates, in order.
    private static func expectedContents(_ stream: [TestAlert]) -> (points: Set<TestKey>, kinds: [AlertOutcome.Kind]) {
        var newest: [TestKey: TestKey] = [:]
        var contents: [Int64: TestDetection] = [:]
        var kinds: [AlertOutcome.Kind] = []
        for alert in stream {
            let before = contents[alert.trigger.id]
            kinds.append(before == nil ? .new : before == alert.trigger ? .duplicate : .revised)
            guard before != alert.trigger else { continue }
            contents[alert.trigger.id] = alert.trigger
            for detection in alert.detections + [alert.trigger] {
                let key = TestKey(object: detection.object, first: detection.id, second: -1, flux: 0)
                newest[key] = TestKey(object: key.object, first: key.first, second: -1, flux: detection.flux)
            }
            for forced in alert.forced {
                let key = TestKey(object: forced.object, first: forced.visit, second: forced.detector, flux: 0)
                newest[key] = TestKey(
                    object: key.object, first: key.first, second: key.second, flux: forced.flux)
            }
        }
        return (Set(newest.values), kinds)
    }

    struct TestKey: Hashable {
        let object: Int64
        let first: Int64
        let second: Int32
        let flux: Float
    }

    private static func hashes(_ stream: [TestAlert]) -> [UInt64: TestKey] {
        var found: [UInt64: TestKey] = [:]
        let batch = AlertWriter.batch(stream)
        var hashes = PacketPoints()
        hashes.read(batch)
        let rows = stream.flatMap(\.detections)
        for (alert, hash) in zip(stream, hashes.triggerHashes) { found[hash] = key(alert.trigger) }
        for (detection, hash) in zip(rows, hashes.detectionHashes) { found[hash] = key(detection) }
        for (forced, hash) in zip(stream.flatMap(\.forced), hashes.forcedHashes) {
            found[hash] = TestKey(
                object: forced.object, first: forced.visit, second: forced.detector, flux: forced.flux)
        }
        return found
    }

    private static func key(_ detection: TestDetection) -> TestKey {
        TestKey(object: detection.object, first: detection.id, second: -1, flux: detection.flux)
    }

    @Test(arguments: seeds) func everyPointIsStoredOnce(seed: UInt64) {
        var maker = SyntheticStream(seed: seed, maxGapDays: 100)
        let stream = maker.make(objects: 4, days: 700)
        let (expected, kinds) = Self.expectedContents(stream)
        let contentOf = Self.hashes(stream)
        for size in [1, 7, 1024] {
            let database = ModelDatabase.run(stream, batchSize: size)
            database.checkDirectory()
            #expect(database.outcomes.map(\.kind) == kinds)
            let stored = database.points.values.map(\.contentHash) + database.loneDetections.values
            #expect(Set(stored.compactMap { contentOf[$0] }) == expected, "batches of \(size)")
            #expect(stored.count == expected.count)
            #expect(Set(database.writes).count == database.writes.count, "a content was written twice")
        }
    }

    @Test(arguments: seeds) func noResultDependsOnTheCut(seed: UInt64) {
        var maker = SyntheticStream(seed: seed, maxGapDays: 100)
        let stream = maker.make(objects: 4, days: 700)
        let whole = ModelDatabase.run(stream, batchSize: 1024)
        for size in [1, 7] { Self.expectSame(whole, ModelDatabase.run(stream, batchSize: size)) }
    }

    /// Objects that rest for a year, packets out of order by nights: the cut month lies anywhere.
    @Test(arguments: seeds) func noResultDependsOnTheCutInAnyOrder(seed: UInt64) {
        var maker = SyntheticStream(seed: seed, maxGapDays: 300)
        let stream = SyntheticStream.shuffled(maker.make(objects: 3, days: 1500), seed: seed, reach: 8)
        let whole = ModelDatabase.run(stream, batchSize: 1024)
        whole.checkDirectory()
        for size in [1, 7] { Self.expectSame(whole, ModelDatabase.run(stream, batchSize: size)) }
    }

    /// Nights in reverse: each packet's window begins before what is known.
    @Test(arguments: seeds) func nightsInReverseLoseNothing(seed: UInt64) {
        var maker = SyntheticStream(seed: seed, maxGapDays: 10)
        let stream = Array(maker.make(objects: 2, days: 250).reversed())
        let brought = Set(
            stream.flatMap { $0.detections.map(\.id) + [$0.trigger.id] + $0.forced.map { -$0.visit } })
        let database = ModelDatabase.run(stream, batchSize: 7)
        database.checkDirectory()
        let stored = Set(
            database.points.values.map { $0.key.kind == .detection ? $0.key.first : -$0.key.first }
                + database.loneDetections.keys.map(\.rawValue))
        #expect(stored == brought)
        Self.expectSame(database, ModelDatabase.run(stream, batchSize: 1))
    }

    @Test(arguments: seeds) func countersAddUp(seed: UInt64) {
        var maker = SyntheticStream(seed: seed, maxGapDays: 100)
        let stream = maker.make(objects: 4, days: 400)
        let counters = ModelDatabase.run(stream, batchSize: 7).counters
        let count = { (name: String) in counters[name] ?? 0 }
        #expect(count("received") == Int64(stream.count))
        #expect(count("decoded") == count("new") + count("revised") + count("duplicate"))
        #expect(count("solar_system") == Int64(stream.count { $0.trigger.object == 0 }))
    }
}
