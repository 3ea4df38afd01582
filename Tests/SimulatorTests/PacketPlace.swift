import Sky

/// The detection's id and place, read by hand where Avro puts them: framing, id, two texts, then diaSource's first fields.
struct PacketPlace {
    let diaSourceId: Int64
    let place: SkyPosition

    init(_ message: UnsafeRawBufferPointer) {
        var at = 5
        func long() -> Int64 {
            var (value, shift): (UInt64, UInt64) = (0, 0)
            while true {
                let byte = message[at]
                at += 1
                value |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { break }
                shift += 7
            }
            return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
        }
        func double() -> Double {
            defer { at += 8 }
            return Double(bitPattern: message.loadUnaligned(fromByteOffset: at, as: UInt64.self))
        }
        diaSourceId = long()
        for _ in 0..<2 where long() == 1 { at += Int(long()) }
        for _ in 0..<3 { _ = long() }
        for _ in 0..<3 where long() == 1 { _ = long() }
        _ = double()
        if long() == 1 { at += 4 }
        let ra = double()
        if long() == 1 { at += 4 }
        place = SkyPosition(raDegrees: ra, decDegrees: double())
    }
}
