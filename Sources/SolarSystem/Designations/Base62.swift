/// The Minor Planet Center's digits: 0–9, A–Z, a–z.
enum Base62 {
    static func value(_ digit: UInt8) -> Int? {
        switch digit {
        case 0x30...0x39: Int(digit) - 0x30
        case 0x41...0x5A: Int(digit) - 0x41 + 10
        case 0x61...0x7A: Int(digit) - 0x61 + 36
        default: nil
        }
    }

    /// - Precondition: `value` in 0..<62.
    static func digit(_ value: Int) -> UInt8 {
        precondition((0..<62).contains(value))
        return UInt8(value < 10 ? 0x30 + value : value < 36 ? 0x41 + value - 10 : 0x61 + value - 36)
    }

    static func number(_ digits: some Sequence<UInt8>) -> Int? {
        var number = 0
        for digit in digits {
            guard let value = value(digit) else { return nil }
            number = number * 62 + value
        }
        return number
    }

    static func append(_ number: Int, digits count: Int, to bytes: inout [UInt8]) {
        var divisor = 1
        for _ in 1..<count { divisor *= 62 }
        var rest = number
        for _ in 0..<count {
            bytes.append(digit(rest / divisor))
            rest %= divisor
            divisor /= 62
        }
    }
}

/// Decimal digits of designations.
enum Digits {
    static func number(_ digits: some Collection<UInt8>) -> Int? {
        guard !digits.isEmpty, digits.count <= 9 else { return nil }
        var number = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            number = number * 10 + Int(digit - 0x30)
        }
        return number
    }

    static func append(_ number: Int, width: Int, to bytes: inout [UInt8]) {
        let text = Array(String(number).utf8)
        bytes += [UInt8](repeating: 0x30, count: max(0, width - text.count)) + text
    }
}
