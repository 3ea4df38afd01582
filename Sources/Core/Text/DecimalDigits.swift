/// Decimal digits of whole numbers, eight at a time.
enum DecimalDigits {
    /// Powers of ten that fit in 64 bits.
    private static let powersOfTen: InlineArray<20, UInt64> = [
        1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
        100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
        10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
    ]

    /// 10 to an exponent of at most 19.
    @inline(__always) static func power(_ exponent: Int) -> UInt64 { powersOfTen[exponent] }

    /// How many digits a number has, from its bit length: 1233 / 4096 is a little above the logarithm of 2. Zero has one.
    @inline(__always) static func count(_ value: UInt64) -> Int {
        let odd = value | 1
        let guess = ((64 &- odd.leadingZeroBitCount) &* 1233) &>> 12
        return guess &+ (odd >= powersOfTen[guess] ? 1 : 0)
    }

    /// The digits of a number below 10^8, a byte each, the first one in the lowest byte: hundreds, tens and ones of all at
    /// once, by multiplications that divide.
    @inline(__always) static func eight(_ value: UInt64) -> UInt64 {
        let upper = value / 10_000
        let fours = upper | (value &- upper &* 10_000) &<< 32
        let hundreds = (fours &* 10_486) &>> 20 & 0x0000_007F_0000_007F
        let twos = (fours &- hundreds &* 100) &<< 16 | hundreds
        let tens = (twos &* 103) &>> 10 & 0x000F_000F_000F_000F
        return (twos &- tens &* 10) &<< 8 | tens
    }

    /// The same with a minus sign before a negative number: at most 20 bytes, and 25 may be touched.
    @inline(__always) static func write(signed value: Int64, to place: UnsafeMutablePointer<UInt8>) -> Int {
        let sign = value < 0 ? 1 : 0
        place.pointee = UInt8(ascii: "-")
        return sign &+ write(value.magnitude, to: place + sign)
    }

    /// Writes the digits and answers how many: at most 20. The 24 bytes from the place on may be touched.
    @inline(__always) static func write(_ value: UInt64, to place: UnsafeMutablePointer<UInt8>) -> Int {
        let start = UnsafeMutableRawPointer(place)
        guard value >= 100_000_000 else { return writeShort(value, to: start) }
        let upper = value / 100_000_000
        let low = (eight(value &- upper &* 100_000_000) | ascii).littleEndian
        guard upper >= 100_000_000 else {
            let count = writeShort(upper, to: start)
            (start + count).storeBytes(of: low, as: UInt64.self)
            return count &+ 8
        }
        let leading = upper / 100_000_000
        let count = writeShort(leading, to: start)
        (start + count).storeBytes(
            of: (eight(upper &- leading &* 100_000_000) | ascii).littleEndian, as: UInt64.self)
        (start + (count &+ 8)).storeBytes(of: low, as: UInt64.self)
        return count &+ 16
    }

    /// A number below 10^8 without the zeros before it.
    @inline(__always) private static func writeShort(_ value: UInt64, to start: UnsafeMutableRawPointer) -> Int {
        let digits = eight(value)
        // Zero keeps its last digit.
        let zeros = min(digits.trailingZeroBitCount &>> 3, 7)
        start.storeBytes(of: ((digits | ascii) &>> UInt64(zeros &* 8)).littleEndian, as: UInt64.self)
        return 8 &- zeros
    }

    private static let ascii: UInt64 = 0x3030_3030_3030_3030
}
