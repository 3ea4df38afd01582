import Glibc
import Sky

/// An orbit and its neighbours, each displaced in one parameter, carried together: their differences are the partial
/// derivatives of the place, with all forces in them, so that they hold through close approaches as well.
struct ErrorFan {
    /// Up to seven neighbours and, in lane 0, the orbit itself, which they are compared with.
    private struct Pack {
        var states: LaneStates
        var push = NonGravitationalLanes()
        /// Of lanes 1 and on: the row of the covariance, and how far the lane is displaced in its unit.
        var neighbours: [(row: Int, step: Double)] = []

        init(_ nominal: HelioState, _ terms: NonGravitationalTerms?) {
            states = LaneStates(all: nominal)
            for lane in 0..<8 { push.set(lane, terms) }
        }
    }

    private var packs: [Pack]
    private let covariance: OrbitCovariance?

    init(_ target: PredictionTarget) {
        let elements = target.elements
        let nominal = HelioState(elements)
        packs = [Pack(nominal, elements.nonGravitational)]
        covariance = target.covariance
        guard let covariance else { return }
        for row in 0..<6 {
            let (state, step) =
                covariance.basis == .cartesian ? Self.displaced(nominal, row) : Self.displaced(elements, row)
            packs[0].states.set(row + 1, state)
            packs[0].neighbours.append((row, step))
        }
        for (index, parameter) in covariance.extraParameters.enumerated() {
            guard let (terms, step) = Self.displaced(elements, parameter) else { continue }
            if packs[packs.count - 1].neighbours.count == 7 { packs.append(Pack(nominal, elements.nonGravitational)) }
            let last = packs.count - 1
            packs[last].neighbours.append((6 + index, step))
            packs[last].push.set(packs[last].neighbours.count, terms)
        }
    }

    /// The orbit itself, where it was carried.
    var nominal: HelioState { packs[0].states[0] }

    /// With all forces.
    mutating func carry(
        _ propagator: Propagator, from begin: Double, to end: Double, tolerance: Double = Propagator.tolerance
    ) {
        for index in packs.indices {
            propagator.adapt(
                &packs[index].states, from: begin, to: end, push: packs[index].push, tolerance: tolerance)
        }
    }

    /// About the Sun alone, without what else pushes: accelerations that were fitted add nothing.
    mutating func carryAboutSun(days: Double) {
        for index in packs.indices {
            for lane in 0..<8 {
                packs[index].states.set(lane, TwoBody.propagate(packs[index].states[lane], days: days))
            }
        }
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

    /// With one acceleration displaced; nil where the parameter is none.
    private static func displaced(
        _ elements: CometaryElements, _ parameter: OrbitCovariance.Parameter
    ) -> (NonGravitationalTerms, Double)? {
        guard let unit = parameter.auPerDay2 else { return nil }
        var moved =
            elements.nonGravitational
            ?? NonGravitationalTerms(law: elements.kind == .comet ? .waterIce : .inverseSquare)
        // Some 1e-7 au in 500 days: far above rounding, far below any curvature of the motion.
        let push: Double = 1e-12
        switch parameter {
        case .a1, .srp: moved.a1 += push
        case .a2, .yarkovsky: moved.a2 += push
        case .a3: moved.a3 += push
        case .dt, .other: return nil
        }
        return (moved, push / unit)
    }

    /// The ellipse of the place that `sighting` predicts from the orbit itself.
    func error(_ sighting: Sighting) -> SkyError? {
        guard let covariance else { return nil }
        let (east, north) = TangentAxes.at(sighting.topo.position)
        let toArcsec: Double = 1 / (sighting.delta * Angle.radiansPerArcsec)
        var partials: [(row: Int, east: Double, north: Double)] = []
        partials.reserveCapacity(covariance.dimension)
        for pack in packs {
            let own = pack.states[0].position
            for (index, neighbour) in pack.neighbours.enumerated() {
                let shift = pack.states[index + 1].position + -own
                let scale: Double = toArcsec / neighbour.step
                partials.append((neighbour.row, shift.dot(east) * scale, shift.dot(north) * scale))
            }
        }
        var (eastEast, eastNorth, northNorth) = (0.0, 0.0, 0.0)
        for one in partials {
            for other in partials {
                let value: Double = covariance[one.row, other.row]
                eastEast += one.east * value * other.east
                eastNorth += one.east * value * other.north
                northNorth += one.north * value * other.north
            }
        }
        return SkyError(eastEast: eastEast, eastNorth: eastNorth, northNorth: northNorth)
    }
}
