import Glibc
import Sky

/// The accelerations of eight bodies in the Sun's frame: the Sun with the first post-Newtonian term of general relativity
/// (Anderson et al. 1975, for a test body), the planets and the Moon with the pull they give the Sun, A1–A3.
enum Forces {
    /// - Parameter places: what `PlanetTable.write` wrote for the instant.
    @inline(__always)
    static func accelerations(
        _ s: LaneStates, places: UnsafePointer<Double>, gravity: UnsafePointer<Double>, push: NonGravitationalLanes
    ) -> (Lanes, Lanes, Lanes) {
        let square: Lanes = s.x * s.x + s.y * s.y + s.z * s.z
        let distance: Lanes = square.squareRoot()
        let mu: Double = SolarConstants.sun
        let cube: Lanes = square * distance
        let perCube: Lanes = mu / cube
        let speedSquare: Lanes = s.vx * s.vx + s.vy * s.vy + s.vz * s.vz
        let radial: Lanes = s.x * s.vx + s.y * s.vy + s.z * s.vz
        let slow: Double = 1 / (SolarConstants.lightAuPerDay * SolarConstants.lightAuPerDay)
        // −μ r/r³ + μ/(c² r³) [(4μ/r − v²) r + 4 (r·v) v]
        let along: Lanes = perCube * (slow * (4 * mu / distance - speedSquare) - 1)
        let drag: Lanes = (4 * slow) * perCube * radial
        let end = 3 * Perturber.count
        var ax: Lanes = along * s.x + drag * s.vx - places[end]
        var ay: Lanes = along * s.y + drag * s.vy - places[end + 1]
        var az: Lanes = along * s.z + drag * s.vz - places[end + 2]
        for body in 0..<Perturber.count {
            let dx: Lanes = places[3 * body] - s.x
            let dy: Lanes = places[3 * body + 1] - s.y
            let dz: Lanes = places[3 * body + 2] - s.z
            let gap: Lanes = dx * dx + dy * dy + dz * dz
            let pull: Lanes = gravity[body] / (gap * gap.squareRoot())
            ax += pull * dx
            ay += pull * dy
            az += pull * dz
        }
        if push.isAny { addNonGravitational(s, distance, push, &ax, &ay, &az) }
        return (ax, ay, az)
    }

    /// A1 along r, A3 along r × v, A2 completing the triad in the sense of the motion; times g(r).
    @inline(never)
    private static func addNonGravitational(
        _ s: LaneStates, _ distance: Lanes, _ push: NonGravitationalLanes, _ ax: inout Lanes, _ ay: inout Lanes,
        _ az: inout Lanes
    ) {
        for lane in 0..<8 where push.a1[lane] != 0 || push.a2[lane] != 0 || push.a3[lane] != 0 {
            let state = s[lane]
            let outward = state.position.normalized
            let normal = state.position.cross(state.velocity).normalized
            let forward = normal.cross(outward)
            let r: Double = distance[lane]
            let g: Double = push.isWaterIce[lane] ? waterIce(r) : 1 / (r * r)
            let sum = push.a1[lane] * outward + push.a2[lane] * forward + push.a3[lane] * normal
            ax[lane] += g * sum.x
            ay[lane] += g * sum.y
            az[lane] += g * sum.z
        }
    }

    /// How the vaporisation of water ice falls with the distance (au): Marsden, Sekanina & Yeomans 1973, AJ 78, 211.
    static func waterIce(_ r: Double) -> Double {
        let x: Double = r / 2.808
        return 0.111262 * pow(x, -2.15) * pow(1 + pow(x, 5.093), -4.6142)
    }
}
