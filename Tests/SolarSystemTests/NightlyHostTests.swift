import Core
import Glibc
import Sky
import Synchronization
import Testing

@testable import SolarSystem

/// Which night's index is made when, and what serves meanwhile.
@Suite struct NightlyHostTests {
    /// Stands still until it is moved.
    private final class HandClock: WallClock {
        private let time: Mutex<Double>
        init(_ mjdTai: Double) { time = Mutex(MJD(mjdTai).unixSecondsUTC) }
        var unixSeconds: Double { time.withLock { $0 } }
        var monotonicSeconds: Double { unixSeconds }
        func sleep(seconds: Double) { advance(seconds) }
        func advance(_ seconds: Double) { time.withLock { $0 += seconds } }
    }

    private static let tonight = Night(dayObs: 20_261_121)
    private let scratch = OrbitScratch()
    private let clock = HandClock(TestOrbits.midnight - 0.3)

    private func night(_ days: Int) -> Night {
        LocalNights(site: .rubin).night(of: TestOrbits.midnight + Double(days))
    }

    private func publish(_ count: Int, epoch: Double = 61_360) throws -> String {
        var builder = OrbitSetBuilder()
        for ordinal in 0..<count {
            let elements = CometaryElements(
                semiMajorAxisAu: 2.5, eccentricity: 0.1, inclinationDeg: 5, nodeDeg: Double(ordinal), argPeriDeg: 10,
                meanAnomalyDeg: 30, epochMjdTT: epoch)
            #expect(builder.add(name: "2026 AB\(ordinal + 1)", elements: elements) == nil)
        }
        return try scratch.store.publish(builder).version
    }

    private func host(_ options: NightlyHost.Options = .init()) -> NightlyHost {
        NightlyHost(orbits: OrbitSetInUse(store: scratch.store), options: options, clock: clock)
    }

    private func work(_ host: NightlyHost) { while host.step(preparesTonight: true) {} }

    /// What leaves a night is counted, and the first are named with the reason.
    @Test func orbitsThatAreNotPredictedAreCounted() throws {
        var builder = OrbitSetBuilder()
        for (ordinal, epoch) in [61_360.0, 61_360, 61_360, 20_000, 20_000, 20_000, 24_000].enumerated() {
            let elements = CometaryElements(
                semiMajorAxisAu: 2.5, eccentricity: 0.1, inclinationDeg: 5, nodeDeg: Double(ordinal), argPeriDeg: 10,
                meanAnomalyDeg: 30, epochMjdTT: epoch)
            #expect(builder.add(name: "2026 AB\(ordinal + 1)", elements: elements) == nil)
        }
        // More good ones, so that the set's middle epoch is of this night.
        for ordinal in 0..<5 {
            let elements = CometaryElements(
                semiMajorAxisAu: 2.5, eccentricity: 0.1, inclinationDeg: 5, nodeDeg: Double(ordinal), argPeriDeg: 10,
                meanAnomalyDeg: 30, epochMjdTT: 61_360)
            #expect(builder.add(name: "2026 AC\(ordinal + 1)", elements: elements) == nil)
        }
        _ = try scratch.store.publish(builder)
        let host = host()
        work(host)
        let index = try #require(host.loaded.first).index
        #expect(index.count == 8 && index.lost == 4)
        #expect(index.firstLost.count == 3 && index.firstLost.allSatisfy(\.isTooFar))
        let set = try #require(host.currentSet)
        let notice = try #require(NightlyHost.notice(of: index, set))
        #expect(notice.hasPrefix("2026 AB4: more than a century from its epoch; 2026 AB5: "))
    }

    /// From one local midnight's noon to the next, whatever the site; never outside the index's window.
    @Test func everyTimeHasTheNightOfItsNearestMidnight() {
        var random = SeededRandom(seed: 4)
        for site in ObservingSite.all {
            let nights = LocalNights(site: site)
            for _ in 0..<300 {
                let time: Double = 60_000 + 3000 * random.uniform()
                let options = nights.options(nights.night(of: time))
                #expect(abs(time - options.midnightMjdTai) <= 0.5 + 1e-9)
                #expect(abs(time - options.midnightMjdTai) <= options.halfWindowDays)
                #expect(nights.night(ordinal: nights.ordinal(of: time)) == nights.night(of: time))
            }
        }
        #expect(LocalNights(site: .rubin).night(of: TestOrbits.midnight) == Self.tonight)
    }

