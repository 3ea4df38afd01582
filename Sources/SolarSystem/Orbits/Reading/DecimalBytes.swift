import Glibc

/// Decimal numbers from bytes, correctly rounded, without a String.
enum DecimalBytes {
    /// A number with spaces around it; nil when there is none or anything else. No hexadecimal, no `inf`, no `nan`.
    @inline(__always) static func double(_ text: UnsafeRawBufferPointer) -> Double? {
        let trimmed = trim(text)
        guard !trimmed.isEmpty else { return nil }
        return number(trimmed)
    }

    static func number(_ text: UnsafeRawBufferPointer) -> Double? {
        var position = 0
        let isNegative = text[0] == 0x2D
        if isNegative || text[0] == 0x2B { position = 1 }
        var mantissa: UInt64 = 0
        var digits = 0
        var scale = 0
        var hasPoint = false
        var any = false
        while position < text.count {
            let byte = text[position]
            let digit = byte &- 0x30
            if digit < 10 {
                any = true
                if digits < 19 {
                    mantissa = mantissa &* 10 &+ UInt64(digit)
                    if mantissa != 0 { digits += 1 }
                    if hasPoint { scale -= 1 }
                } else {
                    return slow(text)
                }
            } else if byte == 0x2E, !hasPoint {
                hasPoint = true
            } else {
                break
            }
            position += 1
        }
        guard any else { return nil }
        if position < text.count {
            guard let exponent = exponent(text, from: position) else { return nil }
            scale += exponent
        }
        // Exact when both factors are exact doubles (Clinger 1990).
        guard mantissa < 1 << 53, scale >= -22, scale <= 22 else { return mantissa == 0 ? 0 : slow(text) }
        let value = Double(mantissa)
        let scaled = scale < 0 ? value / powersOfTen[-scale] : value * powersOfTen[scale]
        return isNegative ? -scaled : scaled
    }

    static func integer(_ text: UnsafeRawBufferPointer) -> Int? {
        let trimmed = trim(text)
        guard !trimmed.isEmpty, trimmed.count <= 15 else { return nil }
        var value = 0
        for byte in trimmed {
            let digit = byte &- 0x30
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
        }
        return value
    }

    @inline(__always) static func trim(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var (start, end) = (0, text.count)
        while start < end, text[start] <= 0x20 { start += 1 }
        while end > start, text[end - 1] <= 0x20 { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: text[start..<end])
    }

    private static func exponent(_ text: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var position = start
        // Fortran writes D.
        guard text[position] | 0x20 == 0x65 || text[position] | 0x20 == 0x64 else { return nil }
        position += 1
        guard position < text.count else { return nil }
        let isNegative = text[position] == 0x2D
        if isNegative || text[position] == 0x2B { position += 1 }
        guard position < text.count, text.count - position <= 4 else { return nil }
        var value = 0
        while position < text.count {
            let digit = text[position] &- 0x30
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
            position += 1
        }
        return isNegative ? -value : value
    }

    /// More digits than fit: the C library rounds correctly.
    private static func slow(_ text: UnsafeRawBufferPointer) -> Double? {
        guard text.count < 400 else { return nil }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: text.count + 1) { copy in
            for index in 0..<text.count {
                let byte = text[index]
                let isDecimal = byte &- 0x30 < 10 || byte == 0x2E || byte == 0x2B || byte == 0x2D
                guard isDecimal || byte | 0x20 == 0x65 || byte | 0x20 == 0x64 else { return nil }
                copy[index] = byte | 0x20 == 0x64 ? 0x65 : CChar(bitPattern: byte)
            }
            copy[text.count] = 0
            var end: UnsafeMutablePointer<CChar>?
            guard let start = copy.baseAddress else { return nil }
            let value = strtod(start, &end)
            return end == start + text.count && value.isFinite ? value : nil
        }
    }

    private static let powersOfTen: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]
}
