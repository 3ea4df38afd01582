import Core
import Sky

/// One body's motion around local midnight: 56 bytes.
///
/// Velocity and disturbance are floats: 6e-8 of 0.01 au/d over half a day is 45 m, 0.1 mas at 1 au.
struct NightlyState: Sendable {
    var x: Double
    var y: Double
    var z: Double
    var vx: Float
    var vy: Float
    var vz: Float
    /// Acceleration besides the Sun's, au/d².
    var ax: Float
    var ay: Float
    var az: Float
    /// Row of the orbit, with the top bit set for comets.
    private var tagged: UInt32

    private static let cometBit: UInt32 = 1 << 31

    init(_ state: HelioState, disturbance: Vec3, row: Int, isComet: Bool) {
        (x, y, z) = (state.position.x, state.position.y, state.position.z)
        (vx, vy, vz) = (Float(state.velocity.x), Float(state.velocity.y), Float(state.velocity.z))
        (ax, ay, az) = (Float(disturbance.x), Float(disturbance.y), Float(disturbance.z))
        tagged = UInt32(row) | (isComet ? Self.cometBit : 0)
    }

    var row: Int { Int(tagged & ~Self.cometBit) }
    var isComet: Bool { tagged & Self.cometBit != 0 }

    var motion: LocalMotion {
        LocalMotion(
            position: Vec3(x: x, y: y, z: z), velocity: Vec3(x: Double(vx), y: Double(vy), z: Double(vz)),
            disturbance: Vec3(x: Double(ax), y: Double(ay), z: Double(az)))
    }
}
