import Core
import Glibc

/// What the text of CSV fields can be read as: the narrowest type that holds every value of a column.
struct CSVCell {
    /// Missing: empty, `null`, `NULL`, `NaN` or `\N`.
    static func isMissing(_ field: UnsafeRawBufferPointer) -> Bool {
        switch field.count {
        case 0: true
        case 2: field[0] == 0x5C && field[1] == 0x4E
        case 3: lower(field[0]) == 0x6E && lower(field[1]) == 0x61 && lower(field[2]) == 0x6E
        case 4:
            lower(field[0]) == 0x6E && lower(field[1]) == 0x75 && lower(field[2]) == 0x6C && lower(field[3]) == 0x6C
        default: false
        }
    }

    /// A decimal integer as a program writes one: no leading zeros, which identifiers may have for a reason.
    static func int64(_ field: UnsafeRawBufferPointer) -> Int64? {
        let isNegative = field.first == 0x2D
        let digits = field.count - (isNegative ? 1 : 0)
        guard digits > 0, digits <= 19 else { return nil }
        let first = isNegative ? 1 : 0
        guard field[first] != 0x30 || digits == 1 && !isNegative else { return nil }
        var magnitude: UInt64 = 0
        for index in first..<field.count {
            let digit = field[index] &- 0x30
            guard digit < 10 else { return nil }
            magnitude = magnitude * 10 + UInt64(digit)
        }
        if isNegative { return magnitude <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil }
        return Int64(exactly: magnitude)
    }

    /// A decimal number; spaces around it are allowed, a byte that belongs to no number follows the field.
    static func double(_ field: UnsafeRawBufferPointer) -> Double? {
        if let plain = DecimalReader(field), let value = plain.exactDouble { return value }
        guard let base = field.baseAddress, !field.isEmpty else { return nil }
        guard !field.contains(where: { $0 == 0x78 || $0 == 0x58 }) else { return nil }
        let start = base.assumingMemoryBound(to: CChar.self)
        var end: UnsafeMutablePointer<CChar>?
        let value = strtod(start, &end)
        guard let end else { return nil }
        var used = UnsafePointer(end) - start
        guard used > 0 else { return nil }
        while used < field.count, field[used] == 0x20 { used += 1 }
        return used == field.count ? value : nil
    }

    static func bool(_ field: UnsafeRawBufferPointer) -> Bool? {
        let word = field.map(lower)
        if word.elementsEqual("true".utf8) { return true }
        return word.elementsEqual("false".utf8) ? false : nil
    }

    private static func lower(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }
}

/// Which types a column's values so far allow.
struct CSVTypeGuess {
    private var allowsInt = true
    private var allowsDouble = true
    private var allowsBool = true
    private var isEmpty = true
    /// An integer was seen that no Float64 holds.
    private var hasWideInteger = false

    mutating func see(_ field: UnsafeRawBufferPointer) {
        guard allowsInt || allowsDouble || allowsBool, !CSVCell.isMissing(field) else { return }
        isEmpty = false
        if allowsInt {
            let value = CSVCell.int64(field)
            if let value, value.magnitude > 1 << 53 { hasWideInteger = true }
            if value == nil { allowsInt = false }
        }
        if allowsDouble, !allowsInt, !Self.isNumber(field) { allowsDouble = false }
        if allowsBool, CSVCell.bool(field) == nil { allowsBool = false }
    }

    /// `007` is a name, not a number.
    private static func isNumber(_ field: UnsafeRawBufferPointer) -> Bool {
        if field.count > 1, field[0] == 0x30, field[1] >= 0x30, field[1] <= 0x39 { return false }
        return DecimalReader(field) != nil || CSVCell.double(field) != nil
    }

    /// Integers that cannot be kept exactly beside the column's fractions.
    var losesDigits: Bool { hasWideInteger && type == .float64 }

    /// A column without any value counts as numbers.
    var type: ColumnType {
        if isEmpty { return .float64 }
        if allowsInt { return .int64 }
        if allowsDouble { return .float64 }
        return allowsBool ? .bool : .string
    }
}