    @Test func tonightIsReadyBeforeItsFirstAlertAndWhenTheNightRolls() throws {
        let version = try publish(3)
        let host = host()
        #expect(host.currentSet == nil)
        work(host)
        #expect(host.currentSet?.versionID == version)
        #expect(host.find(Self.tonight)?.index.count == 3)
        // Local noon is 12 hours after midnight: until then nothing changes, afterwards the next night is there.
        clock.advance(0.79 * 86_400)
        #expect(!host.step(preparesTonight: true))
        clock.advance(0.02 * 86_400)
        work(host)
        #expect(host.find(night(1)) != nil && host.find(Self.tonight) != nil)
    }

    /// The set and its indexes change together; until the new ones are ready the old ones serve.
    @Test func aNewSetTakesOverAtOnce() throws {
        let old = try publish(3)
        let host = host()
        work(host)
        _ = host.wait(night(-1))
        let new = try publish(5)
        let before = try #require(host.find(Self.tonight))
        #expect(before.set.versionID == old && host.currentSet?.versionID == old)
        // Nobody looks more often than every few seconds.
        #expect(!host.step())
        clock.advance(NightlyHost.refreshSeconds)
        #expect(host.step())
        for one in [Self.tonight, night(-1)] {
            let now = try #require(host.find(one))
            #expect(now.set.versionID == new && now.index.count == 5 && now.index.versionID == new)
        }
        // Who has the old pair keeps it.
        #expect(before.index.count == 3 && before.set.count == 3)
    }

    /// While a new set's index is made, questions are answered from the old one: never an index of one set with another.
    @Test func noQuestionSeesTwoSets() throws {
        let host = host()
        _ = try publish(200)
        work(host)
        let isDone = Atomic<Bool>(false)
        let asked = Atomic<Int>(0)
        let tonight = Self.tonight
        let reader = NamedThread("asks") {
            while !isDone.load(ordering: .acquiring) {
                guard let one = host.find(tonight) else { continue }
                precondition(one.index.versionID == one.set.versionID && one.index.count == one.set.count)
                asked.add(1, ordering: .relaxed)
            }
        }
        for count in 201..<206 {
            _ = try publish(count)
            clock.advance(NightlyHost.refreshSeconds)
            work(host)
            #expect(host.find(tonight)?.set.count == count)
        }
        isDone.store(true, ordering: .releasing)
        reader.join()
        #expect(asked.load(ordering: .relaxed) > 0)
    }

