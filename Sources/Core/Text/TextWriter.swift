/// A reusable buffer of UTF-8 text: machine output without a String per value.
///
/// Numbers are the shortest that read back the same (floats as floats); NaN and infinity are `null` in JSON.
public struct TextWriter: Sendable {
    private var buffer: TextBuffer
    let powers = PowersOfTen.shared
    public private(set) var count = 0

    public init(capacity: Int = 4096) { buffer = TextBuffer(capacity: max(capacity, 64)) }

    public mutating func removeAll() { count = 0 }
    /// A copy of what was written.
    public var bytes: [UInt8] { Array(UnsafeBufferPointer(start: buffer.base, count: count)) }
    public var text: String { String(decoding: UnsafeBufferPointer(start: buffer.base, count: count), as: UTF8.self) }

    /// Room for `byteCount` more bytes in a buffer that no copy of this writer shares; answers where they go.
    @inline(__always) mutating func room(_ byteCount: Int) -> UnsafeMutablePointer<UInt8> {
        if !isKnownUniquelyReferenced(&buffer) || byteCount > buffer.capacity &- count { move(byteCount) }
        return buffer.base + count
    }

    @inline(__always) mutating func advance(_ byteCount: Int) { count &+= byteCount }

    @inline(never) private mutating func move(_ byteCount: Int) {
        let larger = TextBuffer(capacity: max(count + byteCount, count * 2, 64))
        larger.base.update(from: buffer.base, count: count)
        buffer = larger
    }

    @inline(__always) private mutating func copy(_ start: UnsafePointer<UInt8>, _ byteCount: Int) {
        room(byteCount).update(from: start, count: byteCount)
        count &+= byteCount
    }

    /// Copies what was written to a place with enough room; answers how much it is.
    func copy(to place: UnsafeMutablePointer<UInt8>) -> Int {
        place.update(from: buffer.base, count: count)
        return count
    }

    @inline(__always) public mutating func append(byte: UInt8) {
        room(1).pointee = byte
        count &+= 1
    }
    @inline(__always) public mutating func append(_ text: StaticString) { copy(text.utf8Start, text.utf8CodeUnitCount) }
    public mutating func append(string text: some StringProtocol) {
        var copied = String(text)
        copied.withUTF8 { if let start = $0.baseAddress { copy(start, $0.count) } }
    }
    public mutating func append(string text: String) {
        var copied = text
        copied.withUTF8 { if let start = $0.baseAddress { copy(start, $0.count) } }
    }
    public mutating func append(raw: UnsafeRawBufferPointer) {
        guard let start = raw.baseAddress else { return }
        copy(start.assumingMemoryBound(to: UInt8.self), raw.count)
    }
    public mutating func append(raw: [UInt8]) {
        raw.withUnsafeBufferPointer { if let start = $0.baseAddress { copy(start, $0.count) } }
    }

    public mutating func append(integer value: Int64) { advance(DecimalDigits.write(signed: value, to: room(25))) }

    /// Shortest decimal that reads back as the same double; `null` when not finite.
    public mutating func append(double value: Double) {
        guard value.isFinite else { return append("null") }
        advance(DecimalText.write(value, to: room(DecimalText.room), powers))
    }

    /// Shortest decimal that reads back as the same float; `null` when not finite.
    public mutating func append(float value: Float) {
        guard value.isFinite else { return append("null") }
        advance(DecimalText.write(value, to: room(DecimalText.room), powers))
    }

    /// A JSON string with quotes; bytes that are not UTF-8 become U+FFFD.
    public mutating func append(jsonString text: some StringProtocol) {
        append(byte: 0x22)
        for byte in text.utf8 { appendEscaped(byte) }
        append(byte: 0x22)
    }

    /// A JSON string from raw bytes that claim to be UTF-8.
    public mutating func append(jsonBytes raw: UnsafeRawBufferPointer) {
        guard raw.allSatisfy({ $0 < 0x80 && $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }) else {
            return append(jsonString: String(decoding: raw, as: UTF8.self))
        }
        append(byte: 0x22)
        append(raw: raw)
        append(byte: 0x22)
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
            append(byte: TextWriter.hexDigits[Int(byte >> 4)])
            append(byte: TextWriter.hexDigits[Int(byte & 15)])
        default: append(byte: byte)
        }
    }

    /// A CSV field, quoted only where RFC 4180 asks for it.
    public mutating func append(csvField text: some StringProtocol) {
        let needsQuotes = text.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
        guard needsQuotes else { return append(string: text) }
        append(byte: 0x22)
        for byte in text.utf8 {
            if byte == 0x22 { append(byte: 0x22) }
            append(byte: byte)
        }
        append(byte: 0x22)
    }

    static let hexDigits = Array("0123456789abcdef".utf8)
}
