import Core
import Glibc
import Sky
import Testing

@testable import SolarSystem

@Suite struct NightlyPropertyTests {
    /// Bodies of all kinds; every detection within 5″ of a body by the plain ephemeris (integrated from the epoch to that very
    /// time) is matched with it, and nothing else is; in whatever order and pieces the detections come.
    @Test func agreesWithBruteForce() throws {
        let seed: UInt64 = 20_261_121
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        let night = TestOrbits.midnight
        let orbits = TestOrbits(list: (0..<160).map { Self.orbit($0, night, &random) })
        let times = (0..<5).map { _ in night + 0.98 * (random.uniform() - 0.5) }
        let computer = EphemerisComputer(site: .rubin, planets: DynamicsTests.planets)
        let places = try orbits.list.map { try computer.predict(PredictionTarget(elements: $0), mjdTai: times) }
        var sources = SourceColumns(raDegrees: [], decDegrees: [], midpointMjdTai: [])
        for (visit, time) in times.enumerated() {
            for (row, predictions) in places.enumerated() where random.uniform() < 0.7 {
                let around = predictions[visit].sighting.place
                let other = places[(row + 1) % places.count][visit].sighting.place
                let detection = around.moved(east: 4 * random.normal(), north: 4 * random.normal())
                for place in [detection, other.moved(east: 200, north: 0)] {
                    sources.raDegrees.append(place.raDegrees)
                    sources.decDegrees.append(place.decDegrees)
                    sources.midpointMjdTai.append(time + 2e-6 * Double(visit))
                }
            }
        }
        // The detections' own times differ a little from the visits': places are moved along.
        var expected: Set<[Int]> = []
        var possible: Set<[Int]> = []
        for source in 0..<sources.count {
            let visit = times.firstIndex { abs($0 - sources.midpointMjdTai[source]) < 1e-4 } ?? 0
            let place = SkyPosition(raDegrees: sources.raDegrees[source], decDegrees: sources.decDegrees[source])
            for (row, predictions) in places.enumerated() {
                let sighting = predictions[visit].sighting
                let late: Double = sources.midpointMjdTai[source] - times[visit]
                let moved = sighting.place.moved(
                    east: sighting.rates.raCosDec * late * 3600, north: sighting.rates.dec * late * 3600)
                let separation = moved.separation(to: place).arcsec
                if separation < 4.95 { expected.insert([source, row]) }
                if separation < 5.05 { possible.insert([source, row]) }
            }
        }
        #expect(expected.count > 100)
        let index = orbits.index()
        #expect(index.count == orbits.count && !index.near.isEmpty)
        let matcher = VisitMatcher(index: index)
        let found = Set(matcher.match(sources).matches.map { [$0.source, $0.orbit] })
        #expect(expected.subtracting(found).isEmpty, "missed: \(expected.subtracting(found).sorted { $0[0] < $1[0] })")
        #expect(found.subtracting(possible).isEmpty, "false: \(found.subtracting(possible).sorted { $0[0] < $1[0] })")
        try expectSameInAnyOrder(matcher, sources, &random)
    }

    private func expectSameInAnyOrder(
        _ matcher: VisitMatcher, _ sources: SourceColumns, _ random: inout SeededRandom
    ) throws {
        let order = (0..<sources.count).shuffled(using: &random)
        let shuffled = SourceColumns(
            raDegrees: order.map { sources.raDegrees[$0] }, decDegrees: order.map { sources.decDegrees[$0] },
            midpointMjdTai: order.map { sources.midpointMjdTai[$0] })
        func told(_ matches: [OrbitMatch], _ row: (Int) -> Int) -> [[Int]] {
            matches.map { [row($0.source), $0.orbit, $0.orbitRank] }
                .sorted { ($0[0], $0[1]) < ($1[0], $1[1]) }
        }
        let plain = told(matcher.match(sources).matches) { $0 }
        #expect(told(matcher.match(shuffled).matches) { order[$0] } == plain)
    }

    /// Main belt, near-Earth down to 0.005 au, Trojans, far ones, comets on open orbits.
    private static func orbit(_ ordinal: Int, _ night: Double, _ random: inout SeededRandom) -> CometaryElements {
        let z: Double = 2 * random.uniform() - 1
        let place = SkyPosition(raDegrees: 360 * random.uniform(), decDegrees: asin(z) * 180 / .pi)
        let kinds: [(delta: Double, extra: Double)] = [(2, 0.002), (0.15, 0.006), (4.5, 0.001), (40, 0.000_3), (0.03, 0.004)]
        let (delta, extra) = kinds[ordinal % kinds.count]
        let push = Vec3(x: extra * random.normal(), y: extra * random.normal(), z: extra * random.normal())
        return TestOrbits.standing(
            at: place, mjdTai: night + 0.9 * (random.uniform() - 0.5), deltaAu: delta * (0.6 + 0.8 * random.uniform()),
            extraVelocity: push)
    }

