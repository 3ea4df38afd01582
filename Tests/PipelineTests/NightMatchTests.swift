import Core
import Sky
import Testing

@testable import Pipeline
@testable import SolarSystem
@testable import Storage

/// `sso match` with real orbits: what it foresees is what follows, once.
@Suite struct NightMatchTests {
    private static let midnight = NightlyOptions(night: SolarHarness.night).midnightMjdTai
    private static let visit: Int64 = 2_026_112_100_001
    private static let places = [
        SkyPosition(raDegrees: 60, decDegrees: 12), SkyPosition(raDegrees: 61, decDegrees: 12),
        SkyPosition(raDegrees: 62, decDegrees: 12),
    ]

    private static func alert(_ id: Int64, _ place: SkyPosition, east: Double = 0, flux: Float = 100) -> SolarAlert {
        SolarAlert(
            id: id, visit: visit, near: nil, flux: flux, place: place.moved(east: east, north: 0), mjd: midnight)
    }

    private static func match(_ harness: SolarHarness, _ host: NightlyHost, dry: Bool) throws -> NightPreview.Counts {
        let match = NightMatch(
            database: harness.database, catalogues: nil, host: host, gate: harness.gate, options: PipelineOptions(),
            clock: harness.clock)
        return try match.run(SolarHarness.night, isDryRun: dry) {}.counts
    }

    /// Foreseen without a trace, then done, then nothing is left to do.
    private static func expect(
        _ wanted: NightPreview.Counts, _ harness: SolarHarness, _ host: NightlyHost, _ context: String
    ) throws {
        let before = try Harness.dump(harness.database)
        #expect(try match(harness, host, dry: true) == wanted, "\(context), dry")
        let isSame = try before == Harness.dump(harness.database)
        #expect(isSame, "\(context): a dry run wrote")
        #expect(try match(harness, host, dry: false) == wanted, "\(context)")
        try harness.expectSound(context)
        #expect(try harness.database.pendingSolarVisits().isEmpty, "\(context)")
        let after = try Harness.dump(harness.database)
        let again = try match(harness, host, dry: false)
        #expect(again.gained + again.lost + again.moved + again.new + again.updates + again.retractions == 0, "\(context)")
        #expect((again.matchedBefore, again.matchedAfter) == (wanted.matchedAfter, wanted.matchedAfter))
        let isLeft = try after == Harness.dump(harness.database)
        #expect(isLeft, "\(context): a second run wrote")
    }

    private static func body(_ place: Int, deltaAu: Double = 1.6) -> CometaryElements {
        SolarFixtures.standing(at: places[place], mjdTai: midnight, deltaAu: deltaAu)
    }

    @Test func whatIsForeseenFollowsOnce() throws {
        let harness = try SolarHarness(filters: SolarHarness.filters + [SolarHarness.sure])
        // Two near the first place in different writes, the farther one first; one of them is revised.
        harness.commit([Self.alert(1, Self.places[0], east: 0.6), Self.alert(3, Self.places[1], east: 0.1)])
        harness.commit([Self.alert(2, Self.places[0], east: 0.2), Self.alert(4, Self.places[2], east: 0.3)])
        harness.commit([Self.alert(3, Self.places[1], east: 0.1, flux: 7)])
        harness.finish()
        let scratch = SolarScratch()
        #expect(throws: UserFault.self) { try Self.match(harness, scratch.host(clock: harness.clock), dry: true) }
        try scratch.publish([("2026 AB1", Self.body(0)), ("2026 AB2", Self.body(1))])
        // As what nobody could compare, all four passed `nobodys`; two of them no more.
        var wanted = NightPreview.Counts()
        (wanted.alerts, wanted.unknownBefore, wanted.matchedAfter, wanted.gained) = (4, 4, 2, 2)
        // Two bodies for `whose` and `sure`, both within half an arcsecond.
        (wanted.new, wanted.retractions) = (6, 2)
        // What stands of the others says now that they are unmatched.
        wanted.updates = 2
        try Self.expect(wanted, harness, scratch.host(clock: harness.clock), "first orbits")
        #expect(Set(try harness.standing("sure").keys) == ["2", "3"])
        #expect(Set(try harness.standing("nobodys").keys) == ["1", "4"])

        // One body is gone, another is new, the third is as it was.
        try scratch.publish([("2026 AB2", Self.body(1)), ("2026 AB3", Self.body(2))])
        wanted = NightPreview.Counts()
        (wanted.alerts, wanted.matchedBefore, wanted.matchedAfter, wanted.gained, wanted.lost) = (4, 2, 2, 1, 1)
        // Alert 2: away from `whose`, `sure` and `near`, into `nobodys`; alert 4 the other way.
        (wanted.new, wanted.retractions) = (4, 4)
        try Self.expect(wanted, harness, scratch.host(clock: harness.clock), "other orbits")
        #expect(Set(try harness.standing("whose").keys) == ["3", "4"])
        let changes = try harness.database.solarChanges(night: SolarHarness.night)
        #expect(changes.filter(\.wasUnknown).count == 4)
    }

