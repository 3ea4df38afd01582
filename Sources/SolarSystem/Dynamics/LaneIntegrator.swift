import Glibc
import Sky

/// One step of the Runge–Kutta method for eight bodies at once, with working memory of its own: one a thread.
final class LaneIntegrator {
    private let slopes = UnsafeMutablePointer<LaneStates>.allocate(capacity: DormandPrince.stages)
    private let gravity = UnsafeMutablePointer<Double>.allocate(capacity: Perturber.count)
    private let weights = UnsafeMutablePointer<Double>.allocate(capacity: DormandPrince.weights.count)

    init() {
        slopes.initialize(repeating: LaneStates(), count: DormandPrince.stages)
        gravity.initialize(from: Perturber.gravity, count: Perturber.count)
        weights.initialize(from: DormandPrince.weights, count: DormandPrince.weights.count)
    }

    deinit {
        slopes.deallocate()
        gravity.deallocate()
        weights.deallocate()
    }

    /// Numbers that one step needs of the planets: `PlanetTable.numbersPerInstant` for each stage.
    static let placesPerStep = DormandPrince.stages * PlanetTable.numbersPerInstant

    /// Days that an error of the velocity is let grow when it is weighed against one of the position.
    private static let velocityDays: Double = 50

    /// Advances by `h` days.
    /// - Returns: the estimated error of the step in au, by lane: Hairer's mixture of orders 5 and 3.
    func step(_ states: inout LaneStates, h: Double, places: UnsafePointer<Double>, push: NonGravitationalLanes) -> Lanes {
        for stage in 0..<DormandPrince.stages {
            let at = stage == 0 ? states : advanced(states, stage, h)
            let (ax, ay, az) = Forces.accelerations(
                at, places: places + stage * PlanetTable.numbersPerInstant, gravity: gravity, push: push)
            slopes[stage] = LaneStates(x: at.vx, y: at.vy, z: at.vz, vx: ax, vy: ay, vz: az)
        }
        let error5 = squaredError(DormandPrince.error5)
        let error3 = squaredError(DormandPrince.error3)
        let least = Lanes(repeating: 1e-200)
        let error: Lanes = abs(h) * error5 / (error5 + 0.01 * error3 + least).squareRoot()
        var sum = LaneStates()
        sum.add(DormandPrince.solution[0], slopes[0])
        for stage in 5..<DormandPrince.stages { sum.add(DormandPrince.solution[stage], slopes[stage]) }
        states.add(h, sum)
        return error
    }

    /// The state where stage `stage` looks: only the weights that are not zero.
    @inline(__always)
    private func advanced(_ states: LaneStates, _ stage: Int, _ h: Double) -> LaneStates {
        let row = weights + stage * (stage - 1) / 2
        var sum = LaneStates()
        sum.add(row[0], slopes[0])
        let first = stage < 3 ? 1 : (stage < 5 ? 2 : 3)
        var before = first
        while before < stage {
            sum.add(row[before], slopes[before])
            before += 1
        }
        var result = states
        result.add(h, sum)
        return result
    }

    private func squaredError(_ weights: [Double]) -> Lanes {
        var sum = LaneStates()
        sum.add(weights[0], slopes[0])
        for stage in 5..<DormandPrince.stages { sum.add(weights[stage], slopes[stage]) }
        let place: Lanes = sum.x * sum.x + sum.y * sum.y + sum.z * sum.z
        let speed: Lanes = sum.vx * sum.vx + sum.vy * sum.vy + sum.vz * sum.vz
        return place + (Self.velocityDays * Self.velocityDays) * speed
    }
}

extension LaneStates {
    init() {}

    init(x: Lanes, y: Lanes, z: Lanes, vx: Lanes, vy: Lanes, vz: Lanes) {
        (self.x, self.y, self.z) = (x, y, z)
        (self.vx, self.vy, self.vz) = (vx, vy, vz)
    }

    /// Adds `scale` times `other`.
    @inline(__always)
    mutating func add(_ scale: Double, _ other: LaneStates) {
        x += scale * other.x
        y += scale * other.y
        z += scale * other.z
        vx += scale * other.vx
        vy += scale * other.vy
        vz += scale * other.vz
    }
}
