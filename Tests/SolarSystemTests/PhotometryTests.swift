import Testing

@testable import SolarSystem

@Suite struct PhotometryTests {
    /// Values of sbpy 0.6 (`HG12.evaluate`), an independent program; H = 12 at unit distances.
    @Test func hg12AgreesWithSbpy() {
        let phases: [Double] = [0, 0.1, 0.5, 3, 7, 15, 40, 85, 130]
        let expected: [(g12: Double, magnitudes: [Double])] = [
            (0.1, [12.0, 12.01126, 12.11284, 12.32528, 12.48755, 12.68365, 13.29662, 14.62275, 17.42134]),
            (0.6, [12.0, 12.009, 12.08122, 12.26247, 12.45582, 12.76931, 13.53174, 14.97429, 16.74745]),
        ]
        for (g12, magnitudes) in expected {
            for (phase, magnitude) in zip(phases, magnitudes) {
                let found = PhaseCurves.magnitude(h: 12, g12: g12, r: 1, delta: 1, phaseDeg: phase)
                #expect(abs(found - magnitude) < 1e-5, "G12 \(g12) at \(phase)°")
            }
        }
    }

    /// Ten times the distance from Sun and observer each: ten magnitudes.
    @Test func distancesCountTwice() {
        let near = PhaseCurves.magnitude(h: 10, g: 0.15, r: 1, delta: 1, phaseDeg: 0)
        let far = PhaseCurves.magnitude(h: 10, g: 0.15, r: 10, delta: 10, phaseDeg: 0)
        #expect(near == 10)
        #expect(abs(far - 20) < 1e-12)
        #expect(PhaseCurves.magnitude(h: .nan, g: 0.15, r: 1, delta: 1, phaseDeg: 0).isNaN)
    }
}
