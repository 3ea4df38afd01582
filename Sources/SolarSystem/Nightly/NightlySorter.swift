import Core
import Glibc
import Sky

/// Decides for each body how it is looked for in this night.
struct NightlySorter {
    struct Bin {
        var cells: [UInt32] = []
        var states: [NightlyState] = []
        /// Largest margin of its bodies, radians.
        var margin: Double = 0
    }

    private(set) var bins: [Bin]
    private(set) var fast: [NightlyState] = []
    private(set) var near: [DensePath] = []

    private let sizes: [(order: Int, degrees: Double)]
    private let window: Double
    private let midnightTdb: Double
    private let geocentre: ObserverState
    /// Of the Earth about the Sun, au/d².
    private let earthAcceleration: Vec3
    private let propagator: Propagator

    /// Within these distances the motion of half a day is no short series: au.
    private static let nearEarth: Double = 0.1
    private static let nearSun: Double = 0.3
    /// Added to every margin: search radius, light time that changes, what the bound leaves out.
    private static let pad: Double = 40 * Angle.radiansPerArcsec

    init(options: NightlyOptions, midnightTdb: Double, planets: PlanetTable, sizes: [(order: Int, degrees: Double)]) {
        self.sizes = sizes
        bins = sizes.map { _ in Bin() }
        window = options.halfWindowDays
        self.midnightTdb = midnightTdb
        let earth = planets.earth(tdbMjd: midnightTdb)
        geocentre = ObserverState(
            tdbMjd: midnightTdb, position: earth.position, velocity: earth.velocity,
            sunVelocity: planets.sunVelocity(tdbMjd: midnightTdb))
        earthAcceleration = -Self.sunPull(earth.position) * earth.position
        propagator = Propagator(planets: planets)
    }

    private static func sunPull(_ position: Vec3) -> Double {
        let r: Double = position.length
        return SolarConstants.sun / (r * r * r)
    }

    mutating func add(row: Int, state: HelioState, disturbance: Vec3, elements: CometaryElements) {
        let path = LocalMotion(position: state.position, velocity: state.velocity, disturbance: disturbance)
        let (line, _) = Sighting.line(path: path, offsetDays: 0, observer: geocentre)
        let distance: Double = line.length
        let isComet = elements.kind == .comet
        let relative = state.velocity + -geocentre.velocity
        // What the night can bring it nearer.
        let least: Double = distance - relative.length * window
        if least < Self.nearEarth || state.position.length < Self.nearSun {
            near.append(
                DensePath(
                    row: row, isComet: isComet, state: state, nonGravitational: elements.nonGravitational,
                    midnightTdb: midnightTdb, halfWindowDays: window, propagator: propagator))
            return
        }
        let packed = NightlyState(state, disturbance: disturbance, row: row, isComet: isComet)
        let margin = margin(line, distance, relative, state.position, disturbance)
        for (index, size) in sizes.enumerated() where margin <= size.degrees * Angle.radiansPerDegree {
            bins[index].cells.append(UInt32(HEALPix.index((1 / distance) * line, order: size.order)))
            bins[index].states.append(packed)
            bins[index].margin = max(bins[index].margin, margin)
            return
        }
        fast.append(packed)
    }

    /// A bound of how far from its geocentric place at midnight the body is seen from anywhere on the Earth within the
    /// window, radians: |w⊥| t + ½ |a| t² over the least distance, and the parallax of the Earth's radius there.
    private func margin(
        _ line: Vec3, _ distance: Double, _ relative: Vec3, _ position: Vec3, _ disturbance: Vec3
    ) -> Double {
        let along: Double = relative.dot(line) / distance
        let across: Double = max(0, relative.dot(relative) - along * along).squareRoot()
        let pull = -Self.sunPull(position) * position + disturbance + -earthAcceleration
        let bend: Double = pull.length * window * window / 2
        let least: Double = distance - abs(along) * window - bend - SolarConstants.earthRadiusAu
        guard least > 0.2 * distance else { return .infinity }
        return (across * window + bend + SolarConstants.earthRadiusAu) / least + Self.pad
    }
}
