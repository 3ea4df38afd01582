import Core

/// The alerts index: what the database knows of a diaSourceId, and where its packet lies.
struct StoredAlertEntry {
    var known: KnownAlert
    var night: Night
    var origin: InputPartition
    var offset: Int64
    var writerSchemaID: Int32
    var packet: ArchiveLocation?
    var cutouts: ArchiveLocation?

    static let version: UInt8 = 1

    func write(to output: ByteWriter) {
        output.append(byte: StoredAlertEntry.version)
        output.append(little: known.contentHash)
        output.append(zigzag: Int64(known.revision))
        output.append(zigzag: known.diaObjectId.rawValue)
        output.append(zigzag: known.ssObjectId.rawValue)
        output.append(little: known.home.rawValue)
        output.append(double: known.midpoint.days)
        output.append(zigzag: known.commitSeq.rawValue)
        output.append(zigzag: Int64(night.dayObs))
        output.append(text: origin.topic)
        output.append(zigzag: Int64(origin.partition))
        output.append(zigzag: offset)
        output.append(zigzag: Int64(writerSchemaID))
        output.append(byte: (packet == nil ? 0 : 1) | (cutouts == nil ? 0 : 2))
        packet?.write(to: output)
        cutouts?.write(to: output)
    }

    init(
        known: KnownAlert, night: Night, origin: InputPartition, offset: Int64, writerSchemaID: Int32,
        packet: ArchiveLocation?, cutouts: ArchiveLocation?
    ) {
        self.known = known
        self.night = night
        self.origin = origin
        self.offset = offset
        self.writerSchemaID = writerSchemaID
        self.packet = packet
        self.cutouts = cutouts
    }

    init(_ bytes: UnsafeRawBufferPointer) throws(DamagedBytes) {
        var reader = ByteReader(bytes)
        known = try StoredAlertEntry.known(&reader)
        night = Night(dayObs: Int32(truncatingIfNeeded: try reader.zigzag()))
        let topic = try reader.text()
        origin = InputPartition(topic: topic, partition: Int32(truncatingIfNeeded: try reader.zigzag()))
        offset = try reader.zigzag()
        writerSchemaID = Int32(truncatingIfNeeded: try reader.zigzag())
        let places = try reader.byte()
        packet = places & 1 == 1 ? try ArchiveLocation(&reader) : nil
        cutouts = places & 2 == 2 ? try ArchiveLocation(&reader) : nil
    }

    /// The first fields alone, which is what recognising needs.
    static func known(_ reader: inout ByteReader) throws(DamagedBytes) -> KnownAlert {
        let found = try reader.byte()
        guard found == version else { throw DamagedBytes(detail: "alert entry has format version \(found)") }
        return KnownAlert(
            contentHash: try reader.little(), revision: Int32(truncatingIfNeeded: try reader.zigzag()),
            diaObjectId: DiaObjectID(rawValue: try reader.zigzag()),
            ssObjectId: SSObjectID(rawValue: try reader.zigzag()),
            home: Home(rawValue: try reader.little()), midpoint: MJD(try reader.double()),
            commitSeq: CommitSeq(rawValue: try reader.zigzag()))
    }
}

/// A frame in an archive segment.
struct ArchiveLocation: Equatable {
    var segment: UInt32
    var offset: UInt64
    var length: UInt32

    init(segment: UInt32, offset: UInt64, length: UInt32) {
        self.segment = segment
        self.offset = offset
        self.length = length
    }

    func write(to output: ByteWriter) {
        output.append(varint: UInt64(segment))
        output.append(varint: offset)
        output.append(varint: UInt64(length))
    }

    init(_ reader: inout ByteReader) throws(DamagedBytes) {
        segment = UInt32(truncatingIfNeeded: try reader.varint())
        offset = try reader.varint()
        length = UInt32(truncatingIfNeeded: try reader.varint())
    }
}