    /// A run that ended after it wrote what it found, before it closed a visit: the next one says what follows.
    @Test func whatAnEndedRunLeftOpenIsSettled() throws {
        let harness = try SolarHarness()
        harness.commit([Self.alert(1, Self.places[0], east: 0.1), Self.alert(2, Self.places[1])])
        harness.finish()
        let scratch = SolarScratch()
        try scratch.publish([("2026 AB1", Self.body(0))])
        let matcher = SolarAssociation(host: scratch.host(clock: harness.clock), waits: true)
        let ended = NightAssociation(harness.context, night: SolarHarness.night, scope: .all) { matcher.associate($0) }
        while !ended.isDone { _ = try ended.step() }
        #expect(ended.updates == 2)
        #expect(try harness.standing("whose").isEmpty)
        // Another one, of which alerts still come, is nobody's leftover.
        let live = Self.visit + 1
        harness.commit([SolarAlert(id: 9, visit: live, near: [], place: Self.places[2], mjd: Self.midnight)])
        let host = scratch.host(clock: harness.clock)
        let foreseen = try Self.match(harness, host, dry: true)
        #expect((foreseen.leftOpen, foreseen.matchedBefore, foreseen.gained) == (1, 1, 0))
        #expect((foreseen.new, foreseen.updates, foreseen.retractions) == (2, 1, 1))
        #expect(try Self.match(harness, host, dry: false) == foreseen)
        #expect(Set(try harness.standing("whose").keys) == ["1"])
        #expect(Set(try harness.standing("nobodys").keys) == ["2", "9"])
        #expect(try harness.database.openSolarVisits().map(\.visit.rawValue) == [live])
        try harness.expectSound("ended")
        #expect(try Self.match(harness, host, dry: false).leftOpen == 0)
    }

    @Test func oneNightIsMatchedByOneAtATime() throws {
        let harness = try SolarHarness()
        harness.commit([Self.alert(1, Self.places[0])])
        let scratch = SolarScratch()
        try scratch.publish([("2026 AB1", Self.body(0))])
        #expect(harness.gate.reserve(SolarHarness.night))
        #expect(throws: UserFault.self) { try Self.match(harness, scratch.host(clock: harness.clock), dry: false) }
        harness.gate.release(SolarHarness.night)
        #expect(try Self.match(harness, scratch.host(clock: harness.clock), dry: false).gained == 1)
    }

    /// Catching up by itself: alerts came before their orbits.
    @Test func aRunningPipelineCatchesUp() throws {
        let harness = try SolarHarness()
        harness.commit([Self.alert(1, Self.places[0], east: 0.6), Self.alert(2, Self.places[0], east: 0.2)])
        harness.wait(121)
        let scratch = SolarScratch()
        try scratch.publish([("2026 AB1", Self.body(0))])
        let host = scratch.host(clock: harness.clock)
        let catching = Reassociation(harness.context, host: host, waits: false) { _ in false }
        try catching.look(isUrgent: true)
        #expect(!catching.isPending)
        while host.step() {}
        try catching.look(isUrgent: true)
        #expect(catching.isPending)
        while catching.isPending { _ = try catching.step() }
        harness.restart()
        harness.wait(121)
        #expect(Set(try harness.standing("whose").keys) == ["2"])
        #expect(Set(try harness.standing("nobodys").keys) == ["1"])
        #expect(try harness.counter("filter/near/waiting") == 0)
        try harness.expectSound("caught up")
        try catching.look(isUrgent: true)
        #expect(!catching.isPending)
    }
}
