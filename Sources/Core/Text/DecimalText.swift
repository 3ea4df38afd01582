/// Finite binary numbers as text without a String: the bytes that `description` gives.
///
/// Decimal from 0.0001 to 2^53 (floats: 2^24), else scientific; a whole number ends in ".0".
enum DecimalText {
    /// Bytes that a number may touch at the place it is written to; its text has at most 24.
    static let room = 48

    /// Writes the text and answers its length.
    @inline(__always) static func write(_ value: Double, to place: UnsafeMutablePointer<UInt8>, _ powers: PowersOfTen) -> Int {
        let sign = value.sign == .minus ? 1 : 0
        place.pointee = UInt8(ascii: "-")
        guard value != 0 else { return sign + writeZero(to: place + sign) }
        let decimal = ShortestDecimal(value, powers)
        return sign
            + write(decimal, digitLimit: 17, isScientific: abs(value) > 9_007_199_254_740_992, to: place + sign)
    }

    /// Writes the text and answers its length.
    @inline(__always) static func write(_ value: Float, to place: UnsafeMutablePointer<UInt8>, _ powers: PowersOfTen) -> Int {
        let sign = value.sign == .minus ? 1 : 0
        place.pointee = UInt8(ascii: "-")
        guard value != 0 else { return sign + writeZero(to: place + sign) }
        let decimal = ShortestDecimal(value, powers)
        return sign + write(decimal, digitLimit: 9, isScientific: abs(value) > 16_777_216, to: place + sign)
    }

    @inline(__always) private static func writeZero(to place: UnsafeMutablePointer<UInt8>) -> Int {
        UnsafeMutableRawPointer(place).storeBytes(of: 0x30_2E30, as: UInt32.self)
        return 3
    }

    /// - Parameter digitLimit: 17 or 9, the most digits that the number can have.
    @inline(__always) private static func write(
        _ decimal: ShortestDecimal, digitLimit: Int, isScientific: Bool, to place: UnsafeMutablePointer<UInt8>
    ) -> Int {
        let digitCount = DecimalDigits.count(decimal.digits)
        // Of d.ddd × 10^power.
        let power = decimal.exponent &+ digitCount &- 1
        let isSmall = power < 0 && power >= -4
        let isPlain = isSmall || (power >= 0 && !isScientific)
        let start = UnsafeMutableRawPointer(place)
        let zeros = isSmall ? 1 &- power : 0
        // "0.000"; what is too much is written over.
        if isSmall { start.storeBytes(of: 0x3030_3030_3030_2E30, as: UInt64.self) }
        let first = start + zeros
        let aligned = decimal.digits &* DecimalDigits.power(digitLimit &- digitCount)
        let count =
            digitLimit == 17 ? writeSeventeen(aligned, to: first) : writeNine(UInt32(truncatingIfNeeded: aligned), to: first)
        if isSmall { return zeros &+ count }
        guard isPlain else { return writeScientific(first, count, power) }
        let whole = power &+ 1
        guard count > whole else {
            (first + whole).storeBytes(of: 0x302E, as: UInt16.self)
            return whole &+ 2
        }
        makeRoom(first + whole)
        return count &+ 1
    }

    /// Moves sixteen bytes one further and puts a point before them.
    @inline(__always) private static func makeRoom(_ place: UnsafeMutableRawPointer) {
        let (low, high) = (place.loadUnaligned(as: UInt64.self), (place + 8).loadUnaligned(as: UInt64.self))
        (place + 1).storeBytes(of: low, as: UInt64.self)
        (place + 9).storeBytes(of: high, as: UInt64.self)
        place.storeBytes(of: 0x2E, as: UInt8.self)
    }

    @inline(never) private static func writeScientific(
        _ first: UnsafeMutableRawPointer, _ digitCount: Int, _ power: Int
    ) -> Int {
        var count = 1
        if digitCount > 1 {
            makeRoom(first + 1)
            count = digitCount + 1
        }
        // "e-" or "e+", then at least two digits.
        (first + count).storeBytes(of: power < 0 ? 0x2D65 : 0x2B65, as: UInt16.self)
        count += 2
        let digits = (first + count).assumingMemoryBound(to: UInt8.self)
        guard power.magnitude < 10 else { return count + DecimalDigits.write(UInt64(power.magnitude), to: digits) }
        digits[0] = UInt8(ascii: "0")
        digits[1] = UInt8(48 + power.magnitude)
        return count + 2
    }

    // MARK: Digits

    private static let ascii: UInt64 = 0x3030_3030_3030_3030

    /// Writes all seventeen digits and answers how many there are without the zeros at the end.
    @inline(__always) private static func writeSeventeen(_ value: UInt64, to place: UnsafeMutableRawPointer) -> Int {
        let upper = value / 100_000_000
        let leading = upper / 100_000_000
        let high = DecimalDigits.eight(upper &- leading &* 100_000_000)
        let low = DecimalDigits.eight(value &- upper &* 100_000_000)
        place.storeBytes(of: UInt8(truncatingIfNeeded: 48 &+ leading), as: UInt8.self)
        (place + 1).storeBytes(of: (high | ascii).littleEndian, as: UInt64.self)
        (place + 9).storeBytes(of: (low | ascii).littleEndian, as: UInt64.self)
        if low != 0 { return 17 &- low.leadingZeroBitCount / 8 }
        return high == 0 ? 1 : 9 &- high.leadingZeroBitCount / 8
    }

    /// The same of nine digits.
    @inline(__always) private static func writeNine(_ value: UInt32, to place: UnsafeMutableRawPointer) -> Int {
        let leading = value / 100_000_000
        let low = DecimalDigits.eight(UInt64(value &- leading &* 100_000_000))
        place.storeBytes(of: UInt8(truncatingIfNeeded: 48 &+ leading), as: UInt8.self)
        (place + 1).storeBytes(of: (low | ascii).littleEndian, as: UInt64.self)
        return low == 0 ? 1 : 9 &- low.leadingZeroBitCount / 8
    }
}
