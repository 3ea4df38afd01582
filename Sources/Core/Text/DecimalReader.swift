/// A decimal number as programs write it: sign, digits with or without a point, perhaps an exponent, and nothing else.
public struct DecimalReader {
    private var isNegative = false
    private var mantissa: UInt64 = 0
    /// Digits of the mantissa behind leading zeros; more than 19 do not fit.
    private var digits = 0
    private var exponent = 0

    /// - Parameter takesFortran: D begins an exponent too.
    public init?(_ field: UnsafeRawBufferPointer, takesFortran: Bool = false) {
        var place = 0
        if let first = field.first, first == 0x2D || first == 0x2B {
            isNegative = first == 0x2D
            place = 1
        }
        var isFraction = false
        var digitCount = 0
        while place < field.count {
            let byte = field[place]
            if byte == 0x2E, !isFraction {
                isFraction = true
            } else {
                let digit = byte &- 0x30
                guard digit < 10 else { break }
                take(digit, isFraction)
                digitCount += 1
            }
            place += 1
        }
        guard digitCount > 0, place == field.count || takeExponent(field, place, takesFortran) else { return nil }
    }

    private mutating func take(_ digit: UInt8, _ isFraction: Bool) {
        if digits > 0 || digit > 0 { digits += 1 }
        if digits <= 19 {
            mantissa = mantissa &* 10 &+ UInt64(digit)
            if isFraction { exponent -= 1 }
        } else if !isFraction {
            exponent += 1
        }
    }

    private mutating func takeExponent(_ field: UnsafeRawBufferPointer, _ start: Int, _ takesFortran: Bool) -> Bool {
        let letter = field[start] | 0x20
        guard letter == 0x65 || takesFortran && letter == 0x64 else { return false }
        var place = start + 1
        var isDown = false
        if place < field.count, field[place] == 0x2D || field[place] == 0x2B {
            isDown = field[place] == 0x2D
            place += 1
        }
        guard place < field.count, field.count - place <= 4 else { return false }
        var power = 0
        while place < field.count {
            let digit = field[place] &- 0x30
            guard digit < 10 else { return false }
            power = power * 10 + Int(digit)
            place += 1
        }
        exponent += isDown ? -power : power
        return true
    }

    /// The nearest double where one multiplication or division of exact numbers gives it (Clinger 1990); nil elsewhere.
    public var exactDouble: Double? {
        guard digits <= 19, mantissa <= 1 << 53, exponent >= -22, exponent <= 22 else { return nil }
        let magnitude = Double(mantissa)
        let value: Double = exponent < 0 ? magnitude / Self.powers[-exponent] : magnitude * Self.powers[exponent]
        return isNegative ? -value : value
    }

    private static let powers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]
}
