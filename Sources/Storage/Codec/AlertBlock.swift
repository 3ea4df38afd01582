import Core

/// The annotated alerts of one commit and night, as columns.
///
/// ```
/// 4 bytes  CRC-32 of what follows
/// byte     format version (1)
/// varint   sections; each: text name · text version · varint length · table block
/// ```
/// Sections: `alert` (outcome and origin), `source`, `object`, `packetSSO`, `packet` (without cutouts), `verdicts` (one int32
/// column `filter@version` a filter), and `nearest/<catalogue>` with the catalogue's version. Only where an alert of the block
/// has them: `mpcOrbits`, and `extras` (one bytes column, see `AlertExtras`). Where alerts are associated with orbits: `sso` with
/// the orbit set's version; what it leaves out is null.
public struct AlertBlock {
    /// What became of each alert and where it came from, one row an alert of the block.
    public static let alertSchema = TableSchema(
        name: "alert", description: "Outcome and origin of the alerts of a commit.",
        columns: [
            ColumnSchema(id: 1, name: "outcome", type: .int32),
            ColumnSchema(id: 2, name: "diaSourceId", type: .int64),
            ColumnSchema(id: 3, name: "diaObjectId", type: .int64),
            ColumnSchema(id: 4, name: "ssObjectId", type: .int64),
            ColumnSchema(id: 5, name: "home", type: .int64),
            ColumnSchema(id: 6, name: "visit", type: .int64),
            ColumnSchema(id: 7, name: "revision", type: .int32),
            ColumnSchema(id: 8, name: "commitSeq", type: .int64),
            ColumnSchema(id: 9, name: "topic", type: .string),
            ColumnSchema(id: 10, name: "partition", type: .int32),
            ColumnSchema(id: 11, name: "offset", type: .int64),
            ColumnSchema(id: 12, name: "writerSchemaId", type: .int32),
            // The place in the write; absent where that is the place in the block.
            ColumnSchema(id: 13, name: "row", type: .int32),
        ])

    /// Fields of the writer that the model does not have.
    public static let extrasSchema = TableSchema(
        name: "extras", description: "Fields of the writer that the model does not have.",
        columns: [ColumnSchema(id: 1, name: "extras", type: .bytes)])

    public let night: Night
    public let commitSeq: CommitSeq
    /// Section name → its table and version.
    public internal(set) var sections: [(name: String, version: String, table: ColumnTable)] = []

    public func table(_ name: String) -> ColumnTable? { sections.first { $0.name == name }?.table }

    static let version: UInt8 = 1

    private static func schema(_ section: String) -> TableSchema? {
        switch section {
        case "alert": alertSchema
        case "source": Tables.diaSource
        case "object": Tables.diaObject
        case "packetSSO": Tables.ssSource
        case "mpcOrbits": Tables.mpcOrbits
        case "extras": extrasSchema
        case "packet": Tables.packet
        case "sso": Tables.sso
        default: nil
        }
    }

    /// - Parameter wanted: sections to read; all when nil.
    init(
        _ bytes: UnsafeRawBufferPointer, night: Night, commitSeq: CommitSeq, wanted: Set<String>?
    ) throws(DamagedBytes) {
        self.night = night
        self.commitSeq = commitSeq
        var reader = ByteReader(bytes)
        let checksum: UInt32 = try reader.little()
        guard Checksum.crc32(UnsafeRawBufferPointer(rebasing: bytes[4...])) == checksum else {
            throw DamagedBytes(detail: "checksum differs")
        }
        let found = try reader.byte()
        guard found == AlertBlock.version else { throw DamagedBytes(detail: "alert block has format version \(found)") }
        for _ in 0..<(try reader.count(minimumBytes: 3)) {
            let name = try reader.text()
            let version = try reader.text()
            var body = ByteReader(try reader.lengthPrefixed())
            guard wanted?.contains(name) ?? true else { continue }
            let table = try TableBlockReader.read(
                &body, schema: AlertBlock.schema(name), named: name, missing: name == "sso" ? .null : .absent)
            sections.append((name, version, table))
        }
    }
}

/// Builds alert blocks from commit plans, with reused buffers.
final class AlertBlockWriter {
    private let tables = TableBlockWriter()
    private let section = ByteWriter(capacity: 1 << 16)

