import Core
import Glibc

/// Stored bytes that cannot be what this program wrote.
struct DamagedBytes: Error {
    let detail: String
}

/// Reads what `ByteWriter` wrote and checks every step: damaged bytes are an error, never a trap.
struct ByteReader {
    let bytes: UnsafeRawBufferPointer
    private(set) var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var remaining: Int { bytes.count - position }
    var isAtEnd: Bool { position == bytes.count }

    @inline(__always) mutating func take(_ count: Int) throws(DamagedBytes) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= remaining else { throw DamagedBytes(detail: "ends early at byte \(position)") }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    }

    @inline(__always) mutating func byte() throws(DamagedBytes) -> UInt8 {
        guard position < bytes.count else { throw DamagedBytes(detail: "ends early at byte \(position)") }
        defer { position += 1 }
        return bytes[position]
    }

    @inline(__always) mutating func little<T: FixedWidthInteger & BitwiseCopyable>(
        _: T.Type = T.self
    ) throws(DamagedBytes) -> T {
        T(littleEndian: try take(MemoryLayout<T>.size).loadUnaligned(as: T.self))
    }

    @inline(__always) mutating func big<T: FixedWidthInteger & BitwiseCopyable>(
        _: T.Type = T.self
    ) throws(DamagedBytes) -> T {
        T(bigEndian: try take(MemoryLayout<T>.size).loadUnaligned(as: T.self))
    }

    @inline(__always) mutating func double() throws(DamagedBytes) -> Double { Double(bitPattern: try little()) }
    @inline(__always) mutating func float() throws(DamagedBytes) -> Float { Float(bitPattern: try little()) }

    @inline(__always) mutating func varint() throws(DamagedBytes) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            guard shift < 63 || next <= 1 else { throw DamagedBytes(detail: "varint too long at byte \(position)") }
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return value }
            shift += 7
        }
    }

    @inline(__always) mutating func zigzag() throws(DamagedBytes) -> Int64 {
        let value = try varint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// A number of things of which each takes at least `minimumBytes` of what is left.
    mutating func count(minimumBytes: Int = 1) throws(DamagedBytes) -> Int {
        let value = try varint()
        guard value <= UInt64(remaining / max(minimumBytes, 1)) else {
            throw DamagedBytes(detail: "count \(value) larger than what is left")
        }
        return Int(value)
    }

    mutating func lengthPrefixed() throws(DamagedBytes) -> UnsafeRawBufferPointer { try take(try count()) }
    mutating func array() throws(DamagedBytes) -> [UInt8] { [UInt8](try lengthPrefixed()) }
    mutating func text() throws(DamagedBytes) -> String { String(decoding: try lengthPrefixed(), as: UTF8.self) }

    mutating func ordered() throws(DamagedBytes) -> Double {
        let bits: UInt64 = try big()
        return Double(bitPattern: bits >> 63 == 1 ? bits & ~(1 << 63) : ~bits)
    }

    mutating func orderedMonth() throws(DamagedBytes) -> Int16 {
        Int16(bitPattern: try big(UInt16.self) ^ 0x8000)
    }
}

extension UnsafeRawBufferPointer {
    /// Memory compare, shorter first: the order of keys in every engine.
    @inline(__always) func precedes(_ other: UnsafeRawBufferPointer) -> Bool { compare(other) < 0 }

    @inline(__always) func compare(_ other: UnsafeRawBufferPointer) -> Int {
        let shared = Swift.min(count, other.count)
        if shared > 0 {
            let order = memcmp(baseAddress!, other.baseAddress!, shared)
            if order != 0 { return Int(order) }
        }
        return count - other.count
    }
}
