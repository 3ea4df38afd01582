import Core
import Glibc

/// A place on the sky: ICRS right ascension and declination in degrees.
public struct SkyPosition: Sendable, Equatable, BitwiseCopyable {
    public var raDegrees: Double
    public var decDegrees: Double

    /// Takes the numbers as they are; `isOnSky` says whether they mean a place.
    @inlinable public init(raDegrees: Double, decDegrees: Double) {
        self.raDegrees = raDegrees
        self.decDegrees = decDegrees
    }

    /// The place that a vector of any length points to; right ascension in [0, 360).
    public init(_ direction: Vec3) {
        var ra: Double = atan2(direction.y, direction.x) * Angle.degreesPerRadian
        if ra < 0 { ra += 360 }
        if ra >= 360 { ra = 0 }
        raDegrees = ra
        let planar: Double = hypot(direction.x, direction.y)
        decDegrees = atan2(direction.z, planar) * Angle.degreesPerRadian
    }

    /// A place that a person or a request named.
    /// - Throws: `UserFault` when a number is not finite, RA is outside 0…360 or declination outside −90…90.
    public static func checked(raDegrees: Double, decDegrees: Double) throws(UserFault) -> SkyPosition {
        let position = SkyPosition(raDegrees: raDegrees, decDegrees: decDegrees)
        guard position.isOnSky else {
            throw UserFault(
                .usage, "position outside the sky", detail: "ra \(raDegrees), dec \(decDegrees)",
                hint: "degrees: right ascension 0 to 360, declination -90 to 90")
        }
        return position
    }

    /// Both numbers finite, RA in [0, 360], declination in [−90, 90].
    @inlinable public var isOnSky: Bool {
        raDegrees >= 0 && raDegrees <= 360 && decDegrees >= -90 && decDegrees <= 90
    }

    @inlinable public var direction: Vec3 { Vec3(raDegrees: raDegrees, decDegrees: decDegrees) }

    @inlinable public func separation(to other: SkyPosition) -> Angle {
        Angle(
            degrees: SkyPosition.separationDegrees(
                raDegrees, decDegrees, other.raDegrees, other.decDegrees))
    }

    /// The angle between two places in degrees, accurate at every distance (Vincenty 1975, for a sphere). NaN in, NaN out.
    @inlinable public static func separationDegrees(
        _ ra1: Double, _ dec1: Double, _ ra2: Double, _ dec2: Double
    ) -> Double {
        let deltaRA: Double = (ra2 - ra1) * Angle.radiansPerDegree
        let phi1: Double = dec1 * Angle.radiansPerDegree
        let phi2: Double = dec2 * Angle.radiansPerDegree
        let sin1: Double = sin(phi1)
        let cos1: Double = cos(phi1)
        let sin2: Double = sin(phi2)
        let cos2: Double = cos(phi2)
        let cosDelta: Double = cos(deltaRA)
        let across: Double = cos2 * sin(deltaRA)
        let along: Double = cos1 * sin2 - sin1 * cos2 * cosDelta
        let dot: Double = sin1 * sin2 + cos1 * cos2 * cosDelta
        return atan2((across * across + along * along).squareRoot(), dot) * Angle.degreesPerRadian
    }
}