    /// Elements of a state give the state again: every kind of conic.
    @Test func elementsAndStatesAreTheSame() {
        var random = SeededRandom(seed: 5)
        for _ in 0..<300 {
            let r: Double = 0.5 + 5 * random.uniform()
            let speed: Double = (SolarConstants.sun / r).squareRoot() * (0.3 + 1.5 * random.uniform())
            let position = Vec3(x: random.normal(), y: random.normal(), z: random.normal()).normalized
            let velocity = Vec3(x: random.normal(), y: random.normal(), z: random.normal()).normalized
            let state = HelioState(position: r * position, velocity: speed * velocity)
            let again = HelioState(CometaryElements(state, epochMjdTT: 61_000))
            #expect((again.position + -state.position).length < 1e-9 * r)
            #expect((again.velocity + -state.velocity).length < 1e-9 * speed)
        }
    }

    /// The states of a night are those of the plain integration; floats and all, to 0.5 mas.
    @Test func nightlyStatesAreExact() throws {
        var random = SeededRandom(seed: 9)
        let orbits = TestOrbits(
            list: (0..<24).map { _ in
                CometaryElements(
                    semiMajorAxisAu: 2.2 + random.uniform(), eccentricity: 0.25 * random.uniform(),
                    inclinationDeg: 20 * random.uniform(), nodeDeg: 360 * random.uniform(),
                    argPeriDeg: 360 * random.uniform(), meanAnomalyDeg: 360 * random.uniform(), epochMjdTT: 61_200)
            })
        let index = orbits.index()
        let matcher = VisitMatcher(index: index)
        let computer = EphemerisComputer(site: .rubin, planets: DynamicsTests.planets)
        for offset in [-0.45, 0.3] {
            let places = try orbits.list.map {
                try computer.predict(PredictionTarget(elements: $0), mjdTai: [index.options.midnightMjdTai + offset])[0]
                    .sighting.place
            }
            let matches = matcher.match(SourceColumns(places, mjdTai: index.options.midnightMjdTai + offset)).matches
            let own = matches.filter { $0.orbit == $0.source }
            #expect(own.count == orbits.count)
            for found in own { #expect(found.orbitRank == 1 && found.separationArcsec < 0.001) }
        }
    }

    /// An error that is no number is no small one.
    @Test func anErrorThatIsNoNumberIsUncertain() {
        let night = TestOrbits.midnight
        let place = SkyPosition(raDegrees: 60, decDegrees: 10)
        let orbit = TestOrbits.standing(at: place, mjdTai: night, deltaAu: 2)
        let index = TestOrbits(list: [orbit]).index()
        for value in [Double.nan, -1e-12, 1e300, .infinity] {
            var triangle = [Double](repeating: 0, count: 21)
            for place in [0, 6, 11, 15, 18, 20] { triangle[place] = value }
            let target = PredictionTarget(
                elements: orbit, covariance: OrbitCovariance(basis: .cartesian, upperTriangle: triangle))
            let result = VisitMatcher(index: index, errors: NightlyErrors { _ in target }).match(
                SourceColumns([place], mjdTai: night))
            #expect(result.matches.isEmpty && result.uncertainOrbits == 1, "\(value)")
        }
    }

    /// σ by Kepler's motion within a few percent of the one with all forces; too uncertain orbits are not matched.
    @Test func uncertainOrbitsAreGated() throws {
        let night = TestOrbits.midnight
        let place = SkyPosition(raDegrees: 60, decDegrees: 10)
        let orbit = TestOrbits.standing(at: place, mjdTai: night, deltaAu: 2, epochDaysBefore: 160)
        let index = TestOrbits(list: [orbit]).index()
        for (sigma, isMatched) in [(1e-7, true), (1e-3, false)] {
            var triangle = [Double](repeating: 0, count: 21)
            for (place, value) in [(0, sigma), (6, sigma), (11, sigma), (15, sigma / 500), (18, sigma / 500), (20, sigma / 500)] {
                triangle[place] = value * value
            }
            let target = PredictionTarget(
                elements: orbit, covariance: OrbitCovariance(basis: .cartesian, upperTriangle: triangle))
            let errors = NightlyErrors { _ in target }
            let result = VisitMatcher(index: index, errors: errors).match(
                SourceColumns([place.moved(east: 0.3, north: 0)], mjdTai: night))
            #expect(result.matches.count == (isMatched ? 1 : 0))
            #expect(result.uncertainOrbits == (isMatched ? 0 : 1))
            guard let found = result.matches.first, let error = found.error else { continue }
            let exact = try #require(
                try EphemerisComputer(site: .rubin, planets: DynamicsTests.planets).predict(target, mjdTai: [night])[0].error)
            #expect(abs(error.majorArcsec / exact.majorArcsec - 1) < 0.03)
            #expect(abs(error.minorArcsec / exact.minorArcsec - 1) < 0.03)
            #expect(found.mahalanobis > 0.3 / (error.majorArcsec + 0.05) * 0.9)
            #expect(found.mahalanobis < 0.3 / 0.05)
        }
    }
}
