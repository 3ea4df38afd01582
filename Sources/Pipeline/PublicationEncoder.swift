import Avro
import Core
import FilterEngine

/// Writes the Avro body of a publication: the envelope that every topic has (`OutputSchema.envelope`), then the SELECT
/// columns. A test reads it back with an independent decoder.
struct PublicationEncoder {
    /// Whom a record is about.
    struct Subject {
        let diaSourceId: DiaSourceID
        let diaObjectId: DiaObjectID
        let ssObjectId: SSObjectID
        let midpoint: MJD
        /// Of the alert.
        let revision: Int32
    }

    struct Envelope {
        let subject: Subject
        let choice: PublicationLedger.Choice
        let commitSeq: Int64
        let filter: String
        let filterVersion: Int32
        let lineage: Lineage
    }

    private var writer = AvroWriter(capacity: 1024)

    /// - Parameter row: of the selected columns; nil where nothing is selected any more: all are null then.
    mutating func encode(_ envelope: Envelope, row: Int?, of selected: ColumnTable) -> [UInt8] {
        writer.removeAll()
        writer.write(long: envelope.subject.diaSourceId.rawValue)
        writeOptional(envelope.subject.diaObjectId.rawValue)
        writeOptional(envelope.subject.ssObjectId.rawValue)
        writer.write(double: envelope.subject.midpoint.days)
        writer.write(string: envelope.choice.kind.name)
        writer.write(int: envelope.subject.revision)
        writer.write(branch: envelope.choice.supersedes == nil ? 0 : 1)
        if let place = envelope.choice.supersedes { writer.write(string: place) }
        writer.write(long: envelope.commitSeq)
        writer.write(string: envelope.filter)
        writer.write(int: envelope.filterVersion)
        write(envelope.lineage, reason: envelope.choice.reason)
        for column in selected.columns {
            if let row { write(column, row, selected.arena) } else { writer.write(branch: 0) }
        }
        return writer.bytes
    }

    /// `["null", "long"]`: null for "none".
    private mutating func writeOptional(_ id: Int64) {
        writer.write(branch: id == 0 ? 0 : 1)
        if id != 0 { writer.write(long: id) }
    }

    /// A map of strings: software, orbit set, each catalogue's version under `catalogue.<name>`, and why the record was
    /// published where it is not the first about its alert.
    private mutating func write(_ lineage: Lineage, reason: String?) {
        var entries = [("software", lineage.software)]
        if let reason { entries.append(("reason", reason)) }
        if !lineage.orbitSet.isEmpty { entries.append(("orbitSet", lineage.orbitSet)) }
        for catalogue in lineage.catalogues {
            let parts = catalogue.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
            entries.append(("catalogue.\(parts[0])", parts.count > 1 ? String(parts[1]) : ""))
        }
        writer.write(blockOf: entries.count)
        for (key, value) in entries {
            writer.write(string: key)
            writer.write(string: value)
        }
        writer.write(blockOf: 0)
    }

    /// Every selected column is `["null", type]`; NaN is null.
    private mutating func write(_ column: Column, _ row: Int, _ arena: ByteArena) {
        let isNaN =
            switch column.type {
            case .float32: column.float(row)?.isNaN ?? false
            case .float64: column.double(row)?.isNaN ?? false
            case .bool, .int32, .int64, .string, .bytes: false
            }
        guard column.hasValue(row), !isNaN else { return writer.write(branch: 0) }
        writer.write(branch: 1)
        switch column.type {
        case .bool: writer.write(boolean: column.bool(row) ?? false)
        case .int32: writer.write(int: column.int32(row) ?? 0)
        case .int64: writer.write(long: column.int64(row) ?? 0)
        case .float32: writer.write(float: column.float(row) ?? 0)
        case .float64: writer.write(double: column.double(row) ?? 0)
        case .string: if let reference = column.reference(row) { writer.write(utf8: arena.bytes(reference)) }
        case .bytes: if let reference = column.reference(row) { writer.write(bytes: arena.bytes(reference)) }
        }
    }

    /// A dead letter as a record of its topic.
    static func publication(of letter: DeadLetter) -> PublicationWrite {
        var writer = AvroWriter(capacity: 256)
        writer.write(string: letter.partition.topic)
        writer.write(int: letter.partition.partition)
        writer.write(long: letter.offset)
        writer.write(string: letter.fault.reason.rawValue)
        writer.write(string: letter.fault.detail)
        writer.write(long: Int64(letter.fault.byteOffset))
        writer.write(string: letter.fault.fieldPath)
        writer.write(long: Int64(letter.message.count))
        return PublicationWrite(
            topic: DeadLetterTopic.name, kind: .new, diaSourceId: DiaSourceID(rawValue: 0),
            diaObjectId: DiaObjectID(rawValue: 0), ssObjectId: SSObjectID(rawValue: 0), round: 0, schemaVersion: 1,
            payload: writer.bytes, producedAtUnixSeconds: 0, batchRow: -1)
    }
}
