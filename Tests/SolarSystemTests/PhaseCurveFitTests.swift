import Core
import Glibc
import Testing

@testable import SolarSystem

@Suite struct PhaseCurveFitTests {
    private struct Case {
        let count: Int
        let h: Double
        let g12: Double
        let phases: ClosedRange<Double>
        /// H, its error, slope, its error, covariance, χ².
        let hg12: [Double]
        let hg: [Double]
    }

    /// What SciPy's curve_fit finds for the same points with sbpy's H, G12 and with H, G, from several starts.
    private static let cases = [
        Case(
            count: 40, h: 17.3, g12: 0.62, phases: 1...22,
            hg12: [17.300334537, 0.0055600407, 0.6183777500, 0.0392018655, 1.066725826e-4, 39.545752257],
            hg: [17.244674000, 0.0130596039, 0.1537545109, 0.0143067237, 1.734855520e-4, 36.805066679]),
        Case(
            count: 12, h: 15.1, g12: 0.11, phases: 0.5...9,
            hg12: [15.082222531, 0.0190688582, 0.1452092032, 0.0473942400, -8.149622075e-4, 11.552231661],
            hg: [15.126962975, 0.0201120894, 0.2309848992, 0.0400833751, 7.353481231e-4, 17.102248223]),
        Case(
            count: 25, h: 20.4, g12: 0.203, phases: 3...60,
            hg12: [20.392029089, 0.0078992069, 0.2450788653, 0.0284406248, -1.515921634e-4, 23.201830417],
            hg: [20.468000110, 0.0189149485, 0.2852473207, 0.0139081237, 2.502642663e-4, 24.198737495]),
        Case(
            count: 60, h: 18, g12: 0.95, phases: 0.2...25,
            hg12: [17.999779059, 0.0041245078, 0.9403600797, 0.0298157374, 2.913613943e-5, 58.418445344],
            hg: [17.844986640, 0.0098249483, 0.0596594291, 0.0090257229, 8.096681090e-5, 103.541161370]),
    ]

    /// Points around a phase curve whose scatter follows from their number.
    static func points(
        _ count: Int, h: Double, g12: Double, _ phases: ClosedRange<Double>, scatter: Double = 1
    ) -> [PhasePoint] {
        let part = { (index: Int, factor: Double) -> Double in fmod(Double(index) * factor, 1) }
        return (0..<count).map { index in
            let width: Double = phases.upperBound - phases.lowerBound
            let phase: Double = phases.lowerBound + width * part(index, 0.618_033_988_749_894_9)
            let error: Double = 0.02 + 0.03 * part(index, 0.754_877_666_246_692_7)
            let residual: Double = error * scatter * (part(index, 0.569_840_290_998_053_2) * 2 - 1) * 1.7
            let exact = PhaseCurves.magnitude(h: h, g12: g12, r: 1, delta: 1, phaseDeg: phase)
            return PhasePoint(phaseDeg: phase, reducedMagnitude: exact + residual, error: error)
        }
    }

    @Test func agreesWithSciPy() throws {
        for one in Self.cases {
            let points = Self.points(one.count, h: one.h, g12: one.g12, one.phases)
            for (system, expected) in [(PhaseCurveFit.System.hg12, one.hg12), (.hg, one.hg)] {
                let fit = try #require(PhaseCurveFit(points, system))
                let found = [fit.h, fit.hErr, fit.slope, fit.slopeErr, fit.covariance, fit.chi2]
                #expect(fit.isSlopeFitted && fit.count == one.count)
                for (value, wanted) in zip(found, expected) {
                    #expect(abs(value - wanted) < 2e-5 * max(abs(wanted), 1e-3), "\(system) \(found) \(expected)")
                }
            }
        }
    }

    @Test func plantedValuesComeBack() throws {
        for g12 in [0.02, 0.15, 0.2, 0.21, 0.5, 0.98] {
            let points = Self.points(30, h: 16.25, g12: g12, 0.5...25, scatter: 0)
            let fit = try #require(PhaseCurveFit(points, .hg12))
            #expect(abs(fit.h - 16.25) < 1e-6 && abs(fit.slope - g12) < 1e-5, "\(g12): \(fit)")
            #expect(fit.chi2 < 1e-6 && fit.isSlopeFitted)
        }
    }

    /// Repeated with random noise, the deviations from what was planted are as large as the errors say.
    @Test func errorsAreHonest() throws {
        var random = SeededRandom(seed: 20)
        var (sumH, sumSlope, sumBoth) = (0.0, 0.0, 0.0)
        let runs = 300
        for _ in 0..<runs {
            let points = Self.points(25, h: 19, g12: 0.5, 1...20, scatter: 0).map { point in
                PhasePoint(
                    phaseDeg: point.phaseDeg, reducedMagnitude: point.reducedMagnitude + random.normal() * point.error,
                    error: point.error)
            }
            let fit = try #require(PhaseCurveFit(points, .hg12))
            let (h, slope) = ((fit.h - 19) / fit.hErr, (fit.slope - 0.5) / fit.slopeErr)
            (sumH, sumSlope) = (sumH + h * h, sumSlope + slope * slope)
            sumBoth += h * slope - fit.covariance / fit.hErr / fit.slopeErr
        }
        #expect(abs(sumH / Double(runs) - 1) < 0.25, "seed 20: \(sumH / Double(runs))")
        #expect(abs(sumSlope / Double(runs) - 1) < 0.25, "seed 20: \(sumSlope / Double(runs))")
        #expect(abs(sumBoth / Double(runs)) < 0.25, "seed 20: \(sumBoth / Double(runs))")
    }

    @Test func tooFewPointsHaveTheUsualSlope() throws {
        let enough = Self.points(10, h: 17, g12: 0.5, 1...20, scatter: 0)
        #expect(try #require(PhaseCurveFit(enough, .hg12)).isSlopeFitted)
        let narrow = Self.points(40, h: 17, g12: 0.5, 10...12.9, scatter: 0)
        for points in [Array(enough.dropLast()), narrow] {
            let fit = try #require(PhaseCurveFit(points, .hg12))
            #expect(!fit.isSlopeFitted && fit.slope == 0.5 && fit.slopeErr.isNaN && fit.covariance.isNaN)
            #expect(abs(fit.h - 17) < 1e-9 && fit.hErr > 0)
        }
        #expect(PhaseCurveFit(Array(enough.prefix(1)), .hg12) == nil)
        #expect(PhaseCurveFit([], .hg) == nil)
    }

    /// A body that gets brighter away from opposition is none of the system's.
    @Test func aFitAtABoundHasFailed() throws {
        let points = (0..<20).map { index in
            PhasePoint(phaseDeg: Double(index) + 1, reducedMagnitude: 18 - 0.05 * Double(index), error: 0.03)
        }
        for system in [PhaseCurveFit.System.hg, .hg12] {
            let fit = try #require(PhaseCurveFit(points, system))
            #expect(!fit.isSlopeFitted && fit.slope == system.usualSlope && fit.chi2 > 100)
        }
        // All at one phase: no slope follows from them.
        let same = (0..<20).map { _ in PhasePoint(phaseDeg: 5, reducedMagnitude: 18, error: 0.03) }
        #expect(try #require(PhaseCurveFit(same, .hg12)).isSlopeFitted == false)
    }
}
