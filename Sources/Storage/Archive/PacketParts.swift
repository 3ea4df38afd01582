import Core

/// Splits a message into the packet without its cutouts and the cutouts, so that these can expire first.
///
/// The packet stays readable with its own schema: each cutout (branch index, length, bytes of an Avro union with null)
/// becomes the index of the null branch.
enum PacketParts {
    /// Writes the packet without cutouts, and what was taken out (varint count; each: varint place in the packet, varint
    /// length, bytes). False, with nothing written, when the cutouts are not such unions.
    static func split(
        _ message: ByteReference, cutouts: [ByteReference], arena: ByteArena, packet: ByteWriter, taken: ByteWriter
    ) -> Bool {
        let bytes = arena.bytes(message)
        let ordered = cutouts.sorted { $0.offset < $1.offset }
        var cursor = 0
        taken.append(count: ordered.count)
        for cutout in ordered {
            let start = Int(cutout.offset) - Int(message.offset)
            let end = start + Int(cutout.length)
            let header = start - 1 - varintSize(UInt64(cutout.length) << 1)
            guard header >= cursor, end <= bytes.count, bytes[header] == 2 || bytes[header] == 0,
                hasLength(UInt64(cutout.length) << 1, bytes, at: header + 1)
            else { return false }
            packet.append(bytes: UnsafeRawBufferPointer(rebasing: bytes[cursor..<header]))
            taken.append(count: packet.count)
            taken.append(lengthPrefixed: UnsafeRawBufferPointer(rebasing: bytes[header..<end]))
            packet.append(byte: bytes[header] ^ 2)
            cursor = end
        }
        packet.append(bytes: UnsafeRawBufferPointer(rebasing: bytes[cursor...]))
        return true
    }

    private static func varintSize(_ value: UInt64) -> Int { max(1, (64 - value.leadingZeroBitCount + 6) / 7) }

    private static func hasLength(_ value: UInt64, _ bytes: UnsafeRawBufferPointer, at start: Int) -> Bool {
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[start...]))
        do throws(DamagedBytes) { return try reader.varint() == value } catch { return false }
    }

    /// Puts cutouts back.
    static func join(_ packet: [UInt8], _ taken: [UInt8]) throws(DamagedBytes) -> [UInt8] {
        var failure: DamagedBytes?
        let joined: [UInt8] = taken.withUnsafeBytes { (bytes) -> [UInt8] in
            do throws(DamagedBytes) { return try insert(ByteReader(bytes), into: packet) } catch {
                failure = error
                return []
            }
        }
        if let failure { throw failure }
        return joined
    }

    private static func insert(_ taken: ByteReader, into packet: [UInt8]) throws(DamagedBytes) -> [UInt8] {
        var reader = taken
        var message: [UInt8] = []
        var cursor = 0
        for _ in 0..<(try reader.count(minimumBytes: 2)) {
            let place = Int(clamping: try reader.varint())
            let part = try reader.lengthPrefixed()
            guard place >= cursor, place < packet.count else {
                throw DamagedBytes(detail: "a cutout outside its packet")
            }
            message.append(contentsOf: packet[cursor..<place])
            message.append(contentsOf: part)
            cursor = place + 1
        }
        message.append(contentsOf: packet[cursor...])
        return message
    }
}
