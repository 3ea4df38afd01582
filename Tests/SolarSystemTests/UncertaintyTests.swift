import Core
import Glibc
import Sky
import Testing

@testable import SolarSystem

/// σ of predicted places: the units of what was fitted, and encounters between epoch and night.
@Suite struct UncertaintyTests {
    private let computer = EphemerisComputer(site: .rubin, planets: DynamicsTests.planets)

    /// An orbit as `mpc_orbits` has it, whose fit knows all but one acceleration exactly.
    private static func record(_ field: String, _ value: Double, sigma: Double, isComet: Bool) -> String {
        let cells = (0..<7).flatMap { row in
            (row..<7).map {
                // Places and velocities are as good as known.
                #""cov\#(row)\#($0)":\#(row != $0 ? 0 : row == 6 ? sigma * sigma : 1e-30)"#
            }
        }.joined(separator: ",")
        let names = #"["x","y","z","vx","vy","vz","\#(field)"]"#
        let fit = #"{"CAR":{"coefficient_names":\#(names),"covariance":{\#(cells)}}}"#
        let body = isComet ? (#""C/2024 A1""#, #""CK24A010""#) : (#""2006 TK6""#, #""K06T06K""#)
        return #"{"designation":\#(body.0),"packed_primary_provisional_designation":\#(body.1),"q":1.1,"e":0.6,"i":8,"node":50,"#
            + #""argperi":60,"peri_time":61000,"epoch_mjd":60800,"h":18,"\#(field)":\#(value),"mpc_orb_jsonb":\#(fit)}"#
    }

    private func target(_ record: String) throws -> PredictionTarget {
        let scratch = OrbitScratch()
        var builder = OrbitSetBuilder()
        _ = try OrbitFileReader.read(scratch.file("rows.json", record + "\n"), into: &builder)
        try #require(builder.count == 1)
        return builder.target(0)
    }

    /// A record's acceleration changed by 1 σ of its own covariance moves the place by σ.
    @Test(arguments: [
        ("a1", true), ("a2", true), ("a3", true), ("a1", false), ("a2", false), ("a3", false), ("yarkovsky", false), ("srp", false),
    ])
    func anAccelerationChangedBySigmaMovesThePlaceBySigma(field: String, isComet: Bool) throws {
        let sigma = 0.25
        let time = 61_080.25
        let one = try target(Self.record(field, 2, sigma: sigma, isComet: isComet))
        let other = try target(Self.record(field, 2 + sigma, sigma: sigma, isComet: isComet))
        #expect(one.covariance?.dimension == 7 && one.elements.nonGravitational != nil)
        let predicted = try computer.predict(one, mjdTai: [time])[0]
        let moved = try computer.predict(other, mjdTai: [time])[0].sighting.place
        let shift = predicted.sighting.place.separation(to: moved).arcsec
        let error = try #require(predicted.error)
        #expect(shift > 1e-4)
        #expect(abs(error.majorArcsec / shift - 1) < 0.02, "σ \(error.majorArcsec)″, moved \(shift)″")
        #expect(error.minorArcsec < 0.02 * error.majorArcsec)
    }

    /// Several accelerations that were fitted add up as their covariance says, more than fit abreast among them.
    @Test func allThatWasFittedIsCarried() throws {
        let extras: [OrbitCovariance.Parameter] = [.a1, .dt, .a2, .a3]
        let sigmas: [Double] = [0.2, 5, 0.3, 0.1]
        var elements = CometaryElements(
            qAu: 1.1, eccentricity: 0.6, inclinationDeg: 8, nodeDeg: 50, argPeriDeg: 60, timeOfPerihelionMjdTT: 61_000,
            epochMjdTT: 60_800, kind: .comet)
        elements.nonGravitational = NonGravitationalTerms(a1: 2e-8, a2: 1e-9, a3: 0, law: .waterIce)
        func error(_ chosen: [Int]) throws -> (eastEast: Double, eastNorth: Double, northNorth: Double) {
            var triangle: [Double] = []
            for row in 0..<10 {
                for column in row..<10 {
                    let isChosen = row >= 6 && chosen.contains(row - 6) && chosen.contains(column - 6)
                    // A1 and A3 hang together with 0.5.
                    let isPair = row == 6 && column == 9
                    let part: Double = row == column ? 1 : isPair ? 0.5 : 0
                    triangle.append(isChosen ? part * sigmas[row - 6] * sigmas[column - 6] : 0)
                }
            }
            let covariance = OrbitCovariance(basis: .cartesian, extraParameters: extras, upperTriangle: triangle)
            let target = PredictionTarget(elements: elements, covariance: covariance)
            return try #require(try computer.predict(target, mjdTai: [61_080.25])[0].error).covariance
        }
        let all = try error([0, 1, 2, 3])
        let (pair, single) = (try error([0, 3]), try error([2]))
        #expect(try error([2]).eastEast > 0 && error([3]).eastEast > 0)
        #expect(abs(all.eastEast / (pair.eastEast + single.eastEast) - 1) < 1e-3)
        #expect(abs(all.northNorth / (pair.northNorth + single.northNorth) - 1) < 1e-3)
        let apart = try error([0]).eastEast + error([3]).eastEast
        #expect(abs(pair.eastEast / apart - 1) > 0.01)
    }

    // MARK: Of a night

    /// σ of the night over that of the ephemeris, at worst of both axes.
    private func ratio(_ target: PredictionTarget, at mjdTai: Double) throws -> Double {
        let source = TestOrbits(list: [target.elements])
        let index = NightlyIndex(
            source, options: NightlyOptions(midnightMjdTai: mjdTai + 0.1, halfWindowDays: 0.5), planets: DynamicsTests.planets)
        let exact = try computer.predict(target, mjdTai: [mjdTai])[0]
        let placed = index.cone(center: exact.sighting.place, radius: Angle(arcsec: 5), mjdTai: mjdTai)
        let first = try #require(placed.first)
        let found = try #require(index.error(of: first, NightlyErrors { _ in target }))
        let wanted = try #require(exact.error)
        let ratios = [found.majorArcsec / wanted.majorArcsec, found.minorArcsec / wanted.minorArcsec]
        return ratios.max { abs(log($0)) < abs(log($1)) } ?? .nan
    }

    private static func triangle(position: Double, velocity: Double) -> [Double] {
        (0..<6).flatMap { row in
            (row..<6).map { column in
                let sigma: Double = row < 3 ? position : velocity
                return row == column ? sigma * sigma : 0
            }
        }
    }

    /// A body that met the Earth (0.006 au) between its epoch and tonight, and is far away by now.
    @Test func anEncounterOnTheWay() throws {
        let night = TestOrbits.midnight
        let orbit = TestOrbits.standing(
            at: SkyPosition(raDegrees: 60, decDegrees: 10), mjdTai: night - 60, deltaAu: 0.006,
            extraVelocity: Vec3(x: 0.001, y: 0, z: 0.003), epochDaysBefore: 40)
        let target = PredictionTarget(
            elements: orbit,
            covariance: OrbitCovariance(
                basis: .cartesian, upperTriangle: Self.triangle(position: 1e-8, velocity: 1e-10)))
        #expect(try computer.predict(target, mjdTai: [night])[0].sighting.delta > 0.1)
        let found = try ratio(target, at: night)
        print("σ of the night over σ of the ephemeris, met the Earth: \(found)")
        #expect(abs(found - 1) < 0.02)
    }

    /// The published near-Earth orbits with covariances, through their encounters.
    @Test func publishedOrbits() throws {
        let orbits = try SharedReference.orbits("mpc_orbits_rows.json")
        var worst: [String: Double] = [:]
        for row in try SharedReference.table("assist_x05_mpc_orbits.csv") {
            let name = row.text("designation")
            let target = try #require(orbits.first { $0.name == name }?.target)
            let found = try ratio(target, at: row("mjd_tai"))
            if abs(log(found)) > abs(log(worst[name] ?? 1)) { worst[name] = found }
            #expect(abs(found - 1) < 0.1, "\(name) at \(row("mjd_tai")): \(found)")
        }
        for name in worst.keys.sorted() {
            print("σ of the night over σ of the ephemeris, \(name): \(worst[name] ?? .nan) at worst")
        }
    }

    /// Where Kepler's motion has to do: the main belt at usual distances from the epoch.
    @Test(arguments: [(100.0, 0.01), (200, 0.01), (400, 0.01)])
    func mainBelt(days: Double, tolerance: Double) throws {
        var random = SeededRandom(seed: 77)
        var worst = 1.0
        for _ in 0..<20 {
            let elements = CometaryElements(
                semiMajorAxisAu: 2.2 + random.uniform(), eccentricity: 0.2 * random.uniform(),
                inclinationDeg: 20 * random.uniform(), nodeDeg: 360 * random.uniform(),
                argPeriDeg: 360 * random.uniform(), meanAnomalyDeg: 360 * random.uniform(),
                epochMjdTT: (TestOrbits.midnight - days).rounded())
            guard !elements.mayMeetPlanets else { continue }
            let target = PredictionTarget(
                elements: elements,
                covariance: OrbitCovariance(
                    basis: .cartesian, upperTriangle: Self.triangle(position: 1e-7, velocity: 1e-9)))
            let found = try ratio(target, at: TestOrbits.midnight)
            if abs(log(found)) > abs(log(worst)) { worst = found }
        }
        print("σ by Kepler's motion over σ of the ephemeris, main belt, \(days) d: \(worst) at worst")
        #expect(abs(worst - 1) < tolerance)
    }
}
