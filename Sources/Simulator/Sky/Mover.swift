import Core
import Glibc

/// A simulated minor planet of the main belt.
struct Mover: Sendable {
    let seed: UInt64
    let packed: String
    let unpacked: String
    let ssObjectID: Int64
    let orbit: Orbit
    /// Absolute magnitude (H, G = 0.15).
    let absoluteMagnitude: Double

    /// A minor planet that stands at the given place at `mjd`, on a nearly round orbit of low inclination.
    init(ordinal: Int, seed: UInt64, raDeg: Double, decDeg: Double, mjd: Double) {
        self.seed = seed
        (packed, unpacked) = PackedDesignation.make(ordinal: ordinal)
        ssObjectID = PackedDesignation.id(packed: packed)
        let earth = SimulatedEarth.position(mjd: mjd)
        let direction = Vector.unit(raDeg: raDeg, decDeg: decDeg).fromEquatorToEcliptic
        let sunDistance = 2.1 + 1.1 * Hash.uniform(seed, 1)
        let along = earth.dot(direction)
        let range = -along + (along * along + sunDistance * sunDistance - earth.dot(earth)).squareRoot()
        let position = earth + range * direction
        let outward = 1 / position.length * position
        let forward = Vector(x: 0, y: 0, z: 1).cross(outward)
        let ahead = 1 / forward.length * forward
        let up = outward.cross(ahead)
        let speed = (Orbit.sunAttraction / sunDistance).squareRoot() * (0.94 + 0.12 * Hash.uniform(seed, 2))
        let tilt = 0.12 * Hash.normal(seed, 3)
        let radial = 0.08 * (Hash.uniform(seed, 4) - 0.5)
        let velocity = speed * (cos(tilt) * ahead + sin(tilt) * up + radial * outward)
        let lightDays = range / Mover.lightSpeed
        orbit = Orbit(position: position, velocity: velocity, mjd: mjd - lightDays)
        let brightness = 17.5 + 5.5 * Hash.uniform(seed, 5).squareRoot()
        absoluteMagnitude = brightness - 5 * log10(sunDistance * range)
    }

    /// au/d.
    static let lightSpeed = 173.144_632_674
    static let kilometresPerAU = 149_597_870.7

    /// Where it is seen from the Earth's centre at a time, with light time.
    func ephemeris(mjd: Double) -> MoverEphemeris {
        let earth = SimulatedEarth.position(mjd: mjd)
        var range = 2.0
        var state = orbit.state(mjd: mjd)
        for _ in 0..<4 {
            state = orbit.state(mjd: mjd - range / Mover.lightSpeed)
            range = (state.position - earth).length
        }
        return MoverEphemeris(
            helio: state.position, helioVelocity: state.velocity, topo: state.position - earth,
            topoVelocity: state.velocity - SimulatedEarth.velocity(mjd: mjd), earth: earth)
    }

    /// What a visit sees of it; nil when it is on no detector.
    func sighting(in visit: SimulatedVisit) -> MoverSighting? {
        let ephemeris = ephemeris(mjd: visit.midpoint.days)
        let (ra, dec) = ephemeris.topo.fromEclipticToEquator.angles
        guard
            let offset = FocalPlane.project(
                raDeg: ra, decDeg: dec, centreRaDeg: visit.centreRaDeg, centreDecDeg: visit.centreDecDeg),
            let place = FocalPlane.locate(xDeg: offset.0, yDeg: offset.1)
        else { return nil }
        let magnitude = ephemeris.magnitude(absolute: absoluteMagnitude)
        let colour = [-1.6, -0.35, 0.2, 0.35, 0.35, 0.3][Int(visit.band.rawValue)]
        return MoverSighting(
            mover: self, ephemeris: ephemeris, raDeg: ra, decDeg: dec, vMagnitude: magnitude,
            fluxNJy: pow(10, (31.4 - magnitude + colour) / 2.5), place: place)
    }
}

/// A mover's geometry at an instant: au and au/d, ecliptic of J2000.
struct MoverEphemeris: Sendable {
    let helio: Vector
    let helioVelocity: Vector
    let topo: Vector
    let topoVelocity: Vector
    let earth: Vector

    /// Angles in degrees.
    var phaseDeg: Double { angle(helio, topo) }
    var elongationDeg: Double { angle(-1 * earth, topo) }

    private func angle(_ a: Vector, _ b: Vector) -> Double {
        atan2(a.cross(b).length, a.dot(b)) * 180 / .pi
    }

    /// V magnitude by the H, G system with G = 0.15 (Bowell et al. 1989).
    func magnitude(absolute: Double) -> Double {
        let tangent = tan(phaseDeg * .pi / 360)
        let first = exp(-3.33 * pow(tangent, 0.63))
        let second = exp(-1.87 * pow(tangent, 1.22))
        return absolute + 5 * log10(helio.length * topo.length) - 2.5 * log10(0.85 * first + 0.15 * second)
    }
}
