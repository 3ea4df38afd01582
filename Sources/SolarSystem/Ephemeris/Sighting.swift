import Glibc
import Sky

/// What an observer sees of a body at an instant: astrometric (light time, no aberration, no deflection), ICRF axes, with all
/// the geometry from which the columns of ssSource come.
public struct Sighting: Sendable {
    /// The body from the Sun when the light left it: au, au/d.
    public let helio: HelioState
    /// The body then from the observer now: au, au/d, velocities relative to the Sun's frame.
    public let topo: HelioState
    /// The observer from the Sun: au.
    public let observer: Vec3
    /// How the line of sight moves: au/d, the motion of light time in it.
    let sightVelocity: Vec3
    public let lightTimeDays: Double

    /// Solves the light time of a body whose path around its own instant is known.
    /// - Parameter offsetDays: from the path's instant to the observer's (TDB).
    @inline(__always)
    init(path: LocalMotion, offsetDays: Double, observer: ObserverState) {
        let (topocentric, delay) = Sighting.line(path: path, offsetDays: offsetDays, observer: observer)
        let emitted: Double = offsetDays - delay
        let place = path.position(emitted)
        let velocity = path.velocity(emitted)
        helio = HelioState(position: place, velocity: velocity)
        topo = HelioState(position: topocentric, velocity: velocity + -observer.velocity)
        self.observer = observer.position
        lightTimeDays = delay
        // ρ(t) = r(t − τ) − R(t): τ grows by the range rate over c.
        let range: Double = topocentric.length
        let rangeRate: Double = topo.velocity.dot(topocentric) / range
        let slower: Double = 1 - rangeRate / SolarConstants.lightAuPerDay
        sightVelocity = slower * velocity + -observer.velocity
    }

    /// The vector from the observer to where the body was when its light left, and the light time in days.
    @inline(__always)
    static func line(path: LocalMotion, offsetDays: Double, observer: ObserverState) -> (Vec3, Double) {
        var delay: Double = 0
        var line = path.position(offsetDays) + -observer.position
        for _ in 0..<3 {
            delay = line.length * (1 / SolarConstants.lightAuPerDay)
            line = path.position(offsetDays - delay) + -observer.position
            // In the barycentre's frame the Sun was elsewhere when the light left.
            line = line + (-delay) * observer.sunVelocity
        }
        return (line, delay)
    }

    /// Right ascension and declination, degrees ICRS.
    public var place: SkyPosition { SkyPosition(topo.position) }
    /// Distance from the observer, au.
    public var delta: Double { topo.position.length }
    /// Distance from the Sun, au.
    public var r: Double { helio.position.length }
    /// Angle at the body between Sun and observer, degrees.
    public var phaseDeg: Double { helio.position.angleRadians(to: topo.position) * Angle.degreesPerRadian }
    /// Angle at the observer between Sun and body, degrees.
    public var elongationDeg: Double { (-observer).angleRadians(to: topo.position) * Angle.degreesPerRadian }
    /// Change of `delta`, km/s.
    public var rangeRateKmS: Double { Self.rate(topo) }
    /// Change of `r`, km/s.
    public var helioRangeRateKmS: Double { Self.rate(helio) }

    private static func rate(_ state: HelioState) -> Double {
        state.position.dot(state.velocity) / state.position.length * SolarConstants.kmPerSecond
    }

    /// Motion on the sky in degrees a day: along right ascension (with cos dec) and along declination.
    public var rates: (raCosDec: Double, dec: Double) {
        let (east, north) = TangentAxes.at(topo.position)
        let range: Double = delta
        return (
            sightVelocity.dot(east) / range * Angle.degreesPerRadian,
            sightVelocity.dot(north) / range * Angle.degreesPerRadian
        )
    }
}

/// Unit vectors to the east and the north at a direction.
enum TangentAxes {
    static func at(_ direction: Vec3) -> (east: Vec3, north: Vec3) {
        let planar: Double = hypot(direction.x, direction.y)
        let length: Double = direction.length
        // At a pole itself east is where right ascension 90° lies.
        guard planar > 1e-15 * length else {
            return (Vec3(x: 0, y: 1, z: 0), Vec3(x: direction.z > 0 ? -1 : 1, y: 0, z: 0))
        }
        let (cosRA, sinRA) = (direction.x / planar, direction.y / planar)
        let (cosDec, sinDec) = (planar / length, direction.z / length)
        return (Vec3(x: -sinRA, y: cosRA, z: 0), Vec3(x: -sinDec * cosRA, y: -sinDec * sinRA, z: cosDec))
    }
}
