extension AggregateFunction {
    /// The aggregate of finite numbers; nil is NULL. `x` may be reordered.
    public func value(_ x: UnsafeMutableBufferPointer<Double>) -> Double? {
        let count = x.count
        if self == .count { return Double(count) }
        guard count > 0 else { return nil }
        switch self {
        case .min: return x.min()
        case .max: return x.max()
        case .sum: return AggregateFunction.sum(x)
        case .avg: return AggregateFunction.sum(x) / Double(count)
        case .firstValue: return x[0]
        case .lastValue: return x[count - 1]
        case .median:
            var values = x
            values.sort()
            return count % 2 == 1 ? x[count / 2] : x[count / 2 - 1] / 2 + x[count / 2] / 2
        case .stddev: return AggregateFunction.sampleDeviation(x)
        case .count, .weightedMean, .slope: return nil
        }
    }

    /// The aggregate of pairs of finite numbers; nil is NULL.
    public func value(_ x: UnsafeMutableBufferPointer<Double>, _ y: UnsafeMutableBufferPointer<Double>) -> Double? {
        precondition(x.count == y.count)
        return self == .weightedMean ? AggregateFunction.weightedMean(x, y) : AggregateFunction.slope(x, y)
    }

    private static func sum(_ x: UnsafeMutableBufferPointer<Double>) -> Double {
        var sum = 0.0
        for value in x { sum += value }
        return sum
    }

    /// In two passes, so that a large mean does not drown a small scatter.
    private static func sampleDeviation(_ x: UnsafeMutableBufferPointer<Double>) -> Double? {
        guard x.count > 1 else { return nil }
        let mean = sum(x) / Double(x.count)
        var squares = 0.0
        for value in x { squares += (value - mean) * (value - mean) }
        return (squares / Double(x.count - 1)).squareRoot()
    }

    private static func weightedMean(
        _ x: UnsafeMutableBufferPointer<Double>, _ error: UnsafeMutableBufferPointer<Double>
    ) -> Double? {
        guard let values = x.baseAddress, let errors = error.baseAddress else { return nil }
        // Four sums side by side: additions need not wait for one another.
        var weights = SIMD4<Double>()
        var sums = SIMD4<Double>()
        let whole = x.count & ~3
        for i in stride(from: 0, to: whole, by: 4) {
            let e = UnsafeRawPointer(errors + i).loadUnaligned(as: SIMD4<Double>.self)
            let v = UnsafeRawPointer(values + i).loadUnaligned(as: SIMD4<Double>.self)
            let isGood = e .> 0
            let weight = (1 / (e * e)).replacing(with: 0, where: .!isGood)
            weights += weight
            sums += (weight * v).replacing(with: 0, where: .!isGood)
        }
        for i in whole..<x.count where errors[i] > 0 {
            let weight = 1 / (errors[i] * errors[i])
            weights[i & 3] += weight
            sums[i & 3] += weight * values[i]
        }
        let (allWeights, sum) = (weights.sum(), sums.sum())
        return allWeights > 0 ? sum / allWeights : nil
    }

    /// About the means, because days since 1858 squared leave no digits for the slope.
    private static func slope(
        _ x: UnsafeMutableBufferPointer<Double>, _ t: UnsafeMutableBufferPointer<Double>
    ) -> Double? {
        guard x.count > 1 else { return nil }
        let origin = t[0]
        var meanT = 0.0
        for value in t { meanT += value - origin }
        meanT /= Double(t.count)
        let meanX = sum(x) / Double(x.count)
        var covariance = 0.0
        var variance = 0.0
        for i in 0..<x.count {
            let offset = t[i] - origin - meanT
            covariance += offset * (x[i] - meanX)
            variance += offset * offset
        }
        return variance > 0 ? covariance / variance : nil
    }
}
