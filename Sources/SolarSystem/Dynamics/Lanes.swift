import Sky

/// Eight bodies abreast, one number of each.
typealias Lanes = SIMD8<Double>

/// What pushes each lane besides gravity; zero for nearly all bodies.
struct NonGravitationalLanes {
    var a1 = Lanes(repeating: 0)
    var a2 = Lanes(repeating: 0)
    var a3 = Lanes(repeating: 0)
    var isWaterIce = SIMDMask<SIMD8<Int64>>(repeating: false)
    var isAny = false

    mutating func set(_ lane: Int, _ terms: NonGravitationalTerms?) {
        guard let terms, terms.a1 != 0 || terms.a2 != 0 || terms.a3 != 0 else { return }
        a1[lane] = terms.a1
        a2[lane] = terms.a2
        a3[lane] = terms.a3
        isWaterIce[lane] = terms.law == .waterIce
        isAny = true
    }
}

/// The states of eight bodies, as the integrator holds them: x, y, z (au), vx, vy, vz (au/d).
struct LaneStates {
    static let components = 6

    var x = Lanes(repeating: 0)
    var y = Lanes(repeating: 0)
    var z = Lanes(repeating: 0)
    var vx = Lanes(repeating: 0)
    var vy = Lanes(repeating: 0)
    var vz = Lanes(repeating: 0)

    /// All lanes hold this state; unused ones then cost nothing and disturb nothing.
    init(all state: HelioState) { for lane in 0..<8 { set(lane, state) } }

    /// Up to eight states; the last fills the rest.
    init(_ states: some Collection<HelioState>) {
        precondition(!states.isEmpty && states.count <= 8)
        var lane = 0
        for state in states {
            set(lane, state)
            lane += 1
        }
        let last = self[lane - 1]
        while lane < 8 {
            set(lane, last)
            lane += 1
        }
    }

    mutating func set(_ lane: Int, _ state: HelioState) {
        (x[lane], y[lane], z[lane]) = (state.position.x, state.position.y, state.position.z)
        (vx[lane], vy[lane], vz[lane]) = (state.velocity.x, state.velocity.y, state.velocity.z)
    }

    subscript(lane: Int) -> HelioState {
        HelioState(
            position: Vec3(x: x[lane], y: y[lane], z: z[lane]),
            velocity: Vec3(x: vx[lane], y: vy[lane], z: vz[lane]))
    }
}
