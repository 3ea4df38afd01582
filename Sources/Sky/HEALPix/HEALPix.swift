import Glibc

/// HEALPix in the NESTED scheme, orders 0 to 29: the division of the sky that the database, the catalogues and the
/// partitions share.
///
/// Source: Górski et al. 2005, ApJ 622, 759 (projection, section 4 and 5); Reinecke & Hivon 2015, A&A 580, A132. A pixel is
/// `face · 4^order + interleave(x, y)`; inside face coordinates x grows to the north-east and y to the north-west.
public enum HEALPix {
    /// The finest order; its pixels are 0.4 mas wide.
    public static let maxOrder = 29
    /// Number of pixels of the finest order, where every index and range of the broker lives.
    public static let maxOrderPixelCount: Int64 = 12 << 58

    @inlinable public static func pixelCount(order: Int) -> Int64 { 12 << Int64(2 * order) }

    /// A place inside a base pixel: `x` and `y` in [0, 1).
    public struct FacePoint: Sendable, Equatable, BitwiseCopyable {
        public var face: Int
        public var x: Double
        public var y: Double

        @inlinable public init(face: Int, x: Double, y: Double) {
            self.face = face
            self.x = x
            self.y = y
        }
    }

    /// The pixel of an order that holds a place. The place must be finite; see `SkyPosition.isOnSky`.
    @inlinable public static func index(raDegrees: Double, decDegrees: Double, order: Int = maxOrder) -> Int64 {
        pixel(facePoint(raDegrees: raDegrees, decDegrees: decDegrees), order: order)
    }

    /// The pixel of an order that a unit vector points to.
    @inlinable public static func index(_ direction: Vec3, order: Int = maxOrder) -> Int64 {
        pixel(facePoint(direction), order: order)
    }

    /// The pixel of a coarser order that holds a pixel of a finer one.
    @inlinable public static func parent(_ pixel: Int64, order: Int, at coarser: Int) -> Int64 {
        pixel >> Int64(2 * (order - coarser))
    }

    /// The order-29 indices inside a pixel.
    @inlinable public static func range(of pixel: Int64, order: Int) -> Range<Int64> {
        let shift = Int64(2 * (maxOrder - order))
        return (pixel << shift)..<((pixel + 1) << shift)
    }

    /// The projection of a place.
    @inlinable public static func facePoint(raDegrees: Double, decDegrees: Double) -> FacePoint {
        precondition(raDegrees.isFinite && decDegrees.isFinite, "a position must be finite")
        let dec: Double = decDegrees * Angle.radiansPerDegree
        var quarters: Double = raDegrees / 90
        if quarters < 0 || quarters >= 4 { quarters = wrapQuarters(quarters) }
        return facePoint(z: sin(dec), cosDec: cos(dec), quarters: quarters)
    }

    /// The projection of a unit vector.
    @inlinable public static func facePoint(_ direction: Vec3) -> FacePoint {
        let planar: Double = (direction.x * direction.x + direction.y * direction.y).squareRoot()
        var quarters: Double = atan2(direction.y, direction.x) * (2 / Double.pi)
        precondition(quarters.isFinite && direction.z.isFinite, "a direction must be finite")
        if quarters < 0 || quarters >= 4 { quarters = wrapQuarters(quarters) }
        return facePoint(z: direction.z, cosDec: planar, quarters: quarters)
    }

    @usableFromInline static func wrapQuarters(_ quarters: Double) -> Double {
        let rest: Double = quarters - 4 * (quarters / 4).rounded(.down)
        return rest >= 4 ? 0 : rest
    }

    /// The projection: `quarters` is right ascension in units of 90°, in [0, 4).
    @inlinable static func facePoint(z: Double, cosDec: Double, quarters: Double) -> FacePoint {
        let height: Double = abs(z)
        if height <= 2.0 / 3.0 { return equatorialPoint(z: z, quarters: quarters) }
        // 1 − |z| loses its digits near the poles; cos² dec / (1 + |z|) is the same number without the loss.
        let sigma: Double = cosDec * (3 / (1 + height)).squareRoot()
        let quarter = min(3, Int(quarters))
        let along: Double = quarters - Double(quarter)
        let toEast: Double = min(along * sigma, 1.0.nextDown)
        let toWest: Double = min((1 - along) * sigma, 1.0.nextDown)
        return z >= 0
            ? FacePoint(face: quarter, x: flip(toWest), y: flip(toEast))
            : FacePoint(face: quarter + 8, x: toEast, y: toWest)
    }

    @inlinable static func equatorialPoint(z: Double, quarters: Double) -> FacePoint {
        let rising: Double = quarters + 0.5 - 0.75 * z
        let falling: Double = quarters + 0.5 + 0.75 * z
        let risingLine = Int(rising)
        let fallingLine = Int(falling)
        let face =
            risingLine == fallingLine
            ? (fallingLine & 3) + 4
            : (risingLine < fallingLine ? risingLine & 3 : (fallingLine & 3) + 8)
        return FacePoint(face: face, x: falling - Double(fallingLine), y: flip(rising - Double(risingLine)))
    }

    /// 1 − f, kept just below so that a place exactly on a border falls into the same pixel as in other implementations.
    @inlinable static func flip(_ fraction: Double) -> Double { (1 - fraction).nextDown }

    /// The pixel of an order that holds a place inside a base pixel.
    @inlinable public static func pixel(_ point: FacePoint, order: Int) -> Int64 {
        precondition(order >= 0 && order <= maxOrder, "HEALPix orders are 0 to 29")
        let side: Int64 = 1 << Int64(order)
        let ix: Int64 = min(side - 1, Int64(point.x * Double(side)))
        let iy: Int64 = min(side - 1, Int64(point.y * Double(side)))
        return pixel(face: point.face, ix: ix, iy: iy, order: order)
    }

    /// The pixel in column `ix` and row `iy` of a base pixel, both in 0 ..< 2^order.
    @inlinable public static func pixel(face: Int, ix: Int64, iy: Int64, order: Int) -> Int64 {
        (Int64(face) << Int64(2 * order)) | spread(ix) | (spread(iy) << 1)
    }

    /// Moves bit i to bit 2i.
    @inlinable static func spread(_ value: Int64) -> Int64 {
        var v = UInt64(bitPattern: value)
        v = (v | (v << 16)) & 0x0000_FFFF_0000_FFFF
        v = (v | (v << 8)) & 0x00FF_00FF_00FF_00FF
        v = (v | (v << 4)) & 0x0F0F_0F0F_0F0F_0F0F
        v = (v | (v << 2)) & 0x3333_3333_3333_3333
        v = (v | (v << 1)) & 0x5555_5555_5555_5555
        return Int64(bitPattern: v)
    }

    /// Moves bit 2i to bit i, dropping the odd bits.
    @inlinable static func gather(_ value: Int64) -> Int64 {
        var v = UInt64(bitPattern: value) & 0x5555_5555_5555_5555
        v = (v | (v >> 1)) & 0x3333_3333_3333_3333
        v = (v | (v >> 2)) & 0x0F0F_0F0F_0F0F_0F0F
        v = (v | (v >> 4)) & 0x00FF_00FF_00FF_00FF
        v = (v | (v >> 8)) & 0x0000_FFFF_0000_FFFF
        v = (v | (v >> 16)) & 0x0000_0000_FFFF_FFFF
        return Int64(bitPattern: v)
    }
}
