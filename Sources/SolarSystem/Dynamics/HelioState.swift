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
        let sincePerihelion: Double = elements.epochMjdTT - elements.timeOfPerihelionMjdTT
        if elements.eccentricity < 0.95, elements.qAu > 0 {
            let plane = OrbitPlaneState(
                qAu: elements.qAu, eccentricity: elements.eccentricity, sincePerihelion: sincePerihelion)
            self.init(
                eclipticPosition: plane.x * toPerihelion + plane.y * ahead,
                eclipticVelocity: plane.vx * toPerihelion + plane.vy * ahead)
            return
        }
        let speed: Double = (SolarConstants.sun * (1 + elements.eccentricity) / elements.qAu).squareRoot()
        let perihelion = HelioState(eclipticPosition: elements.qAu * toPerihelion, eclipticVelocity: speed * ahead)
        self = TwoBody.propagate(perihelion, days: sincePerihelion)
    }

    public var isFinite: Bool {
        position.dot(position).isFinite && velocity.dot(velocity).isFinite
    }
}

/// A state in the plane of an ellipse, x to the perihelion: Kepler's equation by Halley's method, for the many.
private struct OrbitPlaneState {
    let x: Double
    let y: Double
    let vx: Double
    let vy: Double

    init(qAu: Double, eccentricity e: Double, sincePerihelion: Double) {
        let a: Double = qAu / (1 - e)
        let motion: Double = (SolarConstants.sun / a).squareRoot() / a
        let turns: Double = motion * sincePerihelion / (2 * Double.pi)
        let mean: Double = 2 * Double.pi * (turns - turns.rounded())
        var anomaly: Double = mean + (mean < 0 ? -0.85 : 0.85) * e
        if e < 0.5 {
            let (s, c) = (sin(mean), cos(mean))
            anomaly = mean + e * s * (1 + e * c)
        }
        var (s, c) = (sin(anomaly), cos(anomaly))
        for _ in 0..<20 {
            let value: Double = anomaly - e * s - mean
            let slope: Double = 1 - e * c
            let step: Double = value / (slope - value * e * s / (2 * slope))
            anomaly -= step
            // Turning by the small step itself saves a sine; its square is below rounding.
            if abs(step) < 1e-9 {
                (s, c) = (s - step * c, c + step * s)
                break
            }
            (s, c) = (sin(anomaly), cos(anomaly))
        }
        let flattening: Double = (1 - e * e).squareRoot()
        x = a * (c - e)
        y = a * flattening * s
        let rate: Double = motion * a / (1 - e * c)
        vx = -rate * s
        vy = rate * flattening * c
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
