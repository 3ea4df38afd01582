import Core

/// Publications, dead letters and lineages as stored: a version byte, then the fields in order of declaration.
enum PublicationCodec {
    static let version: UInt8 = 1

    static func write(_ write: PublicationWrite, commitSeq: CommitSeq, recordedAt: MJD, to output: ByteWriter) {
        output.append(byte: version)
        output.append(byte: write.kind.rawValue)
        output.append(zigzag: write.diaSourceId.rawValue)
        output.append(zigzag: write.diaObjectId.rawValue)
        output.append(zigzag: write.ssObjectId.rawValue)
        output.append(zigzag: commitSeq.rawValue)
        output.append(zigzag: Int64(write.schemaVersion))
        output.append(double: recordedAt.days)
        output.append(double: write.producedAtUnixSeconds)
        output.append(lengthPrefixed: write.payload)
    }

    static func read(_ bytes: UnsafeRawBufferPointer, offset: Int64) throws(DamagedBytes) -> StoredPublication {
        var reader = ByteReader(bytes)
        let found = try reader.byte()
        guard found == version else { throw DamagedBytes(detail: "publication has format version \(found)") }
        guard let kind = PublicationKind(rawValue: try reader.byte()) else {
            throw DamagedBytes(detail: "publication of an unknown kind")
        }
        let source = DiaSourceID(rawValue: try reader.zigzag())
        let object = DiaObjectID(rawValue: try reader.zigzag())
        let solar = SSObjectID(rawValue: try reader.zigzag())
        let commitSeq = CommitSeq(rawValue: try reader.zigzag())
        let schemaVersion = Int32(truncatingIfNeeded: try reader.zigzag())
        let recordedAt = MJD(try reader.double())
        let producedAt = try reader.double()
        return StoredPublication(
            offset: offset, kind: kind, diaSourceId: source, diaObjectId: object, ssObjectId: solar,
            commitSeq: commitSeq, schemaVersion: schemaVersion, payload: try reader.array(), recordedAt: recordedAt,
            producedAtUnixSeconds: producedAt)
    }
}

enum DeadLetterCodec {
    static let version: UInt8 = 1

    static func write(_ stored: StoredDeadLetter, to output: ByteWriter) {
        output.append(byte: version)
        output.append(zigzag: stored.retriedIn?.rawValue ?? -1)
        output.append(zigzag: stored.commitSeq.rawValue)
        output.append(double: stored.recordedAt.days)
        output.append(text: stored.letter.partition.topic)
        output.append(zigzag: Int64(stored.letter.partition.partition))
        output.append(zigzag: stored.letter.offset)
        output.append(text: stored.letter.fault.reason.rawValue)
        output.append(text: stored.letter.fault.detail)
        output.append(zigzag: Int64(stored.letter.fault.byteOffset))
        output.append(text: stored.letter.fault.fieldPath)
        output.append(lengthPrefixed: stored.letter.message)
    }

    static func read(_ bytes: UnsafeRawBufferPointer, id: Int64) throws(DamagedBytes) -> StoredDeadLetter {
        var reader = ByteReader(bytes)
        let found = try reader.byte()
        guard found == version else { throw DamagedBytes(detail: "dead letter has format version \(found)") }
        let retried = try reader.zigzag()
        let commitSeq = CommitSeq(rawValue: try reader.zigzag())
        let recordedAt = MJD(try reader.double())
        let topic = try reader.text()
        let partition = InputPartition(topic: topic, partition: Int32(truncatingIfNeeded: try reader.zigzag()))
        let offset = try reader.zigzag()
        guard let reason = RecordFault.Reason(rawValue: try reader.text()) else {
            throw DamagedBytes(detail: "dead letter with an unknown reason")
        }
        let detail = try reader.text()
        let byteOffset = Int(try reader.zigzag())
        let fieldPath = try reader.text()
        let fault = RecordFault(reason, detail, byteOffset: byteOffset, fieldPath: fieldPath)
        let letter = DeadLetter(partition: partition, offset: offset, fault: fault, message: try reader.array())
        return StoredDeadLetter(
            id: id, letter: letter, commitSeq: commitSeq, recordedAt: recordedAt,
            retriedIn: retried < 0 ? nil : CommitSeq(rawValue: retried))
    }
}

/// What made a commit, and which input it took.
public struct StoredLineage: Sendable, Equatable {
    public let lineage: Lineage
    public let recordedAt: MJD
    /// Rounds that the write had; the first round's number is the key.
    public let roundCount: Int
    public let advances: [PartitionAdvance]

    static let version: UInt8 = 1

    static func write(_ plan: CommitPlan, to output: ByteWriter) {
        output.append(byte: version)
        output.append(double: plan.recordedAt.days)
        output.append(count: plan.roundCount)
        output.append(text: plan.lineage.software)
        output.append(count: plan.lineage.schemaIDs.count)
        for id in plan.lineage.schemaIDs { output.append(zigzag: Int64(id)) }
        output.append(count: plan.lineage.catalogues.count)
        for name in plan.lineage.catalogues { output.append(text: name) }
        output.append(text: plan.lineage.orbitSet)
        output.append(zigzag: plan.lineage.filterRegistryVersion)
        output.append(count: plan.advances.count)
        for advance in plan.advances {
            output.append(text: advance.partition.topic)
            output.append(zigzag: Int64(advance.partition.partition))
            output.append(zigzag: advance.expectedNext ?? -1)
            output.append(zigzag: advance.newNext)
        }
    }

    init(_ bytes: UnsafeRawBufferPointer) throws(DamagedBytes) {
        var reader = ByteReader(bytes)
        let found = try reader.byte()
        guard found == StoredLineage.version else { throw DamagedBytes(detail: "lineage has format version \(found)") }
        recordedAt = MJD(try reader.double())
        roundCount = Int(clamping: try reader.varint())
        let software = try reader.text()
        var schemaIDs: [Int32] = []
        for _ in 0..<(try reader.count()) { schemaIDs.append(Int32(truncatingIfNeeded: try reader.zigzag())) }
        var catalogues: [String] = []
        for _ in 0..<(try reader.count()) { catalogues.append(try reader.text()) }
        let orbitSet = try reader.text()
        lineage = Lineage(
            software: software, schemaIDs: schemaIDs, catalogues: catalogues, orbitSet: orbitSet,
            filterRegistryVersion: try reader.zigzag())
        var advances: [PartitionAdvance] = []
        for _ in 0..<(try reader.count(minimumBytes: 4)) {
            let topic = try reader.text()
            let partition = InputPartition(topic: topic, partition: Int32(truncatingIfNeeded: try reader.zigzag()))
            let expected = try reader.zigzag()
            advances.append(
                PartitionAdvance(
                    partition: partition, expectedNext: expected < 0 ? nil : expected, newNext: try reader.zigzag()))
        }
        self.advances = advances
    }
}
