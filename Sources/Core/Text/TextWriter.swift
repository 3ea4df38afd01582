/// A reusable buffer of UTF-8 text: machine output without a String per value.
///
/// Numbers are the shortest that read back the same (floats as floats); NaN and infinity are `null` in JSON.
public struct TextWriter {
    public private(set) var bytes: [UInt8] = []

    public init(capacity: Int = 4096) { bytes.reserveCapacity(capacity) }

    public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }
    public var count: Int { bytes.count }
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    @inline(__always) public mutating func append(byte: UInt8) { bytes.append(byte) }
    public mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }
    public mutating func append(string text: some StringProtocol) { bytes.append(contentsOf: text.utf8) }
    public mutating func append(raw: UnsafeRawBufferPointer) { bytes.append(contentsOf: raw) }
    public mutating func append(raw: [UInt8]) { bytes.append(contentsOf: raw) }

    public mutating func append(integer value: Int64) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        appendDigits(value.magnitude)
    }

    private mutating func appendDigits(_ value: UInt64) {
        var rest = value
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var start = 20
            repeat {
                start -= 1
                digits[start] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            bytes.append(contentsOf: digits[start..<20])
        }
    }

    /// Shortest decimal that reads back as the same double; `null` when not finite.
    public mutating func append(double value: Double) {
        guard value.isFinite else { return append("null") }
        append(string: value.description)
    }

    /// Shortest decimal that reads back as the same float; `null` when not finite.
    public mutating func append(float value: Float) {
        guard value.isFinite else { return append("null") }
        append(string: value.description)
    }

    /// A JSON string with quotes; bytes that are not UTF-8 become U+FFFD.
    public mutating func append(jsonString text: some StringProtocol) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 { appendEscaped(byte) }
        bytes.append(UInt8(ascii: "\""))
    }

    /// A JSON string from raw bytes that claim to be UTF-8.
    public mutating func append(jsonBytes raw: UnsafeRawBufferPointer) {
        if raw.allSatisfy({ $0 < 0x80 }) {
            bytes.append(UInt8(ascii: "\""))
            for byte in raw { appendEscaped(byte) }
            bytes.append(UInt8(ascii: "\""))
        } else {
            append(jsonString: String(decoding: raw, as: UTF8.self))
        }
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x0A: append("\\n")
        case 0x0D: append("\\r")
        case 0x09: append("\\t")
        case 0..<0x20:
            append("\\u00")
            bytes.append(TextWriter.hexDigits[Int(byte >> 4)])
            bytes.append(TextWriter.hexDigits[Int(byte & 15)])
        default: bytes.append(byte)
        }
    }

    /// A CSV field, quoted only where RFC 4180 asks for it.
    public mutating func append(csvField text: some StringProtocol) {
        let needsQuotes = text.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
        guard needsQuotes else { return append(string: text) }
        bytes.append(0x22)
        for byte in text.utf8 {
            if byte == 0x22 { bytes.append(0x22) }
            bytes.append(byte)
        }
        bytes.append(0x22)
    }

    static let hexDigits = Array("0123456789abcdef".utf8)
}
