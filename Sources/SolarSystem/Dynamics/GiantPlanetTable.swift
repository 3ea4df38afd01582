import Sky

/// Piecewise Chebyshev polynomials of one giant planet's heliocentric place.
///
/// ERFA's `plan94` puts Jupiter some 50 000 km off, enough to move a Trojan by 0.3″ in 200 days; these tables are within
/// 2 000 km (the wobble of the Sun that the inner planets cause is smoothed out).
struct GiantPlanetTable: Sendable {
    let daysPerPolynomial: Double
    let coefficientCount: Int
    /// Units of 1e-10 au; x, y, z of each polynomial.
    let coefficients: [Int]

    init(daysPerPolynomial: Int, coefficientCount: Int, coefficients: [Int]) {
        self.daysPerPolynomial = Double(daysPerPolynomial)
        self.coefficientCount = coefficientCount
        self.coefficients = coefficients
    }

    /// The place in au on ICRF axes, nil outside the table.
    func position(tdbMjd: Double) -> Vec3? {
        let place: Double = (tdbMjd - GiantPlanetTables.beginMjdTDB) / daysPerPolynomial
        let polynomials = coefficients.count / (3 * coefficientCount)
        guard place >= 0, place < Double(polynomials) else { return nil }
        let index = Int(place)
        let x: Double = 2 * (place - Double(index)) - 1
        let base = index * 3 * coefficientCount
        return Vec3(
            x: sum(base, x), y: sum(base + coefficientCount, x), z: sum(base + 2 * coefficientCount, x))
    }

    private func sum(_ base: Int, _ x: Double) -> Double {
        var next: Double = 0
        var afterNext: Double = 0
        for index in stride(from: coefficientCount - 1, to: 0, by: -1) {
            let value: Double = 2 * x * next - afterNext + Double(coefficients[base + index])
            afterNext = next
            next = value
        }
        return (x * next - afterNext + Double(coefficients[base])) * 1e-10
    }
}
