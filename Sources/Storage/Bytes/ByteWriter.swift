/// A reusable growing buffer of bytes: keys, rows and blocks are written here without an allocation each.
final class ByteWriter {
    private(set) var count = 0
    private var capacity: Int
    private var base: UnsafeMutableRawPointer

    init(capacity: Int = 256) {
        self.capacity = max(capacity, 64)
        base = .allocate(byteCount: self.capacity, alignment: 16)
    }

    deinit { base.deallocate() }

    func removeAll() { count = 0 }
    func truncate(to count: Int) {
        precondition(count >= 0 && count <= self.count)
        self.count = count
    }

    /// The bytes written; invalid after the next append.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }
    var array: [UInt8] { [UInt8](bytes) }

    /// Room for `byteCount` more bytes, uninitialised: their memory.
    @inline(__always) func reserve(_ byteCount: Int) -> UnsafeMutableRawPointer {
        if count + byteCount > capacity { grow(to: count + byteCount) }
        defer { count += byteCount }
        return base.advanced(by: count)
    }

    private func grow(to needed: Int) {
        let newCapacity = max(needed, capacity * 2)
        let larger = UnsafeMutableRawPointer.allocate(byteCount: newCapacity, alignment: 16)
        larger.copyMemory(from: base, byteCount: count)
        base.deallocate()
        base = larger
        capacity = newCapacity
    }

    @inline(__always) func append(byte: UInt8) { reserve(1).storeBytes(of: byte, as: UInt8.self) }

    /// Fixed width, least significant byte first.
    @inline(__always) func append<T: FixedWidthInteger & BitwiseCopyable>(little value: T) {
        reserve(MemoryLayout<T>.size).storeBytes(of: value.littleEndian, as: T.self)
    }

    /// Fixed width, most significant byte first: keys sort as their numbers do.
    @inline(__always) func append<T: FixedWidthInteger & BitwiseCopyable>(big value: T) {
        reserve(MemoryLayout<T>.size).storeBytes(of: value.bigEndian, as: T.self)
    }

    @inline(__always) func append(double value: Double) { append(little: value.bitPattern) }
    @inline(__always) func append(float value: Float) { append(little: value.bitPattern) }

    /// Seven bits a byte, least significant first (LEB128).
    @inline(__always) func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(byte: UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(byte: UInt8(rest))
    }

    @inline(__always) func append(count value: Int) { append(varint: UInt64(value)) }

    /// A signed number as a varint, small magnitudes short.
    @inline(__always) func append(zigzag value: Int64) {
        append(varint: UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    @inline(__always) func append(bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        reserve(bytes.count).copyMemory(from: source, byteCount: bytes.count)
    }

    func append(bytes: [UInt8]) { bytes.withUnsafeBytes { append(bytes: $0) } }

    /// Length as a varint, then the bytes.
    func append(lengthPrefixed bytes: UnsafeRawBufferPointer) {
        append(count: bytes.count)
        append(bytes: bytes)
    }

    func append(lengthPrefixed bytes: [UInt8]) { bytes.withUnsafeBytes { append(lengthPrefixed: $0) } }

    func append(text: String) {
        var copy = text
        copy.withUTF8 { append(lengthPrefixed: UnsafeRawBufferPointer($0)) }
    }

    /// A double so that its big-endian bytes sort as the numbers do (negative ones inverted, sign bit flipped).
    @inline(__always) func append(ordered value: Double) {
        let bits = value.bitPattern
        append(big: bits >> 63 == 1 ? ~bits : bits | 1 << 63)
    }

    /// A month index so that its big-endian bytes sort as the months do.
    @inline(__always) func append(orderedMonth index: Int16) {
        append(big: UInt16(bitPattern: index) ^ 0x8000)
    }
}

extension ByteWriter {
    /// Replaces bytes that were written before.
    func overwrite<T: FixedWidthInteger & BitwiseCopyable>(little value: T, at offset: Int) {
        precondition(offset >= 0 && offset + MemoryLayout<T>.size <= count)
        UnsafeMutableRawPointer(mutating: bytes.baseAddress!).storeBytes(
            of: value.littleEndian, toByteOffset: offset, as: T.self)
    }
}
