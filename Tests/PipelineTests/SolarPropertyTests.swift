import Core
import TestSupport
import Testing

@testable import Pipeline
@testable import Storage

/// Visits in pieces, with takeovers, revisions, duplicates and late alerts: nothing hangs on where batches are cut, on what was
/// forgotten in between, or on faults.
@Suite struct SolarPropertyTests {
    /// Four visits with few orbits, so that most are contested.
    private static func story(_ seed: UInt64) -> [SolarAlert] {
        var random = SeededRandom(seed: seed)
        var story: [SolarAlert] = []
        for index in 0..<90 {
            if index > 5, random.uniform() < 0.1 {
                story.append(story[Int.random(in: 0..<story.count, using: &random)])
                continue
            }
            var seen = Set<Int64>()
            let near = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                (orbit: Int64.random(in: 1...9, using: &random), arcsec: Double(Int.random(in: 1...8, using: &random)) * 0.2)
            }.filter { seen.insert($0.orbit).inserted }.sorted { ($0.arcsec, $0.orbit) < ($1.arcsec, $1.orbit) }
            let isUnknown = random.uniform() < 0.15
            // A late alert of an early visit now and then; few ids, so that some are revisions.
            let visit = random.uniform() < 0.15 ? 1 : 1 + Int64(index / 25)
            let id = random.uniform() < 0.2 ? Int64.random(in: 1...20, using: &random) : Int64(100 + index)
            story.append(
                SolarAlert(
                    // A few are given to another visit.
                    id: id, visit: 2_026_112_100_000 + (id < 4 ? Int64.random(in: 1...4, using: &random) : id < 100 ? 1 : visit),
                    near: isUnknown ? nil : near,
                    flux: Float(1 + index), packet: Int64.random(in: 0...2, using: &random)))
        }
        return story
    }

    /// - Parameter forgets: drops what is in memory in random places.
    private static func run(
        _ story: [SolarAlert], cut: Int, forgets: UInt64? = nil, faultSeed: UInt64? = nil
    ) throws -> SolarHarness {
        let harness = try SolarHarness(filters: SolarHarness.filters + [SolarHarness.sure], faultSeed: faultSeed)
        var random = SeededRandom(seed: forgets ?? 0)
        for start in stride(from: 0, to: story.count, by: cut) {
            if forgets != nil, random.uniform() < 0.4 { harness.restart() }
            harness.commit(Array(story[start..<min(start + cut, story.count)]))
        }
        harness.finish()
        return harness
    }

    /// Mutually nearest within a second of arc, among the newest contents.
    private static func attributions(_ story: [SolarAlert]) -> [String: String] {
        var newest: [Int64: SolarAlert] = [:]
        for one in story { newest[one.id] = one }
        var found: [String: String] = [:]
        for one in newest.values {
            guard let nearest = one.near?.first, nearest.arcsec <= 1 else { continue }
            let rivals = newest.values.filter { $0.visit == one.visit }.flatMap { other in
                (other.near ?? []).filter { $0.orbit == nearest.orbit }.map { ($0.arcsec, other.id) }
            }
            if !rivals.contains(where: { $0 < (nearest.arcsec, one.id) }) { found["\(one.id)"] = "body \(nearest.orbit)" }
        }
        return found
    }

    private static func expectSame(_ left: [String], _ right: [String], _ context: String) {
        let differing = zip(left, right).filter { $0 != $1 }.prefix(4).map { "\($0) | \($1)" }
        #expect(differing.isEmpty && left.count == right.count, "\(context): \(Array(differing))")
    }

    @Test(arguments: Seeds.ofRound(51, 52, 53)) func cutsAndForgettingChangeNothing(seed: UInt64) throws {
        print("seed \(seed)")
        let story = Self.story(seed)
        let wanted = Self.attributions(story)
        var first: [String]?
        for (cut, forgets) in [(1024, nil), (7, nil), (7, seed), (1, nil), (1, seed)] as [(Int, UInt64?)] {
            let harness = try Self.run(story, cut: cut, forgets: forgets)
            let context = "seed \(seed), batches of \(cut), forgets: \(forgets != nil)"
            try harness.expectSound(context)
            #expect(try harness.database.pendingSolarVisits().allSatisfy { !$0.isOpen })
            #expect(try harness.standing("sure") == wanted, "\(context)")
            let whose = try harness.standing("whose").mapValues { String($0.dropLast(2)) }
            #expect(whose == wanted, "\(context)")
            let dump = try Harness.dump(harness.database)
            if let first { Self.expectSame(first, dump, context) }
            first = first ?? dump
        }
    }

    @Test(arguments: Seeds.ofRound(61, 62)) func faultsChangeNothing(seed: UInt64) throws {
        print("seed \(seed)")
        let story = Self.story(seed)
        let calm = try Harness.dump(try Self.run(story, cut: 5).database)
        let harness = try Self.run(story, cut: 5, faultSeed: seed)
        try harness.expectSound("seed \(seed)")
        let dump = try Harness.dump(harness.database)
        Self.expectSame(calm, dump, "seed \(seed)")
    }

    /// In another order of arrival the same stands in the end.
    @Test(arguments: Seeds.ofRound(71, 72)) func theOrderOfArrivalDoesNotDecide(seed: UInt64) throws {
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        var newest: [Int64: SolarAlert] = [:]
        for one in Self.story(seed) { newest[one.id] = one }
        let story = newest.values.sorted { $0.id < $1.id }
        let wanted = Self.attributions(story)
        for cut in [1, 9, 1024] {
            let harness = try Self.run(story.shuffled(using: &random), cut: cut, forgets: seed)
            #expect(try harness.standing("sure") == wanted, "seed \(seed)")
            try harness.expectSound("seed \(seed)")
        }
    }

    /// The very same from two partitions, one after the other: two files.
    @Test func takeoversAcrossFilesAndRestarts() throws {
        let story = Self.story(81)
        let wanted = Self.attributions(story)
        let first = try SolarHarness(filters: SolarHarness.filters + [SolarHarness.sure])
        first.commit(Array(story[..<40]))
        first.finish()
        let second = try SolarHarness(database: first.database, partition: "u")
        second.commit(Array(story[40...]))
        second.finish()
        #expect(try second.standing("sure") == wanted)
        try second.expectSound("two files")
    }
}
