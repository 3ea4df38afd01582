/// Avro's primitive encodings, written at a raw place.
enum WireBytes {
    /// Writes a zigzag varint and returns how many bytes it took.
    @inline(__always)
    static func writeLong(_ value: Int64, at target: UnsafeMutablePointer<UInt8>) -> Int {
        var rest = UInt64(bitPattern: (value << 1) ^ (value >> 63))
        var count = 0
        while rest >= 0x80 {
            target[count] = UInt8(truncatingIfNeeded: rest) | 0x80
            rest >>= 7
            count += 1
        }
        target[count] = UInt8(truncatingIfNeeded: rest)
        return count + 1
    }

    /// Writes an identifier between 2⁵⁵ and 2⁶², whose varint always has nine bytes, without a loop.
    @inline(__always)
    static func writeNineByteLong(_ value: Int64, at target: UnsafeMutablePointer<UInt8>) {
        let zigzag = UInt64(bitPattern: value) << 1
        var spread = zigzag & 0x00FF_FFFF_FFFF_FFFF
        spread = (spread & 0x00FF_FFFF_F000_0000) << 4 | (spread & 0x0000_0000_0FFF_FFFF)
        spread = (spread & 0x0FFF_C000_0FFF_C000) << 2 | (spread & 0x0000_3FFF_0000_3FFF)
        spread = (spread & 0x3F80_3F80_3F80_3F80) << 1 | (spread & 0x007F_007F_007F_007F)
        UnsafeMutableRawPointer(target).storeBytes(of: (spread | 0x8080_8080_8080_8080).littleEndian, as: UInt64.self)
        target[8] = UInt8(truncatingIfNeeded: zigzag >> 56)
    }

    @inline(__always)
    static func write(_ value: Float, at target: UnsafeMutablePointer<UInt8>) {
        UnsafeMutableRawPointer(target).storeBytes(of: value.bitPattern.littleEndian, as: UInt32.self)
    }

    @inline(__always)
    static func write(_ value: Double, at target: UnsafeMutablePointer<UInt8>) {
        UnsafeMutableRawPointer(target).storeBytes(of: value.bitPattern.littleEndian, as: UInt64.self)
    }

    /// How many bytes the zigzag varint of a value takes.
    static func length(_ value: Int64) -> Int {
        var rest = UInt64(bitPattern: (value << 1) ^ (value >> 63))
        var count = 1
        while rest >= 0x80 {
            rest >>= 7
            count += 1
        }
        return count
    }
}

/// A growing byte buffer whose memory stays from packet to packet.
final class PacketBuffer {
    private(set) var base: UnsafeMutablePointer<UInt8>
    private(set) var count = 0
    private var capacity: Int

    init(capacity: Int = 1 << 16) {
        self.capacity = capacity
        base = .allocate(capacity: capacity)
    }

    deinit { base.deallocate() }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    func removeAll() { count = 0 }

    /// Room for `length` more bytes; they count as written.
    @inline(__always)
    func extend(by length: Int) -> UnsafeMutablePointer<UInt8> {
        if count + length > capacity { grow(toHold: count + length) }
        let place = base + count
        count += length
        return place
    }

    func append(_ byte: UInt8) { extend(by: 1).pointee = byte }

    func append(_ source: [UInt8]) {
        let place = extend(by: source.count)
        source.withUnsafeBufferPointer { if let start = $0.baseAddress { place.update(from: start, count: $0.count) } }
    }

    func appendLong(_ value: Int64) {
        let place = extend(by: 10)
        count -= 10 - WireBytes.writeLong(value, at: place)
    }

    private func grow(toHold needed: Int) {
        let newCapacity = max(capacity * 2, needed)
        let newBase = UnsafeMutablePointer<UInt8>.allocate(capacity: newCapacity)
        newBase.update(from: base, count: count)
        base.deallocate()
        base = newBase
        capacity = newCapacity
    }
}
