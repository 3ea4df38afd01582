import Glibc
import Sky

/// One step of the Runge–Kutta method for eight bodies at once, with working memory of its own: one a thread.
final class LaneIntegrator {
    /// Six slopes of each stage.
    private let slopes = UnsafeMutablePointer<Lanes>.allocate(capacity: DormandPrince.stages * LaneStates.components)
    private let trial = UnsafeMutablePointer<LaneStates>.allocate(capacity: 1)
    private let gravity = UnsafeMutablePointer<Double>.allocate(capacity: Perturber.count)
    private let weights = UnsafeMutablePointer<Double>.allocate(capacity: DormandPrince.weights.count)

    /// Solution and both errors, by stage.
    private let last = UnsafeMutablePointer<Double>.allocate(capacity: 3 * DormandPrince.stages)

    init() {
        slopes.initialize(repeating: Lanes(), count: DormandPrince.stages * LaneStates.components)
        trial.initialize(to: LaneStates())
        gravity.initialize(from: Perturber.gravity, count: Perturber.count)
        weights.initialize(from: DormandPrince.weights, count: DormandPrince.weights.count)
        for stage in 0..<DormandPrince.stages {
            last[3 * stage] = DormandPrince.solution[stage]
            last[3 * stage + 1] = DormandPrince.error5[stage]
            last[3 * stage + 2] = DormandPrince.error3[stage]
        }
    }

    deinit {
        slopes.deallocate()
        trial.deallocate()
        last.deallocate()
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
        withUnsafeMutableBytes(of: &states) { bytes -> Lanes in
            let now = bytes.assumingMemoryBound(to: Lanes.self)
            guard let now = now.baseAddress else { return Lanes() }
            for stage in 0..<DormandPrince.stages {
                // The trial state lies where the stage's slopes will: velocities are slopes already.
                advance(now, stage, h)
                let (ax, ay, az) = Forces.accelerations(
                    trial.pointee, places: places + stage * PlanetTable.numbersPerInstant, gravity: gravity, push: push)
                let slope = slopes + stage * LaneStates.components
                slope[0] = trial.pointee.vx
                slope[1] = trial.pointee.vy
                slope[2] = trial.pointee.vz
                slope[3] = ax
                slope[4] = ay
                slope[5] = az
            }
            return finish(now, h)
        }
    }

    /// The state where stage `stage` looks, from the stages before it whose weights are not zero: one component after the
    /// other, so that sums stay in registers.
    @inline(__always)
    private func advance(_ now: UnsafePointer<Lanes>, _ stage: Int, _ h: Double) {
        let out = UnsafeMutableRawPointer(trial).assumingMemoryBound(to: Lanes.self)
        let row = weights + stage * (stage - 1) / 2
        let first = stage < 3 ? 1 : (stage < 5 ? 2 : 3)
        for component in 0..<LaneStates.components {
            guard stage > 0 else {
                out[component] = now[component]
                continue
            }
            var sum: Lanes = (h * row[0]) * slopes[component]
            var before = first
            while before < stage {
                sum += (h * row[before]) * slopes[before * LaneStates.components + component]
                before += 1
            }
            out[component] = now[component] + sum
        }
    }

    /// Adds the solution of order 8 and answers the error.
    @inline(__always)
    private func finish(_ now: UnsafeMutablePointer<Lanes>, _ h: Double) -> Lanes {
        var error5 = Lanes(repeating: 1e-200)
        var error3 = Lanes(repeating: 0)
        for component in 0..<LaneStates.components {
            let first = slopes[component]
            var sum: Lanes = last[0] * first
            var fifth: Lanes = last[1] * first
            var third: Lanes = last[2] * first
            for stage in 5..<DormandPrince.stages {
                let slope = slopes[stage * LaneStates.components + component]
                sum += last[3 * stage] * slope
                fifth += last[3 * stage + 1] * slope
                third += last[3 * stage + 2] * slope
            }
            now[component] += h * sum
            let weight: Double = component < 3 ? 1 : Self.velocityDays * Self.velocityDays
            error5 += weight * fifth * fifth
            error3 += weight * third * third
        }
        return abs(h) * error5 / (error5 + 0.01 * error3).squareRoot()
    }
}

extension LaneStates {
    init() {}

    init(x: Lanes, y: Lanes, z: Lanes, vx: Lanes, vy: Lanes, vz: Lanes) {
        (self.x, self.y, self.z) = (x, y, z)
        (self.vx, self.vy, self.vz) = (vx, vy, vz)
    }
}
