import Glibc
import Sky
import Synchronization

/// Places of the Sun, the planets and the Moon at any time, fast: Chebyshev polynomials of eight days that are made from
/// the series when first asked for, and are kept. They reproduce the series to 1e-11 au.
///
/// One table serves every thread and every night.
public final class PlanetTable: Sendable {
    private let segments = Mutex<[Int: Segment]>([:])

    public init() {}

    /// Polynomials of one span: 10 bodies (the perturbers, then the Sun from the barycentre) × 3 × `count`.
    fileprivate final class Segment: Sendable {
        let coefficients: [Double]
        init(_ coefficients: [Double]) { self.coefficients = coefficients }
    }

    fileprivate static let days: Double = 8
    fileprivate static let count = 14
    private static let sunIndex = Perturber.count

    /// Numbers per instant in `write`: nine places, then the acceleration that the perturbers give the Sun (au/d²).
    static let numbersPerInstant = 3 * Perturber.count + 3

    /// Writes what the equations of motion need at one instant (TDB): `numbersPerInstant` numbers.
    func write(tdbMjd: Double, into out: UnsafeMutablePointer<Double>) {
        let (segment, x) = find(tdbMjd)
        var ax: Double = 0
        var ay: Double = 0
        var az: Double = 0
        for body in 0..<Perturber.count {
            let place = segment.position(body, x)
            (out[3 * body], out[3 * body + 1], out[3 * body + 2]) = (place.x, place.y, place.z)
            let square: Double = place.dot(place)
            let pull: Double = Perturber.gravity[body] / (square * square.squareRoot())
            ax += pull * place.x
            ay += pull * place.y
            az += pull * place.z
        }
        let end = 3 * Perturber.count
        (out[end], out[end + 1], out[end + 2]) = (ax, ay, az)
    }

    func position(of body: Perturber, tdbMjd: Double) -> Vec3 {
        let (segment, x) = find(tdbMjd)
        return segment.position(body.rawValue, x)
    }

    /// The Earth's centre from the Sun: au and au/d, ICRF axes.
    public func earth(tdbMjd: Double) -> HelioState {
        let (segment, x) = find(tdbMjd)
        let body = Perturber.earth.rawValue
        return HelioState(position: segment.position(body, x), velocity: segment.velocity(body, x))
    }

    /// The Sun's velocity about the barycentre of the Solar System, au/d: 15 m/s, which light time turns into 0.01″.
    public func sunVelocity(tdbMjd: Double) -> Vec3 {
        let (segment, x) = find(tdbMjd)
        return segment.velocity(Self.sunIndex, x)
    }

    private func find(_ tdbMjd: Double) -> (Segment, Double) {
        let place: Double = tdbMjd / Self.days
        let index = Int(place.rounded(.down))
        let x: Double = 2 * (place - Double(index)) - 1
        if let known = segments.withLock({ $0[index] }) { return (known, x) }
        let made = Self.make(index)
        segments.withLock { $0[index] = made }
        return (made, x)
    }

    private static func make(_ index: Int) -> Segment {
        let begin: Double = Double(index) * days
        var values = [Vec3](repeating: Vec3(x: 0, y: 0, z: 0), count: count * (Perturber.count + 1))
        for node in 0..<count {
            let x: Double = cos(Double.pi * (Double(node) + 0.5) / Double(count))
            let series = PlanetSeries(tdbMjd: begin + days / 2 * (1 + x))
            for body in 0..<Perturber.count { values[body * count + node] = series.places[body] }
            values[sunIndex * count + node] = series.sun
        }
        var coefficients = [Double](repeating: 0, count: 3 * values.count)
        for body in 0...sunIndex {
            for order in 0..<count {
                var sum = Vec3(x: 0, y: 0, z: 0)
                for node in 0..<count {
                    let angle: Double = Double.pi * Double(order) * (Double(node) + 0.5) / Double(count)
                    sum = sum + cos(angle) * values[body * count + node]
                }
                let scale: Double = (order == 0 ? 1 : 2) / Double(count)
                let base = 3 * body * count + order
                coefficients[base] = scale * sum.x
                coefficients[base + count] = scale * sum.y
                coefficients[base + 2 * count] = scale * sum.z
            }
        }
        return Segment(coefficients)
    }
}

extension PlanetTable.Segment {
    func position(_ body: Int, _ x: Double) -> Vec3 {
        let base = 3 * body * PlanetTable.count
        return Vec3(
            x: value(base, x), y: value(base + PlanetTable.count, x), z: value(base + 2 * PlanetTable.count, x))
    }

    func velocity(_ body: Int, _ x: Double) -> Vec3 {
        let base = 3 * body * PlanetTable.count
        let perDay: Double = 2 / PlanetTable.days
        return perDay
            * Vec3(
                x: slope(base, x), y: slope(base + PlanetTable.count, x), z: slope(base + 2 * PlanetTable.count, x))
    }

    private func value(_ base: Int, _ x: Double) -> Double {
        coefficients.withUnsafeBufferPointer { all in
            var next: Double = 0
            var afterNext: Double = 0
            for order in (1..<PlanetTable.count).reversed() {
                let value: Double = 2 * x * next - afterNext + all[base + order]
                afterNext = next
                next = value
            }
            return x * next - afterNext + all[base]
        }
    }

    /// Σ n c_n U_{n−1}(x), by the recurrence of the polynomials of the second kind.
    private func slope(_ base: Int, _ x: Double) -> Double {
        coefficients.withUnsafeBufferPointer { all in
            var next: Double = 0
            var afterNext: Double = 0
            for order in (1..<PlanetTable.count).reversed() {
                let value: Double = 2 * x * next - afterNext + Double(order) * all[base + order]
                afterNext = next
                next = value
            }
            return next
        }
    }
}
