import Glibc

extension HEALPix {
    /// The unit vector to the centre of a pixel.
    public static func center(_ pixel: Int64, order: Int) -> Vec3 {
        let (face, ix, iy) = parts(pixel, order: order)
        let scale: Double = 1 / Double(Int64(1) << Int64(order))
        return direction(face: face, x: (Double(ix) + 0.5) * scale, y: (Double(iy) + 0.5) * scale)
    }

    /// The unit vectors to the south, east, north and west corners of a pixel.
    public static func corners(_ pixel: Int64, order: Int) -> [Vec3] {
        let (face, ix, iy) = parts(pixel, order: order)
        let scale: Double = 1 / Double(Int64(1) << Int64(order))
        let x = Double(ix)
        let y = Double(iy)
        let places: [(Double, Double)] = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]
        return places.map { direction(face: face, x: $0.0 * scale, y: $0.1 * scale) }
    }

    /// Base pixel and coordinates of a NESTED index.
    @inlinable static func parts(_ pixel: Int64, order: Int) -> (face: Int, ix: Int64, iy: Int64) {
        precondition(order >= 0 && order <= maxOrder && pixel >= 0 && pixel < pixelCount(order: order))
        let face = Int(pixel >> Int64(2 * order))
        let inside: Int64 = pixel & ((1 << Int64(2 * order)) - 1)
        return (face, gather(inside), gather(inside >> 1))
    }

    /// The unit vector to a place inside a base pixel, borders included: the inverse projection.
    static func direction(face: Int, x: Double, y: Double) -> Vec3 {
        let ring: Double = Double(face / 4 + 2) - x - y
        let z: Double
        let cosDec: Double
        let width: Double
        if ring < 1 || ring > 3 {
            width = ring < 1 ? ring : 4 - ring
            let drop: Double = width * width / 3
            z = ring < 1 ? 1 - drop : drop - 1
            cosDec = (drop * (2 - drop)).squareRoot()
        } else {
            width = 1
            z = (2 - ring) * (2.0 / 3.0)
            cosDec = ((1 + z) * (1 - z)).squareRoot()
        }
        let column = Double(face < 4 || face > 7 ? 2 * (face & 3) + 1 : 2 * (face & 3))
        let eighths: Double = width < 1e-15 ? 0 : column + (x - y) / width
        let phi: Double = eighths * (Double.pi / 4)
        return Vec3(x: cosDec * cos(phi), y: cosDec * sin(phi), z: z)
    }

    /// Upper bound of the distance from a pixel's centre to any of its points, in radians.
    ///
    /// The farthest is a corner of the pixel beside the pole of a polar base pixel's edge (`max_pixrad` of Reinecke & Hivon).
    public static func maxRadiusRadians(order: Int) -> Double { maxRadii[order] }

    private static let maxRadii: [Double] = (0...maxOrder).map { order in
        let side = Double(Int64(1) << Int64(order))
        let phi: Double = Double.pi / (4 * side)
        let z: Double = 2.0 / 3.0
        let cosDec: Double = (1 - z * z).squareRoot()
        let a = Vec3(x: cosDec * cos(phi), y: cosDec * sin(phi), z: z)
        let shrink: Double = 1 - 1 / side
        let zb: Double = 1 - shrink * shrink / 3
        let b = Vec3(x: ((1 - zb) * (1 + zb)).squareRoot(), y: 0, z: zb)
        return a.angleRadians(to: b) * (1 + 1e-9)
    }

    /// The finest order whose pixels are at least `widthRadians` wide everywhere, 0 when none is.
    ///
    /// The narrowest pixels, beside the poles, have sides of at least `minSideScale` / 2^order.
    public static func order(ofPixelsAtLeast widthRadians: Double) -> Int {
        var order = 0
        while order < maxOrder && minSideScale / Double(Int64(2) << Int64(order)) >= widthRadians { order += 1 }
        return order
    }

    /// 1 / the largest growth of face coordinates per radian (1.4525, beside the poles); see `faceScalePerRadian`.
    static let minSideScale = 1 / faceScalePerRadian

    /// How fast a face coordinate can change along a path on the sky, per radian.
    ///
    /// Polar: |∇x|² = (2/π)² · 3/(1+|z|) + (9/4)(1+|z|)/3 ≤ 2.104 at |z| = 1. Equatorial: ≤ 1.0423. Rounded up.
    public static let faceScalePerRadian = 1.4525
    public static let equatorialFaceScalePerRadian = 1.0215
}
