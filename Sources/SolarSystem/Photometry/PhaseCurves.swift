import Glibc

/// Brightness against phase angle.
public enum PhaseCurves {
    /// V magnitude of the H, G system (Bowell et al. 1989, in Asteroids II, p. 524, with the two exponentials of the
    /// standard's first form, which the Minor Planet Center and JPL use).
    /// - Parameters: distances in au, phase in degrees. NaN where H is.
    public static func magnitude(h: Double, g: Double, r: Double, delta: Double, phaseDeg: Double) -> Double {
        reduced(h: h, r: r, delta: delta) - 2.5 * log10(hg(phaseDeg: phaseDeg).value(g))
    }

    /// V magnitude of the H, G12 system (Muinonen et al. 2010, Icarus 209, 542, with the constraint of Penttilä et al. 2016
    /// left aside: G1 and G2 as the two linear pieces of G12).
    public static func magnitude(h: Double, g12: Double, r: Double, delta: Double, phaseDeg: Double) -> Double {
        let (low, high) = hg12(phaseDeg: phaseDeg)
        return reduced(h: h, r: r, delta: delta) - 2.5 * log10((g12 < kink ? low : high).value(g12))
    }

    /// Brightness against that at zero phase, of a slope: a straight line.
    struct Line: Sendable {
        let constant: Double
        let slope: Double

        func value(_ at: Double) -> Double { constant + slope * at }
    }

    /// Where the H, G12 system goes from one pair of lines for G1 and G2 to another.
    static let kink: Double = 0.2

    /// Relative brightness at a phase against G12, below and above the kink.
    static func hg12(phaseDeg: Double) -> (low: Line, high: Line) {
        let phase: Double = phaseDeg * Double.pi / 180
        let (first, second, third) = (phi1.value(phase), phi2.value(phase), phi3.value(phase))
        let line = { (g1: (Double, Double), g2: (Double, Double)) -> Line in
            Line(
                constant: third + g1.0 * (first - third) + g2.0 * (second - third),
                slope: g1.1 * (first - third) + g2.1 * (second - third))
        }
        return (line((0.06164, 0.7527), (0.6270, -0.9612)), line((0.02162, 0.9529), (0.5572, -0.6125)))
    }

    /// Relative brightness at a phase against G of the H, G system.
    static func hg(phaseDeg: Double) -> Line {
        let tangent: Double = tan(phaseDeg * Double.pi / 360)
        let first: Double = exp(-3.33 * pow(tangent, 0.63))
        let second: Double = exp(-1.87 * pow(tangent, 1.22))
        return Line(constant: first, slope: second - first)
    }

    private static func reduced(h: Double, r: Double, delta: Double) -> Double { h + 5 * log10(r * delta) }

    // MARK: The basis of the H, G1, G2 system

    private static let degree = Double.pi / 180
    /// Φ1 and Φ2 are straight below 7.5° and splines beyond; Φ3 is a spline below 30° and zero beyond.
    private static let phi1 = PhaseBasis(
        straightBelow: 7.5 * degree, slope: -6 / Double.pi,
        spline: ClampedSpline(
            x: [7.5, 30, 60, 90, 120, 150].map { $0 * degree },
            y: [0.75, 0.33486016, 0.13410560, 0.051104756, 0.021465687, 0.0036396989],
            slopes: (-1.9098593, -0.091328612)))
    private static let phi2 = PhaseBasis(
        straightBelow: 7.5 * degree, slope: -9 / (5 * Double.pi),
        spline: ClampedSpline(
            x: [7.5, 30, 60, 90, 120, 150].map { $0 * degree },
            y: [0.925, 0.62884169, 0.31755495, 0.12716367, 0.022373903, 0.00016505689],
            slopes: (-0.57295780, -8.6573138e-8)))
    private static let phi3 = PhaseBasis(
        straightBelow: 0, slope: 0,
        spline: ClampedSpline(
            x: [0, 0.3, 1, 2, 4, 8, 12, 20, 30].map { $0 * degree },
            y: [1, 0.83381185, 0.57735424, 0.42144772, 0.23174230, 0.10348178, 0.061733473, 0.016107006, 0],
            slopes: (-1.0630097, 0)))
}

/// One function of the H, G1, G2 system: a straight line near opposition, a clamped spline beyond, constant after it.
private struct PhaseBasis: Sendable {
    let straightBelow: Double
    let slope: Double
    let spline: ClampedSpline

    func value(_ phase: Double) -> Double {
        phase < straightBelow ? 1 + slope * phase : spline.value(phase)
    }
}
