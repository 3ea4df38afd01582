/// JSON as bytes: members of an object and elements of an array, without building values.
///
/// Lenient where it does no harm (a trailing comma), but an object that is not one is said to be none.
struct JSONValue {
    enum Kind { case string, number, object, array, word }

    let kind: Kind
    /// Of a string without its quotes, escapes untouched; of others as written.
    let bytes: UnsafeRawBufferPointer

    /// A number, or a string that holds one; nil for null and NaN.
    var number: Double? { kind == .number || kind == .string ? DecimalBytes.double(bytes) : nil }

    /// The value's text: a string as it is, a number as written; nil for null and anything nested.
    var text: UnsafeRawBufferPointer? { kind == .string || kind == .number ? bytes : nil }

    /// A string with its escapes undone.
    var unescaped: [UInt8] {
        guard bytes.contains(0x5C) else { return Array(bytes) }
        // No escape is longer than what it stands for.
        return [UInt8](unsafeUninitializedCapacity: bytes.count) { result, count in
            var position = 0
            while position < bytes.count {
                let byte = bytes[position]
                position += 1
                if byte == 0x5C, position < bytes.count {
                    count += JSONValue.undo(bytes, &position, into: result, at: count)
                } else {
                    result[count] = byte
                    count += 1
                }
            }
        }
    }

    /// Undoes the escape whose letter stands at `position`; answers how many bytes it wrote.
    private static func undo(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int, into result: UnsafeMutableBufferPointer<UInt8>, at place: Int
    ) -> Int {
        let escape = bytes[position]
        position += 1
        switch escape {
        case 0x6E: result[place] = 0x0A
        case 0x74: result[place] = 0x09
        case 0x72: result[place] = 0x0D
        case 0x62: result[place] = 0x08
        case 0x66: result[place] = 0x0C
        case 0x75:
            let digits = bytes[position..<min(position + 4, bytes.count)]
            position += digits.count
            let scalar = Unicode.Scalar(UInt32(String(decoding: digits, as: UTF8.self), radix: 16) ?? 0xFFFD)
            let text = Array(String(Character(scalar ?? "\u{FFFD}")).utf8.prefix(2 + digits.count))
            for (offset, byte) in text.enumerated() { result[place + offset] = byte }
            return text.count
        default: result[place] = escape
        }
        return 1
    }
}

struct JSONCursor {
    private let text: UnsafeRawBufferPointer
    private var position = 0

    init(_ text: UnsafeRawBufferPointer) { self.text = text }

    /// Calls `body` for every member of the object that `text` is; false when it is none or breaks off.
    static func members(
        of text: UnsafeRawBufferPointer, _ body: (_ key: UnsafeRawBufferPointer, _ value: JSONValue) -> Void
    ) -> Bool {
        var cursor = JSONCursor(text)
        guard cursor.take(0x7B) else { return false }
        while true {
            if cursor.take(0x7D) { return true }
            guard let key = cursor.value(), key.kind == .string, cursor.take(0x3A), let value = cursor.value() else {
                return false
            }
            body(key.bytes, value)
            if !cursor.take(0x2C) { return cursor.take(0x7D) }
        }
    }

    /// Calls `body` for every element of the array that `text` is; false when it is none or breaks off.
    static func elements(of text: UnsafeRawBufferPointer, _ body: (JSONValue) -> Void) -> Bool {
        var cursor = JSONCursor(text)
        guard cursor.take(0x5B) else { return false }
        while true {
            if cursor.take(0x5D) { return true }
            guard let value = cursor.value() else { return false }
            body(value)
            if !cursor.take(0x2C) { return cursor.take(0x5D) }
        }
    }

    static func numbers(of value: JSONValue) -> [Double]? {
        guard value.kind == .array else { return nil }
        var numbers: [Double] = []
        guard elements(of: value.bytes, { numbers.append($0.number ?? .nan) }) else { return nil }
        return numbers
    }

    private mutating func skipSpace() {
        while position < text.count, text[position] <= 0x20 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard position < text.count, text[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func value() -> JSONValue? {
        skipSpace()
        guard position < text.count else { return nil }
        switch text[position] {
        case 0x22: return string()
        case 0x7B: return nested(.object)
        case 0x5B: return nested(.array)
        default: return scalar()
        }
    }

    private mutating func string() -> JSONValue? {
        let start = position + 1
        position = start
        while position < text.count {
            let byte = text[position]
            if byte == 0x22 {
                defer { position += 1 }
                return JSONValue(kind: .string, bytes: UnsafeRawBufferPointer(rebasing: text[start..<position]))
            }
            position += byte == 0x5C ? 2 : 1
        }
        return nil
    }

    private mutating func nested(_ kind: JSONValue.Kind) -> JSONValue? {
        let start = position
        var depth = 0
        while position < text.count {
            switch text[position] {
            case 0x22:
                guard string() != nil else { return nil }
                continue
            case 0x7B, 0x5B: depth += 1
            case 0x7D, 0x5D:
                depth -= 1
                if depth == 0 {
                    position += 1
                    return JSONValue(kind: kind, bytes: UnsafeRawBufferPointer(rebasing: text[start..<position]))
                }
            default: break
            }
            position += 1
        }
        return nil
    }

    private mutating func scalar() -> JSONValue? {
        let start = position
        while position < text.count {
            let byte = text[position]
            if byte <= 0x20 || byte == 0x2C || byte == 0x7D || byte == 0x5D { break }
            position += 1
        }
        guard position > start else { return nil }
        let bytes = UnsafeRawBufferPointer(rebasing: text[start..<position])
        let isNumber = bytes[0] == 0x2D || bytes[0] &- 0x30 < 10
        return JSONValue(kind: isNumber ? .number : .word, bytes: bytes)
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes are this text.
    @inline(__always) func isText(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        for index in 0..<count where self[index] != text.utf8Start[index] { return false }
        return true
    }
}
