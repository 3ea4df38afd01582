import Glibc
import Sky

/// An orbit and its neighbours, each displaced in one parameter, carried together: their differences are the partial
/// derivatives of the place, with all forces in them, so that they hold through close approaches as well.
struct ErrorFan {
    var states: LaneStates
    let push: NonGravitationalLanes
    /// Half widths are not needed: lane k + 1 is displaced by steps[k] in parameter k.
    private let steps: [Double]
    private let covariance: OrbitCovariance?
    /// Rows of the covariance that the lanes stand for.
    private let rows: [Int]

    init(_ target: PredictionTarget) {
        let elements = target.elements
        let nominal = HelioState(elements)
        var states = LaneStates(all: nominal)
        var push = NonGravitationalLanes()
        for lane in 0..<8 { push.set(lane, elements.nonGravitational) }
        covariance = target.covariance
        guard let covariance else {
            (self.states, self.push, steps, rows) = (states, push, [], [])
            return
        }
        var steps: [Double] = []
        var rows: [Int] = []
        for row in 0..<6 {
            let (state, step) =
                covariance.basis == .cartesian ? Self.displaced(nominal, row) : Self.displaced(elements, row)
            states.set(row + 1, state)
            steps.append(step)
            rows.append(row)
        }
        // One fitted acceleration has the eighth lane; further ones stay in the six as their marginal.
        for (index, parameter) in covariance.extraParameters.enumerated() {
            guard let (terms, step) = Self.displaced(elements.nonGravitational, parameter) else { continue }
            push.set(7, terms)
            steps.append(step)
            rows.append(6 + index)
            break
        }
        (self.states, self.push, self.steps, self.rows) = (states, push, steps, rows)
    }

    private static func displaced(_ nominal: HelioState, _ row: Int) -> (HelioState, Double) {
        let axes = [Vec3(x: 1, y: 0, z: 0), Vec3(x: 0, y: 1, z: 0), Vec3(x: 0, y: 0, z: 1)]
        let axis = Ecliptic.toEquator(axes[row % 3])
        var state = nominal
        // About 150 km and 2 mm/s: far above rounding, far below any curvature of the motion.
        let step: Double = row < 3 ? 1e-6 : 1e-9
        if row < 3 {
            state.position = state.position + step * axis
        } else {
            state.velocity = state.velocity + step * axis
        }
        return (state, step)
    }

    private static func displaced(_ elements: CometaryElements, _ row: Int) -> (HelioState, Double) {
        var moved = elements
        let steps: [Double] = [1e-6, 1e-7, 1e-5, 1e-5, 1e-5, 1e-4]
        switch row {
        case 0: moved.qAu += steps[0]
        case 1: moved.eccentricity += steps[1]
        case 2: moved.inclinationDeg += steps[2]
        case 3: moved.nodeDeg += steps[3]
        case 4: moved.argPeriDeg += steps[4]
        default: moved.timeOfPerihelionMjdTT += steps[5]
        }
        return (HelioState(moved), steps[row])
    }

    private static func displaced(
        _ terms: NonGravitationalTerms?, _ parameter: OrbitCovariance.Parameter
    ) -> (NonGravitationalTerms, Double)? {
        var moved = terms ?? NonGravitationalTerms(law: .inverseSquare)
        // Steps in the parameter's own unit, 1e-10 au/d² for all of these.
        let step: Double = 1e-2
        switch parameter {
        case .yarkovsky, .a2: moved.a2 += step * 1e-10
        case .a1: moved.a1 += step * 1e-10
        case .a3: moved.a3 += step * 1e-10
        default: return nil
        }
        return (moved, step)
    }

    /// The ellipse of the place that `sighting` predicts from lane 0.
    func error(_ sighting: Sighting) -> SkyError? {
        guard let covariance else { return nil }
        let (east, north) = TangentAxes.at(sighting.topo.position)
        let toArcsec: Double = 1 / (sighting.delta * Angle.radiansPerArcsec)
        let nominal = states[0].position
        let partials = steps.indices.map { index -> (Double, Double) in
            let shift = states[index + 1].position + -nominal
            let scale: Double = toArcsec / steps[index]
            return (shift.dot(east) * scale, shift.dot(north) * scale)
        }
        var (eastEast, eastNorth, northNorth) = (0.0, 0.0, 0.0)
        for (i, row) in rows.enumerated() {
            for (j, column) in rows.enumerated() {
                let value: Double = covariance[row, column]
                eastEast += partials[i].0 * value * partials[j].0
                eastNorth += partials[i].0 * value * partials[j].1
                northNorth += partials[i].1 * value * partials[j].1
            }
        }
        return SkyError(eastEast: eastEast, eastNorth: eastNorth, northNorth: northNorth)
    }
}
