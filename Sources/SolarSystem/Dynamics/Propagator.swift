import Glibc
import Sky

/// Carries states from one time (TDB) to another; owns the working memory of its thread.
public final class Propagator {
    let planets: PlanetTable
    private let integrator = LaneIntegrator()
    private var places: [Double] = []

    public init(planets: PlanetTable) { self.planets = planets }

    /// Estimated error of one adaptive step, au.
    static let tolerance: Double = 1e-13
    /// A body that needs more steps is meeting the Sun or a planet: its state becomes NaN.
    private static let mostSteps = 200_000

    // MARK: Fixed steps

    /// The planets at every stage of equal steps, for all bodies that go the same way.
    struct Track {
        let h: Double
        let steps: Int
        fileprivate let places: [Double]
    }

    /// Steps of at most `longestStep` days from one time to another.
    func track(from begin: Double, to end: Double, longestStep: Double) -> Track {
        let steps = max(1, Int((abs(end - begin) / longestStep).rounded(.up)))
        let h: Double = (end - begin) / Double(steps)
        var places = [Double](repeating: 0, count: steps * LaneIntegrator.placesPerStep)
        places.withUnsafeMutableBufferPointer { all in
            guard let base = all.baseAddress else { return }
            for step in 0..<steps {
                tabulate(begin + h * Double(step), h, into: base + step * LaneIntegrator.placesPerStep)
            }
        }
        return Track(h: h, steps: steps, places: places)
    }

    /// Carries eight bodies along a track.
    /// - Returns: the largest estimated error of a step, au, by lane.
    func follow(_ track: Track, _ states: inout LaneStates, push: NonGravitationalLanes) -> Lanes {
        var worst = Lanes(repeating: 0)
        track.places.withUnsafeBufferPointer { all in
            guard let base = all.baseAddress else { return }
            for step in 0..<track.steps {
                let error = integrator.step(
                    &states, h: track.h, places: base + step * LaneIntegrator.placesPerStep, push: push)
                worst = pointwiseMax(worst, error)
            }
        }
        return worst
    }

    private func tabulate(_ begin: Double, _ h: Double, into out: UnsafeMutablePointer<Double>) {
        for stage in 0..<DormandPrince.stages {
            planets.write(
                tdbMjd: begin + h * DormandPrince.times[stage], into: out + stage * PlanetTable.numbersPerInstant)
        }
    }

    // MARK: Steps that fit the motion

    /// One body, as exactly as close approaches need.
    public func propagate(
        _ state: HelioState, from begin: Double, to end: Double, nonGravitational: NonGravitationalTerms? = nil
    ) -> HelioState {
        var lanes = LaneStates(all: state)
        var push = NonGravitationalLanes()
        for lane in 0..<8 { push.set(lane, nonGravitational) }
        adapt(&lanes, from: begin, to: end, push: push)
        return lanes[0]
    }

    /// Eight bodies with the steps that the hardest of them needs.
    /// - Parameter tolerance: estimated error of one step, au.
    func adapt(
        _ states: inout LaneStates, from begin: Double, to end: Double, push: NonGravitationalLanes,
        tolerance: Double = Propagator.tolerance
    ) {
        guard begin != end else { return }
        if places.isEmpty { places = [Double](repeating: 0, count: LaneIntegrator.placesPerStep) }
        let direction: Double = end > begin ? 1 : -1
        var now = begin
        var h: Double = min(5, abs(end - begin))
        for _ in 0..<Self.mostSteps {
            let left: Double = abs(end - now)
            let isLast = h >= left
            let length: Double = isLast ? left : h
            var trial = states
            let error = places.withUnsafeMutableBufferPointer { all -> Double in
                guard let base = all.baseAddress else { return 0 }
                tabulate(now, direction * length, into: base)
                return Self.largest(
                    integrator.step(&trial, h: direction * length, places: base, push: push))
            }
            let part: Double = error / tolerance
            let factor: Double = min(6, max(0.2, 0.9 * pow(max(part, 1e-30), -0.125)))
            if part <= 1 {
                states = trial
                if isLast { return }
                now += direction * length
            }
            h = length * factor
            if !(h > 1e-9) { break }
        }
        let nowhere = Vec3(x: .nan, y: .nan, z: .nan)
        states = LaneStates(all: HelioState(position: nowhere, velocity: nowhere))
    }

    /// Lanes that are no numbers (a bad orbit among good ones) have no say.
    private static func largest(_ errors: Lanes) -> Double {
        var most: Double = 0
        for lane in 0..<8 where errors[lane] > most { most = errors[lane] }
        return most
    }
}
