import Core

extension EmbeddedDatabase {
    public func annotatedAlert(_ id: DiaSourceID) throws(DependencyFault) -> AnnotatedAlert? {
        try reading { (view) throws(DependencyFault) in
            guard let entry = try alertEntry(id, view),
                let block = try alertBlock(entry.night, holding: entry.known.commitSeq, view),
                let row = EmbeddedDatabase.row(of: id, entry.known.commitSeq, in: block)
            else { return nil }
            let stored = try lineage(of: entry.known.commitSeq, view)
            let settled = try settledVerdicts(of: id, entry.known.commitSeq, view)
            var alert = EmbeddedDatabase.annotated(block, row, stored, settled)
            if let section = block.table("sso") {
                let table = ColumnTable(schema: Tables.sso, capacity: 1)
                table.appendRow(row, of: section)
                alert.sso = table
            }
            let visit = block.table("alert")?.column("visit").int64(row) ?? 0
            alert.solar = try solarSources(of: [(VisitID(rawValue: visit), id)], view)
            return alert
        }
    }

    /// The block of a night that a commit wrote: its key is the write's first number.
    func alertBlock(
        _ night: Night, holding commitSeq: CommitSeq, _ view: any StoreView
    ) throws(DependencyFault) -> AlertBlock? {
        let prefix = ByteWriter()
        prefix.append(big: night.dayObs)
        var range = KeyRange(from: prefix.array, to: nil, isDescending: true)
        prefix.append(big: commitSeq.rawValue + 1)
        range.to = prefix.array
        var found: AlertBlock?
        try view.scan(.alertBlocks, range) { (key, value) throws(DependencyFault) in
            found = try decoding("alert block of commit \(commitSeq)") { () throws(DamagedBytes) in
                var reader = ByteReader(UnsafeRawBufferPointer(rebasing: key[min(4, key.count)...]))
                return try AlertBlock(
                    value, night: night, commitSeq: CommitSeq(rawValue: try reader.big()), wanted: nil)
            }
            return false
        }
        return found
    }

    /// The row that was evaluated, not a later duplicate in the same block.
    static func row(of id: DiaSourceID, _ commitSeq: CommitSeq, in block: AlertBlock) -> Int? {
        guard let alerts = block.table("alert") else { return nil }
        let (ids, commits) = (alerts.column("diaSourceId"), alerts.column("commitSeq"))
        let kinds = alerts.column("outcome")
        return (0..<alerts.rowCount).first { row in
            ids.int64(row) == id.rawValue && commits.int64(row) == commitSeq.rawValue
                && kinds.int32(row) != Int32(AlertOutcome.Kind.duplicate.rawValue)
        }
    }

    private static func annotated(
        _ block: AlertBlock, _ row: Int, _ stored: StoredLineage?, _ settled: [AnnotatedAlert.Verdict]
    ) -> AnnotatedAlert {
        AnnotatedAlert(
            night: block.night, source: one(row, of: block, "source", Tables.diaSource),
            object: one(row, of: block, "object", Tables.diaObject),
            packetSSO: one(row, of: block, "packetSSO", Tables.ssSource),
            mpcOrbits: one(row, of: block, "mpcOrbits", Tables.mpcOrbits),
            packet: one(row, of: block, "packet", Tables.packet), nearest: nearest(row, of: block),
            verdicts: verdicts(row, of: block).map { one in
                settled.first { $0.filter == one.filter && $0.version == one.version } ?? one
            }, extras: extras(row, of: block), lineage: stored?.lineage,
            recordedAt: stored?.recordedAt)
    }

    private static func one(_ row: Int, of block: AlertBlock, _ section: String, _ schema: TableSchema) -> ColumnTable {
        let table = ColumnTable(schema: schema, capacity: 1)
        if let section = block.table(section) {
            table.appendRow(row, of: section)
        } else {
            table.appendMissingRow(.absent)
        }
        return table
    }

    private static func nearest(_ row: Int, of block: AlertBlock) -> [NearestMatches] {
        block.sections.compactMap { section in
            guard section.name.hasPrefix("nearest/") else { return nil }
            let table = ColumnTable(schema: section.table.schema, capacity: 1)
            table.appendRow(row, of: section.table)
            return NearestMatches(
                catalogue: String(section.name.dropFirst("nearest/".utf8.count)), versionID: section.version,
                table: table)
        }
    }

    static func verdicts(_ row: Int, of block: AlertBlock) -> [AnnotatedAlert.Verdict] {
        guard let table = block.table("verdicts") else { return [] }
        return zip(table.schema.columns, table.columns).compactMap { schema, column in
            guard let at = schema.name.lastIndex(of: "@"),
                let version = Int32(schema.name[schema.name.index(after: at)...]),
                let code = column.int32(row), let verdict = FilterVerdict(rawValue: UInt8(truncatingIfNeeded: code))
            else { return nil }
            return AnnotatedAlert.Verdict(filter: String(schema.name[..<at]), version: version, verdict: verdict)
        }
    }

    private static func extras(_ row: Int, of block: AlertBlock) -> [UInt8]? {
        guard let table = block.table("extras"), let reference = table.columns[0].reference(row) else { return nil }
        return [UInt8](table.arena.bytes(reference))
    }
}
