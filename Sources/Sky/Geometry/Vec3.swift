import Glibc

/// A direction or point in space, Cartesian. Directions have length one: x to (ra 0, dec 0), z to the north pole.
public struct Vec3: Sendable, Equatable, BitwiseCopyable {
    public var x: Double
    public var y: Double
    public var z: Double

    @inlinable public init(x: Double, y: Double, z: Double) {
        self.x = x
        self.y = y
        self.z = z
    }

    /// The unit vector of a place on the sky.
    @inlinable public init(raDegrees: Double, decDegrees: Double) {
        let ra: Double = raDegrees * Angle.radiansPerDegree
        let dec: Double = decDegrees * Angle.radiansPerDegree
        let cosDec: Double = cos(dec)
        self.init(x: cosDec * cos(ra), y: cosDec * sin(ra), z: sin(dec))
    }

    @inlinable public func dot(_ other: Vec3) -> Double { x * other.x + y * other.y + z * other.z }

    @inlinable public func cross(_ other: Vec3) -> Vec3 {
        Vec3(x: y * other.z - z * other.y, y: z * other.x - x * other.z, z: x * other.y - y * other.x)
    }

    @inlinable public var length: Double { (x * x + y * y + z * z).squareRoot() }

    @inlinable public var normalized: Vec3 {
        let scale: Double = 1 / length
        return Vec3(x: x * scale, y: y * scale, z: z * scale)
    }

    /// Squared length of the chord to another point: the cheap exact test of nearness, stable for small angles.
    @inlinable public func chordSquared(to other: Vec3) -> Double {
        let dx: Double = x - other.x
        let dy: Double = y - other.y
        let dz: Double = z - other.z
        return dx * dx + dy * dy + dz * dz
    }

    /// The angle to another vector in radians, accurate from 0 to π: atan2(|a × b|, a · b).
    @inlinable public func angleRadians(to other: Vec3) -> Double { atan2(cross(other).length, dot(other)) }

    @inlinable public static prefix func - (v: Vec3) -> Vec3 { Vec3(x: -v.x, y: -v.y, z: -v.z) }

    @inlinable public static func + (a: Vec3, b: Vec3) -> Vec3 { Vec3(x: a.x + b.x, y: a.y + b.y, z: a.z + b.z) }

    @inlinable public static func * (a: Double, v: Vec3) -> Vec3 { Vec3(x: a * v.x, y: a * v.y, z: a * v.z) }
}
