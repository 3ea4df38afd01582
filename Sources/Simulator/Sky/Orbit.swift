import Glibc

/// A vector on the ICRS axes or the ecliptic of J2000, as its user says.
struct Vector: Sendable {
    var x: Double
    var y: Double
    var z: Double

    static func + (a: Vector, b: Vector) -> Vector { Vector(x: a.x + b.x, y: a.y + b.y, z: a.z + b.z) }
    static func - (a: Vector, b: Vector) -> Vector { Vector(x: a.x - b.x, y: a.y - b.y, z: a.z - b.z) }
    static func * (a: Double, b: Vector) -> Vector { Vector(x: a * b.x, y: a * b.y, z: a * b.z) }
    func dot(_ b: Vector) -> Double { x * b.x + y * b.y + z * b.z }
    func cross(_ b: Vector) -> Vector {
        Vector(x: y * b.z - z * b.y, y: z * b.x - x * b.z, z: x * b.y - y * b.x)
    }
    var length: Double { dot(self).squareRoot() }

    /// Obliquity of the ecliptic at J2000 (IAU 1976).
    private static let obliquity = 23.439_291_111 * Double.pi / 180
    var fromEclipticToEquator: Vector {
        let (s, c) = (sin(Vector.obliquity), cos(Vector.obliquity))
        return Vector(x: x, y: c * y - s * z, z: s * y + c * z)
    }
    var fromEquatorToEcliptic: Vector {
        let (s, c) = (sin(Vector.obliquity), cos(Vector.obliquity))
        return Vector(x: x, y: c * y + s * z, z: -s * y + c * z)
    }

    static func unit(raDeg: Double, decDeg: Double) -> Vector {
        let (ra, dec) = (raDeg * .pi / 180, decDeg * .pi / 180)
        return Vector(x: cos(dec) * cos(ra), y: cos(dec) * sin(ra), z: sin(dec))
    }

    /// Longitude in [0, 360) and latitude, degrees.
    var angles: (longitude: Double, latitude: Double) {
        let longitude = atan2(y, x) * 180 / .pi
        return (longitude < 0 ? longitude + 360 : longitude, atan2(z, hypot(x, y)) * 180 / .pi)
    }
}

/// A Keplerian ellipse around the Sun, ecliptic of J2000; au, days, radians, MJD (TT).
struct Orbit: Sendable {
    let semiMajorAxis: Double
    let eccentricity: Double
    let inclination: Double
    let node: Double
    let argumentOfPerihelion: Double
    let perihelionTime: Double

    /// Gauss's constant squared: the Sun's attraction in au³/d².
    static let sunAttraction = 0.017_202_098_95 * 0.017_202_098_95

    var meanMotion: Double { (Orbit.sunAttraction / (semiMajorAxis * semiMajorAxis * semiMajorAxis)).squareRoot() }
    var perihelionDistance: Double { semiMajorAxis * (1 - eccentricity) }
    var periodDays: Double { 2 * .pi / meanMotion }

    /// From a heliocentric state on the ecliptic axes; the state must be bound and not rectilinear.
    init(position: Vector, velocity: Vector, mjd: Double) {
        let mu = Orbit.sunAttraction
        let momentum = position.cross(velocity)
        let distance = position.length
        let energy = velocity.dot(velocity) / 2 - mu / distance
        precondition(energy < 0 && momentum.length > 0, "the state is no ellipse")
        let laplace = 1 / mu * velocity.cross(momentum) - 1 / distance * position
        semiMajorAxis = -mu / (2 * energy)
        eccentricity = laplace.length
        inclination = acos(momentum.z / momentum.length)
        let node = atan2(momentum.x, -momentum.y)
        let towardsNode = Vector(x: cos(node), y: sin(node), z: 0)
        let across = 1 / momentum.length * momentum.cross(towardsNode)
        let argument = atan2(laplace.dot(across), laplace.dot(towardsNode))
        let cosE = (1 - distance / semiMajorAxis) / eccentricity
        let sinE = position.dot(velocity) / (eccentricity * (mu * semiMajorAxis).squareRoot())
        let anomaly = atan2(sinE, cosE)
        let motion = (mu / (semiMajorAxis * semiMajorAxis * semiMajorAxis)).squareRoot()
        perihelionTime = mjd - (anomaly - eccentricity * sin(anomaly)) / motion
        self.node = node < 0 ? node + 2 * .pi : node
        argumentOfPerihelion = argument < 0 ? argument + 2 * .pi : argument
    }

    func meanAnomaly(mjd: Double) -> Double {
        let turns = (mjd - perihelionTime) * meanMotion / (2 * .pi)
        return (turns - turns.rounded(.down)) * 2 * .pi
    }

    /// Heliocentric position (au) and velocity (au/d) on the ecliptic axes: Kepler's equation by Newton's method.
    func state(mjd: Double) -> (position: Vector, velocity: Vector) {
        let mean = meanAnomaly(mjd: mjd)
        var anomaly = mean + eccentricity * sin(mean)
        for _ in 0..<12 {
            anomaly -= (anomaly - eccentricity * sin(anomaly) - mean) / (1 - eccentricity * cos(anomaly))
        }
        let flattening = (1 - eccentricity * eccentricity).squareRoot()
        let rate = meanMotion / (1 - eccentricity * cos(anomaly))
        let (px, py) = axes
        let position =
            semiMajorAxis * (cos(anomaly) - eccentricity) * px + semiMajorAxis * flattening * sin(anomaly) * py
        let velocity =
            -semiMajorAxis * rate * sin(anomaly) * px + semiMajorAxis * rate * flattening * cos(anomaly) * py
        return (position, velocity)
    }

    /// Unit vectors towards the perihelion and ahead of it.
    private var axes: (Vector, Vector) {
        let (cn, sn) = (cos(node), sin(node))
        let (cw, sw) = (cos(argumentOfPerihelion), sin(argumentOfPerihelion))
        let (ci, si) = (cos(inclination), sin(inclination))
        return (
            Vector(x: cn * cw - sn * sw * ci, y: sn * cw + cn * sw * ci, z: sw * si),
            Vector(x: -cn * sw - sn * cw * ci, y: -sn * sw + cn * cw * ci, z: cw * si)
        )
    }
}

/// The Earth's heliocentric place on the ecliptic axes, au: the low-precision Sun of the Astronomical Almanac (0.01°).
enum SimulatedEarth {
    static func position(mjd: Double) -> Vector {
        let days = mjd - 51_544.5
        let toRadians = Double.pi / 180
        let anomaly = (357.528 + 0.985_600_3 * days) * toRadians
        let meanLongitude = 280.460 + 0.985_647_4 * days
        // Less the precession since J2000, 50.29" a year.
        let precession = 50.29 / 3600 * days / 365.25
        let longitude = (meanLongitude + 1.915 * sin(anomaly) + 0.020 * sin(2 * anomaly) - precession) * toRadians
        let distance = 1.000_14 - 0.016_71 * cos(anomaly) - 0.000_14 * cos(2 * anomaly)
        return Vector(x: -distance * cos(longitude), y: -distance * sin(longitude), z: 0)
    }

    static func velocity(mjd: Double) -> Vector { 10 * (position(mjd: mjd + 0.05) - position(mjd: mjd - 0.05)) }
}
