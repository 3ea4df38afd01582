import Core
import Glibc

/// A linear axis: data to pixels, and round places for its ticks.
struct PlotAxis {
    let low: Double
    let high: Double
    /// Pixel of `low` and of `high`; on the vertical axis the first is the larger.
    let from: Double
    let to: Double

    /// Widens the range of `values` by `margin` of its length on both sides; a single value gets `minimumSpan`.
    init(_ values: [Double], margin: Double, minimumSpan: Double, from: Double, to: Double) {
        let finite = values.filter(\.isFinite)
        var low = finite.min() ?? 0
        var high = finite.max() ?? 1
        if high - low < minimumSpan {
            let middle = (high + low) / 2
            (low, high) = (middle - minimumSpan / 2, middle + minimumSpan / 2)
        }
        let widening = (high - low) * margin
        self.low = low - widening
        self.high = high + widening
        self.from = from
        self.to = to
    }

    func pixel(_ value: Double) -> Double { from + (value - low) / (high - low) * (to - from) }

    /// Multiples of 1, 2 or 5 × 10ⁿ, about `count` of them.
    func ticks(_ count: Int) -> [Double] {
        let step = self.step(count)
        var ticks: [Double] = []
        var multiple = (low / step).rounded(.up)
        while multiple * step <= high, ticks.count < 50 {
            ticks.append(multiple * step)
            multiple += 1
        }
        return ticks
    }

    /// Decimals that tell the ticks apart.
    func decimals(_ count: Int) -> Int { max(0, Int((-log10(step(count))).rounded(.up))) }

    private func step(_ count: Int) -> Double {
        let raw = (high - low) / Double(max(1, count))
        let power = pow(10, log10(raw).rounded(.down))
        let fraction = raw / power
        return power * (fraction <= 1 ? 1 : fraction <= 2 ? 2 : fraction <= 5 ? 5 : 10)
    }
}
