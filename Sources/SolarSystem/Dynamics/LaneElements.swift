/// The elements of up to eight bodies abreast, to be turned into states together.
struct LaneElements {
    private var q = Lanes(repeating: 1)
    private var e = Lanes(repeating: 0)
    private var inclination = Lanes(repeating: 0)
    private var node = Lanes(repeating: 0)
    private var argPeri = Lanes(repeating: 0)
    private var sincePerihelion = Lanes(repeating: 0)
    /// What Kepler's equation serves badly, by lane: states that were computed alone.
    private var alone: [(lane: Int, state: HelioState)] = []

    /// Above this eccentricity a body goes alone.
    private static let roundest: Double = 0.95

    mutating func set(_ lane: Int, _ elements: CometaryElements) {
        guard elements.eccentricity >= 0, elements.eccentricity < Self.roundest, elements.qAu > 0 else {
            alone.append((lane, HelioState(elements)))
            (q[lane], e[lane], sincePerihelion[lane]) = (1, 0, 0)
            return
        }
        q[lane] = elements.qAu
        e[lane] = elements.eccentricity
        inclination[lane] = elements.inclinationDeg
        node[lane] = elements.nodeDeg
        argPeri[lane] = elements.argPeriDeg
        sincePerihelion[lane] = elements.epochMjdTT - elements.timeOfPerihelionMjdTT
    }

    mutating func removeAll() {
        alone.removeAll(keepingCapacity: true)
    }

    /// The heliocentric states at the epoch, as `HelioState.init(_:)` gives them; what a lane is does not hang on the others.
    func states() -> LaneStates {
        let plane = planeStates()
        let (sinNode, cosNode) = LaneTrigonometry.ofDegrees(node)
        let (sinPeri, cosPeri) = LaneTrigonometry.ofDegrees(argPeri)
        let (sinI, cosI) = LaneTrigonometry.ofDegrees(inclination)
        let px: Lanes = cosNode * cosPeri - sinNode * sinPeri * cosI
        let py: Lanes = sinNode * cosPeri + cosNode * sinPeri * cosI
        let pz: Lanes = sinPeri * sinI
        let ax: Lanes = -cosNode * sinPeri - sinNode * cosPeri * cosI
        let ay: Lanes = cosNode * cosPeri * cosI - sinNode * sinPeri
        let az: Lanes = cosPeri * sinI
        var states = LaneStates()
        (states.x, states.y, states.z) = Self.toEquator(
            plane.x * px + plane.y * ax, plane.x * py + plane.y * ay, plane.x * pz + plane.y * az)
        (states.vx, states.vy, states.vz) = Self.toEquator(
            plane.vx * px + plane.vy * ax, plane.vx * py + plane.vy * ay, plane.vx * pz + plane.vy * az)
        for (lane, state) in alone { states.set(lane, state) }
        return states
    }

    @inline(__always)
    private static func toEquator(_ x: Lanes, _ y: Lanes, _ z: Lanes) -> (Lanes, Lanes, Lanes) {
        (x, Ecliptic.cosine * y - Ecliptic.sine * z, Ecliptic.sine * y + Ecliptic.cosine * z)
    }

    /// Kepler's equation by Halley's method: states in the planes of the ellipses, x to the perihelion.
    private func planeStates() -> (x: Lanes, y: Lanes, vx: Lanes, vy: Lanes) {
        let a: Lanes = q / (1 - e)
        let motion: Lanes = (SolarConstants.sun / a).squareRoot() / a
        let turns: Lanes = motion * sincePerihelion * (1 / (2 * Double.pi))
        let mean: Lanes = 2 * Double.pi * (turns - turns.rounded(.toNearestOrEven))
        let (sinM, cosM) = LaneTrigonometry.ofRadians(mean)
        let far: Lanes = mean + (0.85 * e).replacing(with: -0.85 * e, where: mean .< 0)
        var anomaly: Lanes = (mean + e * sinM * (1 + e * cosM)).replacing(with: far, where: e .>= 0.5)
        var (s, c) = LaneTrigonometry.ofRadians(anomaly)
        var isDone = SIMDMask<SIMD8<Int64>>(repeating: false)
        for _ in 0..<20 {
            let value: Lanes = anomaly - e * s - mean
            let slope: Lanes = 1 - e * c
            let step: Lanes = (value / (slope - value * e * s / (2 * slope))).replacing(with: 0, where: isDone)
            anomaly -= step
            let isClose = (step .< 1e-9) .& (step .> -1e-9)
            // Turning by the small step itself saves a sine; its square is below rounding.
            let (turnedS, turnedC) = (s - step * c, c + step * s)
            if all(isClose) {
                (s, c) = (turnedS, turnedC)
                break
            }
            let (newS, newC) = LaneTrigonometry.ofRadians(anomaly)
            s = newS.replacing(with: turnedS, where: isClose)
            c = newC.replacing(with: turnedC, where: isClose)
            isDone = isDone .| isClose
        }
        let flattening: Lanes = (1 - e * e).squareRoot()
        let rate: Lanes = motion * a / (1 - e * c)
        return (a * (c - e), a * flattening * s, -rate * s, rate * flattening * c)
    }
}
