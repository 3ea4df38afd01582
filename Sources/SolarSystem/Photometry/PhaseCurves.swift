import Glibc

/// Brightness against phase angle.
public enum PhaseCurves {
    /// V magnitude of the H, G system (Bowell et al. 1989, in Asteroids II, p. 524, with the two exponentials of the
    /// standard's first form, which the Minor Planet Center and JPL use).
    /// - Parameters: distances in au, phase in degrees. NaN where H is.
    public static func magnitude(h: Double, g: Double, r: Double, delta: Double, phaseDeg: Double) -> Double {
        let tangent: Double = tan(phaseDeg * Double.pi / 360)
        let first: Double = exp(-3.33 * pow(tangent, 0.63))
        let second: Double = exp(-1.87 * pow(tangent, 1.22))
        return reduced(h: h, r: r, delta: delta) - 2.5 * log10((1 - g) * first + g * second)
    }

    /// V magnitude of the H, G12 system (Muinonen et al. 2010, Icarus 209, 542, with the constraint of Penttilä et al. 2016
    /// left aside: G1 and G2 as the two linear pieces of G12).
    public static func magnitude(h: Double, g12: Double, r: Double, delta: Double, phaseDeg: Double) -> Double {
        let (g1, g2) =
            g12 < 0.2 ? (0.7527 * g12 + 0.06164, -0.9612 * g12 + 0.6270) : (0.9529 * g12 + 0.02162, -0.6125 * g12 + 0.5572)
        let phase: Double = phaseDeg * Double.pi / 180
        let sum: Double = g1 * phi1.value(phase) + g2 * phi2.value(phase) + (1 - g1 - g2) * phi3.value(phase)
        return reduced(h: h, r: r, delta: delta) - 2.5 * log10(sum)
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
