import Core
import Glibc
import Sky
import Testing

@testable import SolarSystem

/// What goes wrong in matching moving bodies, one test each.
@Suite struct NightlyTrapTests {
    private let night = TestOrbits.midnight

    private func match(
        _ orbits: [CometaryElements], _ places: [SkyPosition], at mjdTai: Double
    ) -> MatchResult {
        VisitMatcher(index: TestOrbits(list: orbits).index()).match(SourceColumns(places, mjdTai: mjdTai))
    }

    /// Right ascension 0/360 and both poles: offsets are those that were planted.
    @Test(arguments: [
        (0.000_1, 3.0), (359.999_9, -40.0), (0.0, 0.0), (123.0, 89.999_9), (300.0, -89.999_95), (10.0, 90.0), (77.0, -90.0),
    ])
    func edgesOfTheSky(ra: Double, dec: Double) throws {
        let place = SkyPosition(raDegrees: ra, decDegrees: dec)
        let orbit = TestOrbits.standing(at: place, mjdTai: night + 0.1, deltaAu: 1.4)
        let detection = place.moved(east: 0.6, north: -0.5)
        let found = try #require(match([orbit], [detection], at: night + 0.1).matches.first)
        #expect(found.orbitRank == 1)
        #expect(abs(found.separationArcsec - hypot(0.6, 0.5)) < 0.005)
        #expect(abs(hypot(found.offsetEastArcsec, found.offsetNorthArcsec) - found.separationArcsec) < 1e-6)
        if abs(dec) < 89 {
            #expect(abs(found.offsetEastArcsec - 0.6) < 0.005)
            #expect(abs(found.offsetNorthArcsec + 0.5) < 0.005)
        }
    }

    /// Times are TAI: a detection whose time is UTC taken for TAI misses by what the body moves in 37 s.
    @Test func timesAreTAI() throws {
        let place = SkyPosition(raDegrees: 60, decDegrees: 10)
        let orbit = TestOrbits.standing(
            at: place, mjdTai: night, deltaAu: 0.2, extraVelocity: Vec3(x: 0, y: 0, z: 0.006))
        let right = try #require(match([orbit], [place], at: night).matches.first)
        #expect(right.separationArcsec < 0.002)
        let wrong = try #require(match([orbit], [place], at: night - 37 / 86_400).matches.first)
        let rate: Double = hypot(right.sighting.rates.raCosDec, right.sighting.rates.dec)
        #expect(abs(wrong.separationArcsec - rate / 24 * 37) < 0.02)
        #expect(wrong.separationArcsec > 1)
    }

    /// The light left earlier, not later: the body is seen where it was.
    @Test func lightTimeIsInThePast() throws {
        let orbit = TestOrbits.standing(at: SkyPosition(raDegrees: 60, decDegrees: 10), mjdTai: night, deltaAu: 3)
        let computer = EphemerisComputer(site: .rubin, planets: DynamicsTests.planets)
        let seen = try computer.predict(PredictionTarget(elements: orbit), mjdTai: [night])[0].sighting
        let tau: Double = seen.lightTimeDays
        #expect(abs(tau - 3 / SolarConstants.lightAuPerDay) < 1e-6)
        let past = TimeScales.tdb(taiMjd: night) - tau
        let epoch = TimeScales.tdb(ttMjd: orbit.epochMjdTT)
        let there = Propagator(planets: DynamicsTests.planets).propagate(HelioState(orbit), from: epoch, to: past)
        #expect((there.position + -seen.helio.position).length < 1e-9)
    }

    /// In the field only at the night's end: half a degree from where it stood at midnight.
    @Test func inTheFieldOnlyAtTheEdgeOfTheNight() throws {
        let place = SkyPosition(raDegrees: 60, decDegrees: 10)
        let orbit = TestOrbits.standing(
            at: place, mjdTai: night + 0.49, deltaAu: 0.25, extraVelocity: Vec3(x: 0, y: 0, z: 0.009))
        let found = try #require(match([orbit], [place], at: night + 0.49).matches.first)
        #expect(found.separationArcsec < 0.01)
        let atMidnight = EphemerisComputer(site: .rubin, planets: DynamicsTests.planets)
        let then = try atMidnight.predict(PredictionTarget(elements: orbit), mjdTai: [night])[0].sighting.place
        #expect(then.separation(to: place).degrees > 0.5)
    }

    /// Beyond the window nothing is said: unknown, not unmatched.
    @Test func outsideTheNightIsUnknown() {
        let place = SkyPosition(raDegrees: 60, decDegrees: 10)
        let orbit = TestOrbits.standing(at: place, mjdTai: night, deltaAu: 2)
        for time in [night + 0.6, night - 3, .nan] {
            let result = match([orbit], [place], at: time)
            #expect(result.matches.isEmpty && result.unknownSources == [0])
        }
        #expect(match([orbit], [SkyPosition(raDegrees: .nan, decDegrees: 0)], at: night).unknownSources == [0])
    }

    /// Two bodies within a second of arc of one detection: both are listed, the nearer first.
    @Test func twoOrbitsWithinASecond() {
        let place = SkyPosition(raDegrees: 60, decDegrees: 10)
        let orbits = [
            TestOrbits.standing(at: place.moved(east: 0.7, north: 0), mjdTai: night, deltaAu: 2),
            TestOrbits.standing(at: place.moved(east: -0.3, north: 0), mjdTai: night, deltaAu: 2.5),
        ]
        let matches = match(orbits, [place], at: night).matches
        #expect(matches.map(\.orbit) == [1, 0])
        #expect(matches.map(\.orbitRank) == [1, 2])
    }