    /// Writes the block of some rows of a plan.
    func write(_ plan: CommitPlan, rows: [Int], to output: ByteWriter) {
        let start = output.count
        output.append(little: UInt32(0))
        output.append(byte: AlertBlock.version)
        let hasVerdicts = !plan.verdicts.isEmpty
        let hasOrbits = rows.contains { plan.batch.mpcOrbits.isPresent($0) }
        let hasExtras = rows.contains { plan.batch.extras[$0] != nil }
        let optional = [hasVerdicts, hasOrbits, hasExtras, plan.solar != nil].count { $0 }
        output.append(count: 5 + optional + plan.nearest.count)
        let alerts = alertTable(plan, rows)
        let isWhole = rows.count == plan.batch.count
        add("alert", "", alerts, Array(0..<rows.count), to: output) { !isWhole || $0.name != "row" }
        add("source", "", plan.batch.source, rows, to: output)
        add("object", "", plan.batch.object, rows, to: output)
        add("packetSSO", "", plan.batch.packetSSO, rows, to: output)
        add("packet", "", plan.batch.packet, rows, to: output) { $0.type == .string }
        if hasOrbits { add("mpcOrbits", "", plan.batch.mpcOrbits, rows, to: output) }
        if hasExtras { add("extras", "", extrasTable(plan.batch, rows), Array(0..<rows.count), to: output) }
        if hasVerdicts { add("verdicts", "", verdictTable(plan.verdicts, rows), Array(0..<rows.count), to: output) }
        if let solar = plan.solar { add(solar, rows, to: output) }
        for one in plan.nearest { add("nearest/" + one.catalogue, one.versionID, one.table, rows, to: output) }
        let body = UnsafeRawBufferPointer(rebasing: output.bytes[(start + 4)...])
        output.overwrite(little: Checksum.crc32(body), at: start)
    }

    private func add(
        _ name: String, _ version: String, _ table: ColumnTable, _ rows: [Int], to output: ByteWriter,
        includes: (ColumnSchema) -> Bool = { _ in true }
    ) {
        section.removeAll()
        tables.write(table, rows: rows, to: section, includes: includes)
        output.append(text: name)
        output.append(text: version)
        output.append(lengthPrefixed: section.bytes)
    }

    /// Mostly no alert of a block is matched: then four columns tell all.
    private func add(_ solar: SolarWrites, _ rows: [Int], to output: ByteWriter) {
        let orbits = solar.views.column("ssObjectId").stateBuffer
        let isMatched = rows.contains { orbits[$0] == CellState.value.rawValue }
        let own = Tables.ssoCandidate.columns.map(\.id).max() ?? 0
        add("sso", solar.candidates.orbitSet, solar.views, rows, to: output) { isMatched || $0.id > own }
    }

    private func alertTable(_ plan: CommitPlan, _ rows: [Int]) -> ColumnTable {
        let table = ColumnTable(schema: AlertBlock.alertSchema, capacity: rows.count)
        let topics = plan.batch.partitions.map { table.arena.append($0.topic) }
        for row in rows {
            let outcome = plan.outcomes[row]
            let origin = plan.batch.origins[row]
            let cells = table.columns
            cells[0].append(Int32(outcome.kind.rawValue))
            cells[1].append(outcome.diaSourceId.rawValue)
            cells[2].append(outcome.diaObjectId.rawValue)
            cells[3].append(outcome.ssObjectId.rawValue)
            cells[4].append(outcome.home.rawValue)
            cells[5].append(outcome.visit.rawValue)
            cells[6].append(outcome.revision)
            cells[7].append(plan.firstCommitSeq.rawValue + Int64(outcome.round))
            cells[8].append(topics[Int(origin.partition)])
            cells[9].append(plan.batch.partitions[Int(origin.partition)].partition)
            cells[10].append(origin.offset)
            cells[11].append(plan.batch.writerSchemaIDs[row])
            cells[12].append(Int32(row))
            table.finishRow()
        }
        return table
    }

    private func extrasTable(_ batch: AlertBatch, _ rows: [Int]) -> ColumnTable {
        let table = ColumnTable(schema: AlertBlock.extrasSchema, arena: batch.arena, capacity: rows.count)
        for row in rows {
            if let extras = batch.extras[row] {
                table.columns[0].append(extras)
            } else {
                table.columns[0].appendMissing(.absent)
            }
            table.finishRow()
        }
        return table
    }

    private func verdictTable(_ verdicts: [FilterVerdicts], _ rows: [Int]) -> ColumnTable {
        let columns = verdicts.enumerated().map { index, one in
            ColumnSchema(id: UInt16(index + 1), name: "\(one.filter)@\(one.version)", type: .int32)
        }
        let table = ColumnTable(
            schema: TableSchema(name: "verdicts", description: "", columns: columns), capacity: rows.count)
        for (column, one) in zip(table.columns, verdicts) {
            for row in rows { column.append(Int32(one.verdicts[row].rawValue)) }
        }
        for _ in rows { table.present.append(true) }
        return table
    }
}
