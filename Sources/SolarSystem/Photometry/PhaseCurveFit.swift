import Glibc

/// One measurement of a phase curve.
public struct PhasePoint: Sendable, Equatable {
    public let phaseDeg: Double
    /// As it would be at 1 au from Sun and observer.
    public let reducedMagnitude: Double
    /// 1 σ, mag, above 0.
    public let error: Double

    public init(phaseDeg: Double, reducedMagnitude: Double, error: Double) {
        self.phaseDeg = phaseDeg
        self.reducedMagnitude = reducedMagnitude
        self.error = error
    }
}

/// Absolute magnitude and slope of a body in one band by weighted least squares.
///
/// For a given slope the model is linear in H, so that H is the weighted mean and only the slope is searched for: on a grid
/// over its whole range first, so that no start is needed and no side minimum is taken.
public struct PhaseCurveFit: Sendable, Equatable {
    public enum System: Sendable {
        /// Bowell et al. 1989.
        case hg
        /// Muinonen et al. 2010, with the two pairs of lines for G1 and G2.
        case hg12

        /// What the slope may be; a fit that ends at a bound has failed.
        var bounds: ClosedRange<Double> { self == .hg ? -0.25...1 : 0...1 }
        /// The slope where none can be fitted.
        public var usualSlope: Double { self == .hg ? 0.15 : 0.5 }
    }

    /// Rules for when a slope is fitted.
    public static let fewestForSlope = 10
    public static let leastPhaseRangeDeg = 3.0
    /// … and when a magnitude is, with the usual slope.
    public static let fewestForMagnitude = 2

    public let h: Double
    public let hErr: Double
    /// G or G12: the usual one where it was not fitted.
    public let slope: Double
    /// NaN where the slope was not fitted, as the covariance.
    public let slopeErr: Double
    public let covariance: Double
    public let chi2: Double
    public let count: Int
    public let isSlopeFitted: Bool

    /// The errors are those of the measurements alone: the scatter by rotation shows in χ².
    /// - Returns: nil for fewer than two points.
    public init?(_ points: [PhasePoint], _ system: System) {
        guard points.count >= Self.fewestForMagnitude else { return nil }
        let model = PhaseModel(points, system)
        let phases = points.map(\.phaseDeg)
        let range: Double = (phases.max() ?? 0) - (phases.min() ?? 0)
        count = points.count
        if points.count >= Self.fewestForSlope, range >= Self.leastPhaseRangeDeg, let best = model.bestSlope(),
            let errors = model.errors(at: best)
        {
            (h, slope, chi2) = (model.magnitude(best), best, model.chi2(best))
            (hErr, slopeErr, covariance) = errors
            isSlopeFitted = true
        } else {
            let fixed = system.usualSlope
            (h, slope, chi2) = (model.magnitude(fixed), fixed, model.chi2(fixed))
            (hErr, slopeErr, covariance) = (1 / model.weight.squareRoot(), .nan, .nan)
            isSlopeFitted = false
        }
    }
}

/// The sums of a fit as functions of the slope.
private struct PhaseModel {
    private struct Term {
        let low: PhaseCurves.Line
        let high: PhaseCurves.Line
        let magnitude: Double
        let weight: Double

        func line(_ slope: Double) -> PhaseCurves.Line { slope < PhaseCurves.kink ? low : high }
    }

    private let terms: [Term]
    private let bounds: ClosedRange<Double>
    /// Of all points.
    let weight: Double

    init(_ points: [PhasePoint], _ system: PhaseCurveFit.System) {
        terms = points.map { point in
            let (low, high): (PhaseCurves.Line, PhaseCurves.Line)
            switch system {
            case .hg: (low, high) = (PhaseCurves.hg(phaseDeg: point.phaseDeg), PhaseCurves.hg(phaseDeg: point.phaseDeg))
            case .hg12: (low, high) = PhaseCurves.hg12(phaseDeg: point.phaseDeg)
            }
            return Term(
                low: low, high: high, magnitude: point.reducedMagnitude, weight: 1 / (point.error * point.error))
        }
        bounds = system.bounds
        weight = terms.reduce(0) { $0 + $1.weight }
    }

