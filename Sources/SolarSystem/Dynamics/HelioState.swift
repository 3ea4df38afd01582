import Glibc
import Sky

/// A heliocentric position (au) and velocity (au/d) on the axes of the ICRF.
public struct HelioState: Sendable, Equatable, BitwiseCopyable {
    public var position: Vec3
    public var velocity: Vec3

    public init(position: Vec3, velocity: Vec3) {
        self.position = position
        self.velocity = velocity
    }

    /// From a state on the ecliptic and equinox of J2000, obliquity 84381.448″.
    public init(eclipticPosition: Vec3, eclipticVelocity: Vec3) {
        position = Ecliptic.toEquator(eclipticPosition)
        velocity = Ecliptic.toEquator(eclipticVelocity)
    }

    /// The osculating state of published elements at their epoch.
    ///
    /// From the perihelion along a conic of any eccentricity; the perihelion is a TT as the epoch is, and the 1.7 ms
    /// between TT and TDB cancel in the difference.
    public init(_ elements: CometaryElements) {
        let radians = Double.pi / 180
        let (sinNode, cosNode) = (sin(elements.nodeDeg * radians), cos(elements.nodeDeg * radians))
        let (sinPeri, cosPeri) = (sin(elements.argPeriDeg * radians), cos(elements.argPeriDeg * radians))
        let (sinI, cosI) = (sin(elements.inclinationDeg * radians), cos(elements.inclinationDeg * radians))
        let toPerihelion = Vec3(
            x: cosNode * cosPeri - sinNode * sinPeri * cosI, y: sinNode * cosPeri + cosNode * sinPeri * cosI,
            z: sinPeri * sinI)
        let ahead = Vec3(
            x: -cosNode * sinPeri - sinNode * cosPeri * cosI, y: -sinNode * sinPeri + cosNode * cosPeri * cosI,
            z: cosPeri * sinI)
        let speed: Double = (SolarConstants.sun * (1 + elements.eccentricity) / elements.qAu).squareRoot()
        let perihelion = HelioState(eclipticPosition: elements.qAu * toPerihelion, eclipticVelocity: speed * ahead)
        self = TwoBody.propagate(perihelion, days: elements.epochMjdTT - elements.timeOfPerihelionMjdTT)
    }

    public var isFinite: Bool {
        position.dot(position).isFinite && velocity.dot(velocity).isFinite
    }
}

/// Between the axes of the ecliptic of J2000 (obliquity 84381.448″) and those of the ICRF's equator.
public enum Ecliptic {
    static let sine: Double = sin(SolarConstants.obliquityRad)
    static let cosine: Double = cos(SolarConstants.obliquityRad)

    public static func toEquator(_ v: Vec3) -> Vec3 {
        Vec3(x: v.x, y: cosine * v.y - sine * v.z, z: sine * v.y + cosine * v.z)
    }

    public static func fromEquator(_ v: Vec3) -> Vec3 {
        Vec3(x: v.x, y: cosine * v.y + sine * v.z, z: cosine * v.z - sine * v.y)
    }
}