    @Test func whatCannotBeKnownSaysWhy() throws {
        let host = host()
        #expect(host.reasonUnknown(Self.tonight) == "no orbits are known")
        #expect(host.wait(Self.tonight) == nil)
        let version = try publish(3)
        clock.advance(NightlyHost.refreshSeconds)
        work(host)
        #expect(host.reasonUnknown(Self.tonight) == nil)
        for (days, side) in [(-2500, "before"), (2500, "after")] {
            let reason = try #require(host.reasonUnknown(night(days)))
            #expect(reason.contains("days \(side) the epoch of orbit set \(version) (MJD 61360), valid for 2000"))
            #expect(host.wait(night(days)) == nil && host.find(night(days)) == nil)
        }
        for day in [1_901_0101, 9_999_1231] { #expect(host.wait(Night(dayObs: Int32(day))) == nil) }
        #expect(!host.step())
        // Another limit.
        #expect(self.host(.init(validDays: 3000)).wait(night(-2500)) != nil)
    }

    /// Orbits from far future epochs fall nowhere: unknown, not "no orbit near".
    @Test func aNightWithoutAnyPlaceIsUnknown() throws {
        _ = try publish(3, epoch: 120_000)
        let host = host(.init(validDays: 60_000))
        #expect(host.wait(Self.tonight) == nil)
        #expect(host.reasonUnknown(Self.tonight)?.contains("no orbit of set") == true)
    }

    /// Many nights mixed: no more than there is room for, none thrown out before it served a while, tonight kept.
    @Test func mixedNightsDoNotThrash() throws {
        _ = try publish(2)
        let host = host()
        work(host)
        var builds = 0
        for second in 0..<600 {
            for days in -8 ..< -1 { _ = host.find(night(days)) }
            while host.step(preparesTonight: true) { builds += 1 }
            clock.advance(1)
            #expect(host.find(Self.tonight) != nil, "second \(second)")
        }
        #expect(builds <= 2 * 10 + 2)
        #expect(host.loaded.count == 3)
        // Who waits gets each.
        for days in -8 ..< -1 { #expect(host.wait(night(days))?.night == night(days)) }
        #expect(host.loaded.count == 3)
    }

    /// Told to stop in the middle: nothing is left behind, and the night is made anew by the next who wants it.
    @Test func whatIsCancelledChangesNothing() throws {
        _ = try publish(400)
        let host = host()
        work(host)
        var asked = 0
        let stopped = host.wait(night(-2)) {
            asked += 1
            return asked > 10
        }
        #expect(stopped == nil && asked > 10 && host.reasonUnknown(night(-2)) == nil)
        #expect(host.loaded.map(\.night) == [Self.tonight])
        #expect(host.wait(night(-2))?.index.count == 400)
        // A newer set that is given up on the way does not take over.
        let old = host.currentSet?.versionID
        let new = try publish(500)
        clock.advance(NightlyHost.refreshSeconds)
        asked = 0
        _ = host.wait(Self.tonight) {
            asked += 1
            return asked > 10
        }
        #expect(host.currentSet?.versionID == old && host.find(Self.tonight)?.index.count == 400)
        #expect(host.wait(Self.tonight)?.set.versionID == new)
    }

    @Test func theThreadMakesWhatIsWantedAndEnds() throws {
        let version = try publish(3)
        let host = NightlyHost(orbits: OrbitSetInUse(store: scratch.store))
        let wanted = LocalNights(site: .rubin).night(of: host.orbits.current?.epochMjdTT[0] ?? .nan)
        host.start()
        let clock = SystemClock()
        let end = clock.monotonicSeconds + 20
        while host.find(wanted) == nil, clock.monotonicSeconds < end { clock.sleep(seconds: 0.01) }
        #expect(host.find(wanted)?.set.versionID == version)
        host.stop()
    }
}

/// The schedule alone.
@Suite struct NightlyScheduleTests {
    private func night(_ day: Int32) -> Night { Night(dayObs: 20_261_100 + day) }

    @Test func theNewestWantedNightComesFirst() {
        var schedule = NightlySchedule(room: 2)
        for day in [3, 7, 5] as [Int32] { schedule.want(night(day)) }
        #expect(schedule.next(isReplacing: false, tonight: night(9), now: 0) == .build(night(7), evicting: nil))
        schedule.didBuild(night(7), now: 0)
        schedule.didBuild(night(5), now: 1)
        // Room is full, and none has served long enough.
        #expect(schedule.next(isReplacing: false, tonight: nil, now: 2) == nil)
        schedule.use(night(7), at: 50)
        #expect(schedule.next(isReplacing: false, tonight: nil, now: 61) == .build(night(3), evicting: night(5)))
        #expect(schedule.next(isReplacing: false, tonight: night(5), now: 61) == .build(night(3), evicting: night(7)))
        #expect(schedule.urgent(night(3)) == .build(night(3), evicting: night(5)))
    }

    @Test func aNewSetBringsTheNightsInUse() {
        var schedule = NightlySchedule(room: 3)
        for day in 1...3 as ClosedRange<Int32> { schedule.didBuild(night(day), now: Double(day)) }
        schedule.use(night(2), at: 1000)
        #expect(schedule.next(isReplacing: true, tonight: night(1), now: 1100) == .replace([night(2), night(1)]))
        schedule.didReplace([night(2)], now: 1110)
        #expect(schedule.ready.map(\.night) == [night(2)] && schedule.ready[0].usedAt == 1000)
    }
}