    /// H of a term alone.
    private func magnitude(of term: Term, _ slope: Double) -> Double {
        let brightness: Double = term.line(slope).value(slope)
        return brightness > 0 ? term.magnitude + 2.5 * log10(brightness) : .nan
    }

    /// The best H for a slope.
    func magnitude(_ slope: Double) -> Double {
        terms.reduce(0) { $0 + $1.weight * magnitude(of: $1, slope) } / weight
    }

    /// Infinite where the model has no brightness.
    func chi2(_ slope: Double) -> Double {
        let mean = magnitude(slope)
        let sum: Double = terms.reduce(0) { sum, term in
            let residual: Double = magnitude(of: term, slope) - mean
            return sum + term.weight * residual * residual
        }
        return sum.isNaN ? .infinity : sum
    }

    /// Change of the modelled magnitude with the slope.
    private func derivative(of term: Term, _ slope: Double) -> Double {
        let line = term.line(slope)
        return -2.5 / M_LN10 * line.slope / line.value(slope)
    }

    /// The slope of least χ²; nil at a bound.
    func bestSlope() -> Double? {
        let steps = 100
        let step: Double = (bounds.upperBound - bounds.lowerBound) / Double(steps)
        let grid = (0...steps).map { bounds.lowerBound + step * Double($0) }
        let values = grid.map(chi2)
        guard let least = values.indices.min(by: { values[$0] < values[$1] }), values[least].isFinite else { return nil }
        var low: Double = grid[max(least - 1, 0)]
        var high: Double = grid[min(least + 1, steps)]
        // Golden section: it needs no derivative, which jumps at the kink.
        let golden: Double = 0.618_033_988_749_894_9
        var (left, right) = (high - golden * (high - low), low + golden * (high - low))
        var (leftValue, rightValue) = (chi2(left), chi2(right))
        while high - low > 1e-7 {
            if leftValue <= rightValue {
                (high, right, rightValue) = (right, left, leftValue)
                left = high - golden * (high - low)
                leftValue = chi2(left)
            } else {
                (low, left, leftValue) = (left, right, rightValue)
                right = low + golden * (high - low)
                rightValue = chi2(right)
            }
        }
        let found = polished((low + high) / 2)
        let isInside = found - bounds.lowerBound > 1e-5 && bounds.upperBound - found > 1e-5
        return isInside ? found : nil
    }

    /// Gauss and Newton's last digits, kept where they are better.
    private func polished(_ start: Double) -> Double {
        var slope = start
        for _ in 0..<10 {
            let (mean, sums) = (magnitude(slope), moments(slope))
            let pull: Double = terms.reduce(0) { sum, term in
                let residual: Double = magnitude(of: term, slope) - mean
                return sum + term.weight * residual * (derivative(of: term, slope) - sums.mean)
            }
            let next: Double = slope + pull / sums.spread
            guard next.isFinite, bounds.contains(next), chi2(next) <= chi2(slope), next != slope else { break }
            slope = next
        }
        return slope
    }

    /// The weighted mean of the derivatives, and the weighted sum of the squares of what they differ from it.
    private func moments(_ slope: Double) -> (mean: Double, spread: Double) {
        let derivatives = terms.map { derivative(of: $0, slope) }
        let mean: Double = zip(terms, derivatives).reduce(0) { $0 + $1.0.weight * $1.1 } / weight
        let spread: Double = zip(terms, derivatives).reduce(0) { sum, one in
            sum + one.0.weight * (one.1 - mean) * (one.1 - mean)
        }
        return (mean, spread)
    }

    /// The inverse of the normal equations: errors of H and the slope, and their covariance; nil where it has none.
    func errors(at slope: Double) -> (hErr: Double, slopeErr: Double, covariance: Double)? {
        let (mean, spread) = moments(slope)
        guard spread > 1e-12 * weight else { return nil }
        let variance: Double = 1 / spread
        return ((1 / weight + mean * mean * variance).squareRoot(), variance.squareRoot(), -mean * variance)
    }
}
