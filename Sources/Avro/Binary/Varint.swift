/// Avro's variable-length integers.
enum Varint {
    /// A zigzag varint whose ten bytes are readable; nil, without moving, when it is longer than 64 bits.
    @inline(__always) static func read(_ bytes: UnsafeRawPointer, _ position: inout Int) -> Int64? {
        let first = bytes.load(fromByteOffset: position, as: UInt8.self)
        if first < 0x80 {
            position &+= 1
            return Int64(first >> 1) ^ (0 &- Int64(first & 1))
        }
        let second = bytes.load(fromByteOffset: position &+ 1, as: UInt8.self)
        if second < 0x80 {
            position &+= 2
            return Int64(bitPattern: signed(UInt64(first & 0x7F) | UInt64(second) &<< 7))
        }
        // Eight bytes at once: the first clear top bit ends the number, then the 7-bit groups are pushed together.
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        let ends = ~word & 0x8080_8080_8080_8080
        var value: UInt64
        if ends != 0 {
            let lastBit = ends.trailingZeroBitCount
            value = compress(word & (UInt64.max &>> UInt64(truncatingIfNeeded: 63 &- lastBit)))
            position &+= (lastBit &+ 1) &>> 3
        } else {
            value = compress(word)
            let ninth = bytes.load(fromByteOffset: position &+ 8, as: UInt8.self)
            value |= UInt64(ninth & 0x7F) << 56
            if ninth >= 0x80 {
                let tenth = bytes.load(fromByteOffset: position &+ 9, as: UInt8.self)
                guard tenth <= 1 else { return nil }
                value |= UInt64(tenth) << 63
                position &+= 1
            }
            position &+= 9
        }
        return Int64(bitPattern: signed(value))
    }

    /// Pushes the 7-bit groups of eight bytes together: neighbours join, then pairs, then fours.
    @inline(__always) static func compress(_ word: UInt64) -> UInt64 {
        var x = word & 0x7F7F_7F7F_7F7F_7F7F
        x &-= (x & 0x7F00_7F00_7F00_7F00) &>> 1
        let pairs = x & 0x3FFF_0000_3FFF_0000
        x &-= pairs &- (pairs &>> 2)
        let fours = x & 0x0FFF_FFFF_0000_0000
        return x &- (fours &- (fours &>> 4))
    }

    /// The bits of the signed number that a zigzag number stands for.
    @inline(__always) static func signed(_ zigzag: UInt64) -> UInt64 { (zigzag &>> 1) ^ (0 &- (zigzag & 1)) }
}
