extension ByteWriter {
    /// A signed 128-bit number, 7 bits a byte, small magnitudes short.
    func append(wideZigzag value: Int128) {
        var rest = UInt128(truncatingIfNeeded: (value << 1) ^ (value >> 127))
        while rest > 0x7F {
            append(byte: UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(byte: UInt8(truncatingIfNeeded: rest))
    }
}

extension ByteReader {
    mutating func wideZigzag() throws(DamagedBytes) -> Int128 {
        var value: UInt128 = 0
        var shift = 0
        while true {
            let next = try byte()
            // The nineteenth byte has room for two bits.
            guard shift < 126 || next <= 3 else { throw DamagedBytes(detail: "wide number too long at byte \(position)") }
            value |= UInt128(next & 0x7F) << UInt128(shift)
            if next < 0x80 { break }
            shift += 7
        }
        return Int128(truncatingIfNeeded: value >> 1) ^ -Int128(truncatingIfNeeded: value & 1)
    }
}
