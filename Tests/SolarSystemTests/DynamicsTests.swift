import CERFA
import Core
import Glibc
import Sky
import Testing

@testable import SolarSystem

@Suite struct DynamicsTests {
    static let planets = PlanetTable()

    /// Elements and state of 2003 LN6 as the Minor Planet Center publishes both, ecliptic.
    @Test func elementsBecomeThePublishedState() {
        let elements = CometaryElements(
            qAu: 0.67526762867304, eccentricity: 0.210922776800221, inclinationDeg: 0.6588106189613,
            nodeDeg: 213.5653120429591, argPeriDeg: 212.3876544793658, timeOfPerihelionMjdTT: 61329.1483303233,
            epochMjdTT: 61200)
        let state = HelioState(elements)
        let position = Ecliptic.fromEquator(state.position)
        let velocity = Ecliptic.fromEquator(state.velocity)
        let expected = [
            -0.199675405301317, -1.00977736649314, 0.0084057712119221, 0.0149974633186606, -0.00205406095075151,
            0.000115029045476768,
        ]
        let found = [position.x, position.y, position.z, velocity.x, velocity.y, velocity.z]
        for (found, expected) in zip(found, expected) { #expect(abs(found - expected) < 1e-13) }
    }

    /// The trap of the obliquity: 84381.406″ instead of 84381.448″ turns the sky by 0.042″.
    @Test func obliquityIsThatOfTheElements() {
        let pole = Ecliptic.toEquator(Vec3(x: 0, y: 0, z: 1))
        #expect(abs(atan2(-pole.y, pole.z) / Angle.radiansPerArcsec - 84_381.448) < 1e-9)
    }

    /// Every conic: going there and back, and energy, momentum and distance at perihelion, across e = 1.
    @Test(arguments: [0, 0.2, 0.9, 0.999_999, 1 - 1e-12, 1, 1 + 1e-12, 1.000_001, 1.2, 6])
    func twoBodyMotionHolds(eccentricity: Double) {
        for days in [-4000.0, -100, -0.3, 0, 1e-4, 20, 900, 20_000] {
            let elements = CometaryElements(
                qAu: 0.4, eccentricity: eccentricity, inclinationDeg: 100, nodeDeg: 30, argPeriDeg: 200,
                timeOfPerihelionMjdTT: 60_000 - days, epochMjdTT: 60_000)
            let state = HelioState(elements)
            let r: Double = state.position.length
            let energy: Double = state.velocity.dot(state.velocity) / 2 - SolarConstants.sun / r
            let expected: Double = SolarConstants.sun * (eccentricity - 1) / 0.8
            #expect(abs(energy - expected) < 1e-12 * SolarConstants.sun / 0.4, "\(days) d")
            let momentum: Double = state.position.cross(state.velocity).length
            let parabolic: Double = (SolarConstants.sun * 0.4 * (1 + eccentricity)).squareRoot()
            #expect(abs(momentum / parabolic - 1) < 1e-9, "\(days) d")
            #expect((state.position.dot(state.velocity) >= -1e-12) == (days >= 0) || eccentricity < 1)
            let back = TwoBody.propagate(state, days: -days)
            #expect(abs(back.position.length - 0.4) < 1e-9, "\(days) d from perihelion")
        }
    }

    /// A parabola by Barker's equation, a solution of another kind.
    @Test func parabolaAgreesWithBarker() {
        let q = 0.7
        for days in [-300.0, -5, 0.1, 77, 5000] {
            let state = HelioState(
                CometaryElements(
                    qAu: q, eccentricity: 1, inclinationDeg: 0, nodeDeg: 0, argPeriDeg: 0, timeOfPerihelionMjdTT: 0,
                    epochMjdTT: days))
            let half: Double = 1.5 * (SolarConstants.sun / (2 * q * q * q)).squareRoot() * days
            let y: Double = cbrt(half + (half * half + 1).squareRoot())
            let s: Double = y - 1 / y
            #expect(abs(state.position.length - q * (1 + s * s)) < 1e-11 * (1 + s * s))
        }
    }

    @Test func tdbAgreesWithERFA() {
        for mjd in stride(from: 45_000.0, through: 70_000, by: 317.3) {
            let reference: Double = eraDtdb(2_400_000.5, mjd, 0, 0, 0, 0)
            #expect(abs(TimeScales.tdbMinusTTSeconds(mjd) - reference) < 15e-6)
        }
        #expect(abs(TimeScales.tdb(taiMjd: 61_000) - (61_000 + 32.184 / 86_400)) < 2e-3 / 86_400)
    }

    @Test func utcOfTAIKnowsTheLeapSeconds() {
        let seconds = [(61_000.0, 37.0), (57_000.0, 35.0), (51_544.5, 32.0)]
        for (mjd, expected) in seconds {
            #expect(abs(TimeScales.taiMinusUTCDays(taiMjd: mjd) * 86_400 - expected) < 1e-5)
        }
    }

    @Test func planetTableReproducesTheSeries() {
        for mjd in [50_003.3, 60_999.9, 61_000.1, 61_007.99] {
            let series = PlanetSeries(tdbMjd: mjd)
            for body in Perturber.allCases {
                let place = Self.planets.position(of: body, tdbMjd: mjd)
                #expect((place + -series.places[body.rawValue]).length < 1e-11, "\(body) at \(mjd)")
            }
            let earlier = PlanetSeries(tdbMjd: mjd - 0.01)
            let later = PlanetSeries(tdbMjd: mjd + 0.01)
            let sunward = 50 * (later.sun + -earlier.sun)
            #expect((Self.planets.sunVelocity(tdbMjd: mjd) + -sunward).length < 1e-11)
            let earth = Perturber.earth.rawValue
            let moved = 50 * (later.places[earth] + -earlier.places[earth])
            #expect((Self.planets.earth(tdbMjd: mjd).velocity + -moved).length < 1e-8)
        }
    }

    /// The giants' tables and `plan94` are of different origin: they agree to what the latter promises (80″ at most).
    @Test func giantPlanetsAreWhereTheOtherTheoryPutsThem() {
        for mjd in stride(from: 41_001.0, through: 80_999, by: 1999) {
            for (table, number) in [
                (GiantPlanetTables.jupiter, Int32(5)), (GiantPlanetTables.saturn, 6), (GiantPlanetTables.uranus, 7),
                (GiantPlanetTables.neptune, 8),
            ] {
                var pv = [Double](repeating: 0, count: 6)
                pv.withUnsafeMutableBytes { bytes in
                    _ = eraPlan94(
                        2_400_000.5, mjd, number, bytes.assumingMemoryBound(to: (Double, Double, Double).self).baseAddress)
                }
                let other = Vec3(x: pv[0], y: pv[1], z: pv[2])
                guard let place = table.position(tdbMjd: mjd) else {
                    Issue.record("planet \(number) has no place at \(mjd)")
                    continue
                }
                #expect(place.angleRadians(to: other) / Angle.radiansPerArcsec < 120, "planet \(number) at \(mjd)")
            }
        }
        #expect(GiantPlanetTables.jupiter.position(tdbMjd: 40_999) == nil)
        #expect(GiantPlanetTables.jupiter.position(tdbMjd: 81_001) == nil)
    }
}
