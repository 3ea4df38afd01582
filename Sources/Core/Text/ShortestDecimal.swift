/// The shortest decimal that reads back as the same binary number, and of those the nearest to it.
///
/// The algorithm is Schubfach (R. Giulietti, "The Schubfach way to render doubles", 2020): one multiplication by a power of
/// ten for the number and for each end of its rounding interval, and at most one digit to choose.
struct ShortestDecimal {
    /// The number is `digits` · 10^`exponent`; zeros may end it.
    let digits: UInt64
    let exponent: Int

    /// A finite number other than zero; the sign is left out.
    @inline(__always) init(_ value: Double, _ powers: PowersOfTen) {
        let bits = value.bitPattern
        let fraction = bits & 0x000F_FFFF_FFFF_FFFF
        let field = Int(bits &>> 52 & 0x7FF)
        let isNormal = field != 0
        let significand = isNormal ? fraction | 1 &<< 52 : fraction
        let binary = (isNormal ? field : 1) &- 1075
        if binary <= 0, binary > -53, significand.trailingZeroBitCount >= -binary {
            self.init(digits: significand &>> UInt64(-binary), exponent: 0)
            return
        }
        // Below a power of two the neighbour is half as far.
        let isEdge = fraction == 0 && field > 1
        let decimal = ShortestDecimal.decimalExponent(binary, isEdge)
        let shift = UInt64(truncatingIfNeeded: ShortestDecimal.shift(binary, decimal))
        let power = powers[-decimal]
        self.init(
            below: ShortestDecimal.product(power, (4 &* significand &- (isEdge ? 1 : 2)) &<< shift),
            at: ShortestDecimal.product(power, (4 &* significand) &<< shift),
            above: ShortestDecimal.product(power, (4 &* significand &+ 2) &<< shift),
            isEven: significand & 1 == 0, exponent: decimal)
    }

    /// A finite number other than zero; the sign is left out.
    @inline(__always) init(_ value: Float, _ powers: PowersOfTen) {
        let bits = value.bitPattern
        let fraction = bits & 0x007F_FFFF
        let field = Int(bits &>> 23 & 0xFF)
        let isNormal = field != 0
        let significand = UInt64(isNormal ? fraction | 1 &<< 23 : fraction)
        let binary = (isNormal ? field : 1) &- 150
        if binary <= 0, binary > -24, significand.trailingZeroBitCount >= -binary {
            self.init(digits: significand &>> UInt64(-binary), exponent: 0)
            return
        }
        let isEdge = fraction == 0 && field > 1
        let decimal = ShortestDecimal.decimalExponent(binary, isEdge)
        let shift = UInt64(truncatingIfNeeded: ShortestDecimal.shift(binary, decimal))
        let wide = powers[-decimal]
        let power = wide.high &+ (wide.low == 0 ? 0 : 1)
        self.init(
            below: ShortestDecimal.product(power, (4 &* significand &- (isEdge ? 1 : 2)) &<< shift),
            at: ShortestDecimal.product(power, (4 &* significand) &<< shift),
            above: ShortestDecimal.product(power, (4 &* significand &+ 2) &<< shift),
            isEven: significand & 1 == 0, exponent: decimal)
    }

    @inline(__always) private init(digits: UInt64, exponent: Int) {
        self.digits = digits
        self.exponent = exponent
    }

    /// Chooses between four times the number and the ends of its interval, all in units of 10^`exponent` / 4.
    @inline(__always) private init(below: UInt64, at: UInt64, above: UInt64, isEven: Bool, exponent: Int) {
        // An even number owns the ends of its interval.
        let lower = below &+ (isEven ? 0 : 1)
        let upper = above &- (isEven ? 0 : 1)
        let whole = at / 4
        let short = whole / 10
        // Flags and masks, not branches: which candidate it is hangs on the last bits of the number.
        let isShortUp = flag(40 &* short &+ 40 <= upper)
        let isShort = (flag(lower <= 40 &* short) ^ isShortUp) & flag(whole >= 10)
        let isUp = flag(4 &* whole &+ 4 <= upper)
        let isOne = flag(lower <= 4 &* whole) ^ isUp
        let isNearerUp = flag(at > 4 &* whole &+ 2 &- (whole & 1))
        let long = whole &+ (isNearerUp ^ ((isNearerUp ^ isUp) & isOne))
        self.init(
            digits: long ^ ((long ^ (short &+ isShortUp)) & (0 &- isShort)),
            exponent: exponent &+ Int(truncatingIfNeeded: isShort))
    }

    /// ⌊log₁₀ 2^binary⌋, or of three quarters of it.
    @inline(__always) private static func decimalExponent(_ binary: Int, _ isEdge: Bool) -> Int {
        (binary &* 1_262_611 &- (isEdge ? 524_031 : 0)) &>> 22
    }

    /// So that a product with the power of ten has two bits below the units.
    @inline(__always) private static func shift(_ binary: Int, _ decimal: Int) -> Int {
        binary &+ (-decimal &* 1_741_647) &>> 19 &+ 1
    }

    /// The high part of a product, its last bit set when what is cut off is not zero.
    @inline(__always) private static func product(_ power: PowersOfTen.Power, _ factor: UInt64) -> UInt64 {
        let low = power.low.multipliedFullWidth(by: factor).high
        let high = power.high.multipliedFullWidth(by: factor)
        let (middle, carry) = high.low.addingReportingOverflow(low)
        return (high.high &+ (carry ? 1 : 0)) | (middle > 1 ? 1 : 0)
    }

    @inline(__always) private static func product(_ power: UInt64, _ factor: UInt64) -> UInt64 {
        let product = power.multipliedFullWidth(by: factor)
        return product.high | (product.low &>> 32 > 1 ? 1 : 0)
    }
}

@inline(__always) private func flag(_ condition: Bool) -> UInt64 { condition ? 1 : 0 }
