import Core

/// The index of what was published last: topic · 0 · diaSourceId → version byte, kind, offset, filter version, revision.
enum LastPublicationCodec {
    static let version: UInt8 = 1

    static func writeKey(_ topic: String, _ id: DiaSourceID, to key: ByteWriter) {
        KeyBytes.topic(topic, to: key)
        key.append(big: id.rawValue)
    }

    static func write(_ last: LastPublication, to output: ByteWriter) {
        output.append(byte: version)
        output.append(byte: last.kind.rawValue)
        output.append(zigzag: last.offset)
        output.append(zigzag: Int64(last.filterVersion))
        output.append(zigzag: Int64(last.revision))
    }

    static func read(_ bytes: UnsafeRawBufferPointer) throws(DamagedBytes) -> LastPublication {
        var reader = ByteReader(bytes)
        let found = try reader.byte()
        guard found == version else { throw DamagedBytes(detail: "last publication has format version \(found)") }
        guard let kind = PublicationKind(rawValue: try reader.byte()) else {
            throw DamagedBytes(detail: "last publication of an unknown kind")
        }
        return LastPublication(
            offset: try reader.zigzag(), kind: kind, filterVersion: Int32(truncatingIfNeeded: try reader.zigzag()),
            revision: Int32(truncatingIfNeeded: try reader.zigzag()))
    }
}
