import Glibc

extension HEALPix {
    /// The order-29 indices of every pixel of `order` that a disc touches, as sorted, merged ranges.
    ///
    /// No point within `radius` of `center` lies outside them, and every pixel named overlaps the disc (to one
    /// millionth of its width). Exact at the poles, across RA 0 and for radii up to 180°.
    public static func disc(center: Vec3, radius: Angle, order: Int) -> [Range<Int64>] {
        var ranges: [Range<Int64>] = []
        disc(center: center, radius: radius, order: order, into: &ranges)
        return ranges
    }

    /// As `disc(center:radius:order:)`, into a buffer that keeps its memory from call to call.
    public static func disc(center: Vec3, radius: Angle, order: Int, into ranges: inout [Range<Int64>]) {
        precondition(order >= 0 && order <= maxOrder && radius.radians >= 0)
        ranges.removeAll(keepingCapacity: true)
        let search = DiscSearch(center: center, radius: radius.radians + roundingMarginRadians, order: order)
        for face in 0..<12 { search.visit(face: face, ix: 0, iy: 0, level: 0, into: &ranges) }
    }

    /// Added to every radius, so that no point at the very edge is lost to the rounding of degrees (2 nanoarcseconds).
    public static let roundingMarginRadians = 1e-14

    /// An order at which the cover of a disc has few ranges and little excess: pixels about an eighth of the radius wide.
    public static func coverOrder(radius: Angle) -> Int {
        min(maxOrder, order(ofPixelsAtLeast: radius.radians) + 3)
    }
}

/// One descent through the pixel tree: pixels outside the disc are cut, those inside are taken whole.
private struct DiscSearch {
    let center: Vec3
    let radius: Double
    let order: Int
    let home: HEALPix.FacePoint
    let antipode: Vec3
    let antipodeHome: HEALPix.FacePoint

    init(center: Vec3, radius: Double, order: Int) {
        self.center = center
        self.radius = radius
        self.order = order
        home = HEALPix.facePoint(center)
        antipode = -center
        antipodeHome = HEALPix.facePoint(-center)
    }

    func visit(face: Int, ix: Int64, iy: Int64, level: Int, into ranges: inout [Range<Int64>]) {
        let side: Double = 1 / Double(Int64(1) << Int64(level))
        let x: Double = Double(ix) * side
        let y: Double = Double(iy) * side
        let middle = HEALPix.direction(face: face, x: x + side / 2, y: y + side / 2)
        let distance: Double = middle.angleRadians(to: center)
        let reach: Double = HEALPix.maxRadiusRadians(order: level)
        if distance > radius + reach { return }
        let box = Box(face: face, x: x, y: y, side: side)
        if level == order {
            if distance <= radius || box.touches(center, home, radius) { take(face, ix, iy, level, &ranges) }
            return
        }
        if distance + reach <= radius { return take(face, ix, iy, level, &ranges) }
        // Wholly inside means that the complementary disc does not touch it; worth asking only where it is likely.
        if distance <= radius, radius > reach, !box.touches(antipode, antipodeHome, Double.pi - radius) {
            return take(face, ix, iy, level, &ranges)
        }
        visit(face: face, ix: 2 * ix, iy: 2 * iy, level: level + 1, into: &ranges)
        visit(face: face, ix: 2 * ix + 1, iy: 2 * iy, level: level + 1, into: &ranges)
        visit(face: face, ix: 2 * ix, iy: 2 * iy + 1, level: level + 1, into: &ranges)
        visit(face: face, ix: 2 * ix + 1, iy: 2 * iy + 1, level: level + 1, into: &ranges)
    }

    private func take(_ face: Int, _ ix: Int64, _ iy: Int64, _ level: Int, _ ranges: inout [Range<Int64>]) {
        let range = HEALPix.range(of: HEALPix.pixel(face: face, ix: ix, iy: iy, order: level), order: level)
        if let last = ranges.last, last.upperBound == range.lowerBound {
            ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
        } else {
            ranges.append(range)
        }
    }
}

/// A pixel as a square of a base pixel's coordinates.
private struct Box {
    let face: Int
    let x: Double
    let y: Double
    let side: Double

    /// How far a place can move on the sky per unit of a face coordinate, in radians: at most √(π²/6 + 2/3), beside the poles.
    static let radiansPerUnit = 1.5207

    /// Whether any point of the square lies within `radius` of a place; errs towards true by a millionth of the width.
    func touches(_ place: Vec3, _ home: HEALPix.FacePoint, _ radius: Double) -> Bool {
        if home.face == face, home.x >= x, home.x <= x + side, home.y >= y, home.y <= y + side { return true }
        return edge(place, radius, x, y, side, 0, 20) || edge(place, radius, x, y + side, side, 0, 20)
            || edge(place, radius, x, y, 0, side, 20) || edge(place, radius, x + side, y, 0, side, 20)
    }

    /// Whether the straight line in face coordinates from (x, y) comes within `radius`: bisection with a Lipschitz bound.
    private func edge(
        _ place: Vec3, _ radius: Double, _ x: Double, _ y: Double, _ dx: Double, _ dy: Double, _ depth: Int
    ) -> Bool {
        let middle = HEALPix.direction(face: face, x: x + dx / 2, y: y + dy / 2)
        let distance: Double = middle.angleRadians(to: place)
        if distance <= radius { return true }
        if distance - Box.radiansPerUnit * (dx + dy) / 2 > radius { return false }
        if depth == 0 { return true }
        return edge(place, radius, x, y, dx / 2, dy / 2, depth - 1)
            || edge(place, radius, x + dx / 2, y + dy / 2, dx / 2, dy / 2, depth - 1)
    }
}
