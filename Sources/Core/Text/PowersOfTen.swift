/// Powers of ten as binary fractions of 128 bits, for numbers as shortest decimals.
///
/// Entry k is ⌈10^k · 2^-e⌉ with the e that sets its highest bit: exact up to 10^55, above the true power otherwise.
struct PowersOfTen: @unchecked Sendable {
    struct Power {
        let high: UInt64
        let low: UInt64
    }

    /// Of the exponents that doubles and floats need.
    static let exponents = -292...324

    /// Written once, never freed. Whoever writes many numbers holds a copy: each use of a global variable is a call.
    static let shared = PowersOfTen()

    /// Where the power with exponent 0 lies.
    private let origin: UnsafePointer<Power>

    private init() {
        let table = UnsafeMutablePointer<Power>.allocate(capacity: PowersOfTen.exponents.count)
        let origin = table - PowersOfTen.exponents.lowerBound
        for (exponent, power) in zip(0..., PowersOfTen.positive) { (origin + exponent).initialize(to: power) }
        for (exponent, power) in zip(1..., PowersOfTen.negative) { (origin - exponent).initialize(to: power) }
        self.origin = UnsafePointer(origin)
    }

    /// - Parameter exponent: one of `exponents`.
    @inline(__always) subscript(exponent: Int) -> Power { origin[exponent] }

    private static let limbCount = 20

    private static var positive: [Power] {
        var number = [UInt64](repeating: 0, count: limbCount)
        number[0] = 1
        return (0...exponents.upperBound).map { _ in
            let power = leading(number, isCut: false)
            var carry: UInt64 = 0
            for index in number.indices {
                let product = number[index].multipliedFullWidth(by: 10)
                let (sum, overflow) = product.low.addingReportingOverflow(carry)
                number[index] = sum
                carry = product.high &+ (overflow ? 1 : 0)
            }
            return power
        }
    }

    /// From a large power of two: whole division again and again cuts what one division would cut.
    private static var negative: [Power] {
        var number = [UInt64](repeating: 0, count: limbCount)
        number[limbCount - 1] = 1 << 63
        return (1...(-exponents.lowerBound)).map { _ in
            var rest: UInt64 = 0
            for index in number.indices.reversed() {
                (number[index], rest) = UInt64(10).dividingFullWidth((rest, number[index]))
            }
            return leading(number, isCut: true)
        }
    }

    /// The 128 highest bits of a number, one more when bits are below them or were cut.
    private static func leading(_ limbs: [UInt64], isCut: Bool) -> Power {
        let top = limbs.lastIndex { $0 != 0 } ?? 0
        let limb = { (index: Int) -> UInt64 in index < 0 ? 0 : limbs[index] }
        let shift = UInt64(limb(top).leadingZeroBitCount)
        let joined = { (index: Int) -> UInt64 in limb(index) << shift | (shift == 0 ? 0 : limb(index - 1) >> (64 - shift)) }
        let (high, low) = (joined(top), joined(top - 1))
        let hasMore = isCut || limb(top - 2) << shift != 0 || (top > 2 && limbs[..<(top - 2)].contains { $0 != 0 })
        guard hasMore else { return Power(high: high, low: low) }
        let (more, overflow) = low.addingReportingOverflow(1)
        return Power(high: high &+ (overflow ? 1 : 0), low: more)
    }
}
