import Glibc

/// An angle; the unit is in the name of each initialiser and property.
public struct Angle: Sendable, Hashable, Comparable, BitwiseCopyable {
    public let radians: Double

    @inlinable public init(radians: Double) { self.radians = radians }
    @inlinable public init(degrees: Double) { radians = degrees * Angle.radiansPerDegree }
    @inlinable public init(arcsec: Double) { radians = arcsec / 3600 * Angle.radiansPerDegree }

    @inlinable public var degrees: Double { radians * Angle.degreesPerRadian }
    @inlinable public var arcsec: Double { radians * Angle.degreesPerRadian * 3600 }

    /// Squared chord of two unit vectors at this angle: 4 sin²(θ/2).
    @inlinable public var chordSquared: Double {
        let half: Double = sin(radians / 2)
        return 4 * half * half
    }

    @inlinable public static func < (left: Angle, right: Angle) -> Bool { left.radians < right.radians }

    public static let radiansPerDegree = Double.pi / 180
    public static let degreesPerRadian = 180 / Double.pi
    public static let radiansPerArcsec = Double.pi / 648_000
}
