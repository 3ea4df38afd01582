/// Appends Avro's binary encodings to a reusable buffer; who calls keeps the schema's order.
public struct AvroWriter {
    public private(set) var bytes: [UInt8] = []

    public init(capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    @inline(__always) public mutating func write(long value: Int64) {
        var rest = UInt64(bitPattern: (value << 1) ^ (value >> 63))
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    @inline(__always) public mutating func write(int value: Int32) { write(long: Int64(value)) }
    @inline(__always) public mutating func write(boolean value: Bool) { bytes.append(value ? 1 : 0) }

    @inline(__always) public mutating func write(float value: Float) {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    @inline(__always) public mutating func write(double value: Double) {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// A string or byte string with its length before it.
    public mutating func write(bytes content: UnsafeRawBufferPointer) {
        write(long: Int64(content.count))
        bytes.append(contentsOf: content)
    }

    public mutating func write(bytes content: [UInt8]) {
        write(long: Int64(content.count))
        bytes.append(contentsOf: content)
    }

    /// A string from bytes that claim to be UTF-8. What is not becomes U+FFFD, since readers refuse a record with such a string.
    public mutating func write(utf8 content: UnsafeRawBufferPointer) {
        if content.allSatisfy({ $0 < 0x80 }) { return write(bytes: content) }
        write(string: String(decoding: content, as: UTF8.self))
    }

    public mutating func write(string text: String) {
        write(long: Int64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    /// The branch of a union that the value which follows belongs to.
    @inline(__always) public mutating func write(branch index: Int) { write(long: Int64(index)) }

    /// Head of a block of `count` items of an array or map; a block of 0 ends it.
    public mutating func write(blockOf count: Int) { write(long: Int64(count)) }

    /// Bytes as they are: a fixed, or something already encoded.
    public mutating func write(raw content: UnsafeRawBufferPointer) { bytes.append(contentsOf: content) }
    public mutating func write(raw content: [UInt8]) { bytes.append(contentsOf: content) }
}
