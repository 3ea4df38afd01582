import Core
import Glibc
import Sky
import SolarSystem

/// Draws bodies that stand in a field at an instant: since nodes are spread evenly, an orbit may be turned about the pole of
/// the ecliptic until its body has the field's longitude; whether the latitude is the field's then decides.
struct BodyPlacement {
    let mjdTai: Double
    /// The Earth from the Sun, ecliptic axes, au.
    private let earth: Vec3
    private let jupiterLongitudeDeg: Double

    /// Orbits tried for one body; beyond it the population does not reach the field.
    private static let mostTrials = 400
    /// How far from 60° beside Jupiter Trojans are found, degrees of heliocentric longitude.
    private static let librationDeg: Double = 25

    init(mjdTai: Double, planets: PlanetTable) {
        self.mjdTai = mjdTai
        earth = Ecliptic.fromEquator(planets.earth(tdbMjd: TimeScales.tdb(taiMjd: mjdTai)).position)
        // Mean longitude of Jupiter (Simon et al. 1994); the swarms are wider than its equation of centre.
        jupiterLongitudeDeg = 34.3515 + 3034.9057 * (mjdTai - 51_544.5) / 36_525
    }

    /// Elements that osculate at the instant, and V − H there; nil when the population does not reach the field.
    func draw(
        _ population: BodyPopulation, in visit: SimulatedVisit, _ random: inout SeededRandom
    ) -> CometaryElements? {
        for _ in 0..<Self.mostTrials {
            let shape = OrbitShape.draw(population, &random)
            let x: Double = (random.uniform() - 0.5) * FocalPlane.sideDeg
            let y: Double = (random.uniform() - 0.5) * FocalPlane.sideDeg
            let (ra, dec) = FocalPlane.deproject(
                xDeg: x, yDeg: y, centreRaDeg: visit.centreRaDeg, centreDecDeg: visit.centreDecDeg)
            let wanted = Ecliptic.fromEquator(Vec3(raDegrees: ra, decDegrees: dec))
            var elements = CometaryElements(
                qAu: shape.qAu, eccentricity: shape.eccentricity, inclinationDeg: shape.inclinationDeg, nodeDeg: 0,
                argPeriDeg: shape.argPeriDeg,
                timeOfPerihelionMjdTT: mjdTai + TimeScales.ttMinusTaiDays - shape.daysSincePerihelion,
                epochMjdTT: mjdTai + TimeScales.ttMinusTaiDays,
                kind: population == .comet ? .comet : .asteroid)
            let start = Ecliptic.fromEquator(HelioState(elements).position)
            guard let (turn, place) = turned(start, to: atan2(wanted.y, wanted.x)) else { continue }
            guard population != .trojan || isTrojan(place), isIn(visit, place) else { continue }
            elements.nodeDeg = (turn * 180 / .pi).remainder(dividingBy: 360)
            if elements.nodeDeg < 0 { elements.nodeDeg += 360 }
            return elements
        }
        return nil
    }

    /// The turn about the ecliptic's pole (radians) after which a place (au from the Sun) has a longitude as seen from the Earth.
    private func turned(_ start: Vec3, to longitude: Double) -> (Double, Vec3)? {
        var turn: Double = longitude - atan2(start.y, start.x)
        for _ in 0..<12 {
            let (s, c) = (sin(turn), cos(turn))
            let place = Vec3(x: c * start.x - s * start.y, y: s * start.x + c * start.y, z: start.z)
            let line = place + -earth
            let miss: Double = (longitude - atan2(line.y, line.x)).remainder(dividingBy: 2 * .pi)
            if abs(miss) < 1e-4 { return (turn, place) }
            // What a turn does to the longitude, as seen from here.
            let planar: Double = line.x * line.x + line.y * line.y
            let slope: Double = (line.x * place.x + line.y * place.y) / planar
            guard abs(slope) > 0.05 else { return nil }
            turn += miss / slope
        }
        return nil
    }

    private func isTrojan(_ place: Vec3) -> Bool {
        let ahead: Double = (atan2(place.y, place.x) * 180 / .pi - jupiterLongitudeDeg).remainder(dividingBy: 360)
        return abs(abs(ahead) - 60) < Self.librationDeg
    }

    private func isIn(_ visit: SimulatedVisit, _ place: Vec3) -> Bool {
        FocalPlane.holds(SkyPosition(Ecliptic.toEquator(place + -earth)), in: visit)
    }
}
