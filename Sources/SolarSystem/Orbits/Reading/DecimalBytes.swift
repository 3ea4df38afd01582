import Core
import Glibc

/// Decimal numbers from bytes, correctly rounded, without a String.
enum DecimalBytes {
    /// A number with spaces around it; nil when there is none or anything else. No hexadecimal, no `inf`, no `nan`.
    @inline(__always) static func double(_ text: UnsafeRawBufferPointer) -> Double? {
        let trimmed = trim(text)
        guard !trimmed.isEmpty else { return nil }
        return number(trimmed)
    }

    private static func number(_ text: UnsafeRawBufferPointer) -> Double? {
        guard let decimal = DecimalReader(text, takesFortran: true) else { return nil }
        return decimal.exactDouble ?? slow(text)
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
}
