import Core
import Glibc
import Sky
import Testing

@testable import SolarSystem

/// From published epochs to the night: every length of step, forces besides gravity, perihelia on the way.
@Suite struct NightlyStepTests {
    private let night = TestOrbits.midnight

    /// Largest separation (arcsec) of the index from the plain ephemeris, each body at some times of the night.
    private func worst(_ orbits: [CometaryElements]) throws -> Double {
        let index = TestOrbits(list: orbits).index()
        #expect(index.count == orbits.count)
        let matcher = VisitMatcher(index: index)
        let computer = EphemerisComputer(site: .rubin, planets: DynamicsTests.planets)
        var worst: Double = 0
        let times = [night - 0.45, night + 0.4]
        let predicted = try orbits.map { try computer.predict(PredictionTarget(elements: $0), mjdTai: times) }
        for (time, mjdTai) in times.enumerated() {
            let places = predicted.map { $0[time].sighting.place }
            let matches = matcher.match(SourceColumns(places, mjdTai: mjdTai)).matches.filter { $0.orbit == $0.source }
            #expect(matches.count == orbits.count)
            for found in matches { worst = max(worst, found.separationArcsec) }
        }
        return worst
    }

    /// Perihelia at both sides of where the steps change, from epochs of 20 days to 2 years: to 3 mas, 30 mas after years.
    @Test(arguments: [(20.0, 0.003), (165, 0.003), (700, 0.03)])
    func everyLengthOfStepIsExact(days: Double, arcsec: Double) throws {
        var random = SeededRandom(seed: 31)
        let orbits = [0.25, 0.69, 0.71, 1.0, 1.29, 1.31, 1.79, 1.81, 2.2, 2.9, 5.0, 30].map { q in
            let e: Double = q < 5 ? 0.05 + 0.25 * random.uniform() : 0.05 * random.uniform()
            return CometaryElements(
                semiMajorAxisAu: q / (1 - e), eccentricity: e, inclinationDeg: 2 + 20 * random.uniform(),
                nodeDeg: 360 * random.uniform(), argPeriDeg: 360 * random.uniform(),
                meanAnomalyDeg: 360 * random.uniform(), epochMjdTT: (night - days).rounded())
        }
        let found = try worst(orbits)
        print("\(days) d: \(found * 1000) mas")
        #expect(found < arcsec)
    }

    /// A comet whose gas pushes it is where the push puts it, in the index as in the plain ephemeris; without the terms it is not.
    @Test func nonGravitationalForcesCount() throws {
        let place = SkyPosition(raDegrees: 60, decDegrees: 10)
        var comet = TestOrbits.standing(
            at: place, mjdTai: night, deltaAu: 0.7, speed: 1.3, kind: .comet, epochDaysBefore: 160)
        let plain = comet
        comet.nonGravitational = NonGravitationalTerms(a1: 1e-7, a2: 2e-9, law: .waterIce)
        #expect(try worst([comet, plain]) < 0.003)
        let computer = EphemerisComputer(site: .rubin, planets: DynamicsTests.planets)
        let seen = try [comet, plain].map {
            try computer.predict(PredictionTarget(elements: $0), mjdTai: [night])[0].sighting.place
        }
        #expect(seen[0].separation(to: seen[1]).arcsec > 15)
        let matches = VisitMatcher(index: TestOrbits(list: [plain]).index()).match(SourceColumns([seen[0]], mjdTai: night))
        #expect(matches.matches.isEmpty)
    }

    /// Near-parabolic, parabolic and open orbits whose perihelion lies between epoch and night.
    @Test(arguments: [0.96, 0.999_9, 1, 1.000_1, 1.3])
    func perihelionOnTheWay(eccentricity: Double) throws {
        let orbits = [0.35, 0.9, 1.6].map { q in
            CometaryElements(
                qAu: q, eccentricity: eccentricity, inclinationDeg: 65, nodeDeg: 100, argPeriDeg: 220,
                timeOfPerihelionMjdTT: night - 40, epochMjdTT: (night - 100).rounded(), kind: .comet)
        }
        #expect(try worst(orbits) < 0.005)
    }

    /// Elements are of the ecliptic of J2000: taken for those of the equator the body is degrees away.
    @Test func elementsAreEcliptic() throws {
        let orbit = TestOrbits.standing(at: SkyPosition(raDegrees: 60, decDegrees: 10), mjdTai: night, deltaAu: 2)
        var tilted = orbit
        tilted.inclinationDeg += 84_381.448 / 3600
        let computer = EphemerisComputer(site: .rubin, planets: DynamicsTests.planets)
        let (right, wrong) = (HelioState(orbit), HelioState(tilted))
        #expect(right.position.angleRadians(to: wrong.position) * Angle.degreesPerRadian > 0.5)
        let seen = try computer.predict(PredictionTarget(elements: orbit), mjdTai: [night])[0].sighting.place
        #expect(seen.separation(to: SkyPosition(raDegrees: 60, decDegrees: 10)).arcsec < 0.001)
    }
}
