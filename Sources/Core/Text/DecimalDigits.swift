/// Decimal digits of whole numbers, two at a time.
enum DecimalDigits {
    /// "00" to "99", the first digit in the low byte.
    private static let pairs: [UInt16] = (0..<100).map { (value: UInt16) -> UInt16 in
        let (tens, ones) = value.quotientAndRemainder(dividingBy: 10)
        return (48 + tens) | (48 + ones) << 8
    }
    private static let powersOfTen: [UInt64] = (0..<20).map { (power: Int) -> UInt64 in
        (0..<power).reduce(1) { value, _ in value * 10 }
    }

    /// How many digits a number has, from its bit length: 1233 / 4096 is a little above the logarithm of 2. Zero has one.
    @inline(__always) static func count(_ value: UInt64) -> Int {
        let odd = value | 1
        let guess = ((64 &- odd.leadingZeroBitCount) &* 1233) &>> 12
        return guess &+ (odd >= powersOfTen[guess] ? 1 : 0)
    }

    /// Writes the digits and answers how many: at most 20.
    @inline(__always) static func write(_ value: UInt64, to place: UnsafeMutablePointer<UInt8>) -> Int {
        let digits = count(value)
        var rest = value
        var end = UnsafeMutableRawPointer(place + digits)
        pairs.withUnsafeBufferPointer { pairs in
            while rest >= 100 {
                let next = rest / 100
                end -= 2
                end.storeBytes(of: pairs[Int(rest &- next &* 100)].littleEndian, as: UInt16.self)
                rest = next
            }
            if rest >= 10 {
                (end - 2).storeBytes(of: pairs[Int(rest)].littleEndian, as: UInt16.self)
            } else {
                (end - 1).storeBytes(of: UInt8(truncatingIfNeeded: 48 &+ rest), as: UInt8.self)
            }
        }
        return digits
    }
}
