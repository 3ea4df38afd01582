/// A cubic spline through points with given slopes at both ends.
struct ClampedSpline: Sendable {
    private let x: [Double]
    private let y: [Double]
    private let bends: [Double]

    init(x: [Double], y: [Double], slopes: (Double, Double)) {
        precondition(x.count == y.count && x.count >= 2)
        let last = x.count - 1
        var upper = [Double](repeating: 0, count: x.count)
        var bends = [Double](repeating: 0, count: x.count)
        let firstStep: Double = x[1] - x[0]
        upper[0] = -0.5
        bends[0] = 3 / firstStep * ((y[1] - y[0]) / firstStep - slopes.0)
        for index in 1..<last {
            let part: Double = (x[index] - x[index - 1]) / (x[index + 1] - x[index - 1])
            let pivot: Double = part * upper[index - 1] + 2
            let right: Double = (y[index + 1] - y[index]) / (x[index + 1] - x[index])
            let left: Double = (y[index] - y[index - 1]) / (x[index] - x[index - 1])
            upper[index] = (part - 1) / pivot
            let bend: Double = 6 * (right - left) / (x[index + 1] - x[index - 1])
            bends[index] = (bend - part * bends[index - 1]) / pivot
        }
        let lastStep: Double = x[last] - x[last - 1]
        let end: Double = 3 / lastStep * (slopes.1 - (y[last] - y[last - 1]) / lastStep)
        bends[last] = (end - 0.5 * bends[last - 1]) / (0.5 * upper[last - 1] + 1)
        for index in (0..<last).reversed() { bends[index] += upper[index] * bends[index + 1] }
        (self.x, self.y, self.bends) = (x, y, bends)
    }

    /// Constant outside the points.
    func value(_ at: Double) -> Double {
        guard at > x[0] else { return y[0] }
        guard at < x[x.count - 1] else { return y[y.count - 1] }
        var index = 1
        while x[index] < at { index += 1 }
        let step: Double = x[index] - x[index - 1]
        let a: Double = (x[index] - at) / step
        let b: Double = 1 - a
        let bend: Double = (a * a * a - a) * bends[index - 1] + (b * b * b - b) * bends[index]
        return a * y[index - 1] + b * y[index] + bend * step * step / 6
    }
}
