import Core
import Sky

/// Directions of detections in cubes of space, to ask which of them are near a direction: no poles, no right ascension 0.
struct SourceHash {
    /// Side of a cube; a little more than the widest search radius across.
    static let side: Double = 40 * Angle.radiansPerArcsec
    private static let perSide: Double = 1 / side

    /// By slot: the cube that stands there, and the first of its members.
    private var slots: [Slot] = []
    private var next: [Int32] = []
    private var mask: UInt64 = 0

    private struct Slot {
        var key: UInt64
        var head: Int32

        static let empty = Slot(key: .max, head: -1)
    }

    /// - Parameter members: rows of `directions` to hold.
    mutating func load(_ directions: [Vec3], members: ArraySlice<Int32>) {
        var size = 16
        while size < 2 * members.count { size *= 2 }
        mask = UInt64(size - 1)
        slots.removeAll(keepingCapacity: true)
        slots.append(contentsOf: repeatElement(.empty, count: size))
        if next.count < directions.count { next = [Int32](repeating: -1, count: directions.count) }
        for member in members {
            let direction = directions[Int(member)]
            let key = Self.key(Self.cube(direction.x), Self.cube(direction.y), Self.cube(direction.z))
            let slot = slot(key)
            next[Int(member)] = slots[slot].head
            slots[slot] = Slot(key: key, head: member)
        }
    }

    @inline(__always) private static func cube(_ value: Double) -> UInt64 { UInt64((value + 2) * perSide) }
    @inline(__always) private static func key(_ x: UInt64, _ y: UInt64, _ z: UInt64) -> UInt64 {
        (x << 42) | (y << 21) | z
    }

    /// Where a key is or would be.
    @inline(__always) private func slot(_ key: UInt64) -> Int {
        var place = (key &* 0x9E37_79B9_7F4A_7C15) >> 20 & mask
        while true {
            let found = slots[Int(place)].key
            if found == key || found == .max { return Int(place) }
            place = (place &+ 1) & mask
        }
    }

    /// Calls `body` with every member whose cube a ball touches.
    @inline(__always)
    func near(_ direction: Vec3, radius: Double, _ body: (Int32) -> Void) {
        let (x0, x1) = (Self.cube(direction.x - radius), Self.cube(direction.x + radius))
        let (y0, y1) = (Self.cube(direction.y - radius), Self.cube(direction.y + radius))
        let (z0, z1) = (Self.cube(direction.z - radius), Self.cube(direction.z + radius))
        var x = x0
        while x <= x1 {
            var y = y0
            while y <= y1 {
                var z = z0
                while z <= z1 {
                    var member = slots[slot(Self.key(x, y, z))].head
                    while member >= 0 {
                        body(member)
                        member = next[Int(member)]
                    }
                    z += 1
                }
                y += 1
            }
            x += 1
        }
    }
}