    /// One body and two detections of a visit: it is listed for both, with their distances, whatever their order.
    @Test func oneOrbitWithTwoDetections() {
        let place = SkyPosition(raDegrees: 60, decDegrees: 10)
        let orbit = TestOrbits.standing(at: place, mjdTai: night, deltaAu: 2)
        let (near, far) = (place.moved(east: 0.2, north: 0), place.moved(east: 0, north: -0.6))
        for (places, nearest) in [([near, far], 0), ([far, near], 1)] {
            let matches = match([orbit], places, at: night).matches
            #expect(matches.map(\.source) == [0, 1] && matches.map(\.orbitRank) == [1, 1])
            #expect(matches.min { $0.separationArcsec < $1.separationArcsec }?.source == nearest)
        }
    }

    /// Of more orbits than are kept the nearest stay as they were: order and ranks, whatever the order of detections.
    @Test func onlyTheNearestOrbitsAreKept() {
        let place = SkyPosition(raDegrees: 60, decDegrees: 10)
        let orbits = (0..<24).map { ordinal in
            // By twos at one place, so that rows decide too.
            TestOrbits.standing(
                at: place.moved(east: 0.02 * Double(ordinal * 7 % 24 / 2), north: 0), mjdTai: night, deltaAu: 2)
        }
        let index = TestOrbits(list: orbits).index()
        let places = (0..<5).map { place.moved(east: -0.2 - 0.3 * Double($0), north: 0) }
        var limits = MatchLimits()
        func told(_ places: [SkyPosition]) -> [[Double]] {
            let found = VisitMatcher(index: index, limits: limits).match(SourceColumns(places, mjdTai: night)).matches
            return found.map {
                [places[$0.source].raDegrees, Double($0.orbit), $0.separationArcsec, Double($0.orbitRank)]
            }
            .sorted { ($0[0], $0[3]) < ($1[0], $1[3]) }
        }
        limits.mostOrbits = 1000
        let all = told(places)
        #expect(all.count == 24 * 5)
        for most in [1, 7, 8, 24] {
            limits.mostOrbits = most
            let kept = all.filter { $0[3] <= Double(most) }
            #expect(kept.count == most * 5)
            #expect(told(places) == kept)
            #expect(told(places.reversed()) == kept)
        }
        #expect(MatchLimits().mostOrbits == 64)
    }

    /// A comet is looked for within 15″, an asteroid within 5″.
    @Test func cometsHaveAWiderRadius() {
        let place = SkyPosition(raDegrees: 60, decDegrees: 10)
        for (kind, arcsec, isFound) in [
            (BodyKind.asteroid, 4.9, true), (.asteroid, 5.1, false), (.comet, 14.9, true), (.comet, 15.1, false),
        ] {
            let orbit = TestOrbits.standing(at: place, mjdTai: night, deltaAu: 2, kind: kind)
            let matches = match([orbit], [place.moved(east: 0, north: arcsec)], at: night).matches
            #expect(matches.count == (isFound ? 1 : 0), "\(kind) at \(arcsec)″")
        }
    }

    /// 0.01 au away the parallax of the site is 0.2°, and the Earth's pull matters within the night.
    @Test func hundredthOfAnAu() throws {
        let place = SkyPosition(raDegrees: 60, decDegrees: 10)
        for offset in [-0.4, 0.0, 0.3] {
            let orbit = TestOrbits.standing(
                at: place, mjdTai: night + offset, deltaAu: 0.01, extraVelocity: Vec3(x: 0.002, y: 0, z: 0.003))
            let found = try #require(match([orbit], [place], at: night + offset).matches.first)
            #expect(found.separationArcsec < 0.05, "at \(offset) d: \(found.separationArcsec)″")
            let geocentre = ObservingSite(code: "500", name: "", longitudeDeg: 0, rhoCosPhi: 0, rhoSinPhi: 0)
            let fromCentre = EphemerisComputer(site: geocentre, planets: DynamicsTests.planets)
            let there = try fromCentre.predict(PredictionTarget(elements: orbit), mjdTai: [night + offset])[0]
            #expect(there.sighting.place.separation(to: place).degrees > 0.02)
        }
    }

    /// Missing H, hyperbolic and near-parabolic orbits: places yes, brightness only where H is.
    @Test func openOrbitsAndMissingMagnitudes() throws {
        let place = SkyPosition(raDegrees: 60, decDegrees: 10)
        for speed in [1.41, 2.0.squareRoot(), 1.7] {
            var orbit = TestOrbits.standing(at: place, mjdTai: night, deltaAu: 1.3, speed: speed)
            orbit.h = nil
            #expect(abs(orbit.eccentricity - (speed * speed - 1)) < 0.05)
            let found = try #require(match([orbit], [place], at: night).matches.first)
            #expect(found.separationArcsec < 0.005)
            #expect(orbit.magnitudeV(found.sighting).isNaN)
            orbit.h = 15
            orbit.g = nil
            #expect(
                orbit.magnitudeV(found.sighting)
                    == {
                        orbit.g = 0.15
                        return orbit.magnitudeV(found.sighting)
                    }())
        }
    }

    /// Elements that give no state are counted, and do not spoil their neighbours.
    @Test func badOrbitsAreLost() throws {
        let place = SkyPosition(raDegrees: 60, decDegrees: 10)
        var bad = TestOrbits.standing(at: place, mjdTai: night, deltaAu: 2)
        bad.qAu = .nan
        let good = TestOrbits.standing(at: place, mjdTai: night, deltaAu: 2)
        let index = TestOrbits(list: [bad, good]).index()
        #expect(index.lost == 1 && index.count == 1)
        let matches = VisitMatcher(index: index).match(SourceColumns([place], mjdTai: night)).matches
        #expect(matches.map(\.orbit) == [1])
        #expect(TestOrbits().index().count == 0)
    }
}
