import Core

/// Gathers alerts of one write from its blocks, one a night of observation.
struct CommittedAlertsBuilder {
    private(set) var alerts: CommittedAlerts
    /// Of each alert in turn: by filter and version.
    private var verdicts: [(filter: String, version: Int32, verdicts: [FilterVerdict])] = []

    init(_ stored: StoredLineage) {
        alerts = CommittedAlerts(batch: AlertBatch(capacity: 8), recordedAt: stored.recordedAt)
        alerts.orbitSet = stored.lineage.orbitSet
    }

    /// A write that may have no alert to show.
    mutating func begin(_ write: CommitSeq) { alerts.write = write }

    /// Appends the alert of a row of a block; all blocks are of one write.
    mutating func append(_ row: Int, of block: AlertBlock, settled: [AnnotatedAlert.Verdict]) {
        guard let table = block.table("alert") else { return }
        begin(block.commitSeq)
        let batch = alerts.batch
        for (name, table) in [
            ("source", batch.source), ("packet", batch.packet), ("object", batch.object), ("packetSSO", batch.packetSSO),
            ("mpcOrbits", batch.mpcOrbits),
        ] {
            if let section = block.table(name) { table.appendRow(row, of: section) } else { table.appendMissingRow(.absent) }
        }
        batch.messages.append(ByteReference(offset: 0, length: 0))
        batch.writerSchemaIDs.append(0)
        batch.extras.append(nil)
        let origin = InputPartition(
            topic: table.string("topic", row) ?? "", partition: table.column("partition").int32(row) ?? 0)
        batch.origins.append(
            AlertOrigin(partition: batch.partitionIndex(origin), offset: table.column("offset").int64(row) ?? 0))
        alerts.outcomes.append(CommittedAlertsBuilder.outcome(row, table, block))
        alerts.commitSeqs.append(CommitSeq(rawValue: table.column("commitSeq").int64(row) ?? 0))
        alerts.rows.append(table.column("row").int32(row) ?? Int32(row))
        appendMatches(row, of: block)
        appendVerdicts(row, of: block, settled)
    }

    private mutating func appendMatches(_ row: Int, of block: AlertBlock) {
        for section in block.sections {
            if section.name == "sso" {
                let table = alerts.sso ?? ColumnTable(schema: Tables.sso)
                alerts.sso = table
                table.appendRow(row, of: section.table)
            }
            guard section.name.hasPrefix("nearest/") else { continue }
            let name = String(section.name.dropFirst("nearest/".utf8.count))
            var place = alerts.nearest.firstIndex { $0.catalogue == name }
            if place == nil {
                place = alerts.nearest.count
                alerts.nearest.append(
                    NearestMatches(
                        catalogue: name, versionID: section.version, table: ColumnTable(schema: section.table.schema)))
            }
            if let place { alerts.nearest[place].table.appendRow(row, of: section.table) }
        }
    }

    private mutating func appendVerdicts(_ row: Int, of block: AlertBlock, _ settled: [AnnotatedAlert.Verdict]) {
        for one in EmbeddedDatabase.verdicts(row, of: block) {
            let now = settled.first { $0.filter == one.filter && $0.version == one.version } ?? one
            var place = verdicts.firstIndex { $0.filter == one.filter && $0.version == one.version }
            if place == nil {
                place = verdicts.count
                let missing = [FilterVerdict](repeating: .notRun, count: alerts.rows.count - 1)
                verdicts.append((one.filter, one.version, missing))
            }
            if let place { verdicts[place].verdicts.append(now.verdict) }
        }
        for index in verdicts.indices where verdicts[index].verdicts.count < alerts.rows.count {
            verdicts[index].verdicts.append(.notRun)
        }
    }

    private static func outcome(_ row: Int, _ table: ColumnTable, _ block: AlertBlock) -> AlertOutcome {
        let revision = table.column("revision").int32(row) ?? 0
        return AlertOutcome(
            kind: revision == 0 ? .new : .revised,
            diaSourceId: DiaSourceID(rawValue: table.column("diaSourceId").int64(row) ?? 0),
            diaObjectId: DiaObjectID(rawValue: table.column("diaObjectId").int64(row) ?? 0),
            ssObjectId: SSObjectID(rawValue: table.column("ssObjectId").int64(row) ?? 0),
            home: Home(rawValue: table.column("home").int64(row) ?? 0),
            midpoint: MJD(block.table("source")?.column("midpointMjdTai").double(row) ?? 0),
            visit: VisitID(rawValue: table.column("visit").int64(row) ?? 0),
            detector: block.table("source")?.column("detector").int32(row) ?? 0, contentHash: 0, revision: revision,
            round: 0)
    }

    /// The alerts, once it is known which commit each one's newest revision has.
    mutating func finish(newest: [CommitSeq?]) -> CommittedAlerts {
        alerts.isOutdated = zip(newest, alerts.commitSeqs).map { $0 != $1 }
        alerts.verdicts = verdicts.map { FilterVerdicts(filter: $0.filter, version: $0.version, verdicts: $0.verdicts) }
        return alerts
    }
}

/// Where the alerts of a block are, for many questions; a detection has one alert a commit, but for duplicates.
private struct AlertRows {
    private struct Key: Hashable {
        let id: Int64
        let commitSeq: Int64
    }

    private var rows: [Key: Int] = [:]

    init(_ block: AlertBlock) {
        guard let alerts = block.table("alert") else { return }
        let (ids, commits) = (alerts.column("diaSourceId"), alerts.column("commitSeq"))
        let kinds = alerts.column("outcome")
        rows.reserveCapacity(alerts.rowCount)
        for row in 0..<alerts.rowCount where kinds.int32(row) != Int32(AlertOutcome.Kind.duplicate.rawValue) {
            guard let id = ids.int64(row), let commitSeq = commits.int64(row) else { continue }
            let key = Key(id: id, commitSeq: commitSeq)
            if rows[key] == nil { rows[key] = row }
        }
    }

    subscript(id: DiaSourceID, commitSeq: CommitSeq) -> Int? {
        rows[Key(id: id.rawValue, commitSeq: commitSeq.rawValue)]
    }
}

extension EmbeddedDatabase {
    public func committedAlerts(of verdicts: [WaitingVerdict]) throws(DependencyFault) -> CommittedAlerts? {
        guard let write = verdicts.first?.write else { return nil }
        precondition(verdicts.allSatisfy { $0.write == write }, "verdicts of one write")
        return try reading { (view) throws(DependencyFault) in
            guard let stored = try lineage(of: write, view) else { return nil }
            var blocks: [Int32: (block: AlertBlock, rows: AlertRows)] = [:]
            var builder = CommittedAlertsBuilder(stored)
            var last: Int32?
            for one in verdicts where one.row != last {
                last = one.row
                let night = Night(visit: one.visit)
                if blocks[night.dayObs] == nil, let block = try alertBlock(night, holding: write, view) {
                    blocks[night.dayObs] = (block, AlertRows(block))
                }
                guard let (block, rows) = blocks[night.dayObs], let row = rows[one.diaSourceId, one.commitSeq]
                else { continue }
                let settled = try settledVerdicts(of: one.diaSourceId, one.commitSeq, view)
                builder.append(row, of: block, settled: settled)
            }
            return try finish(&builder, view)
        }
    }

    public func committedAlerts(night: Night, after write: CommitSeq) throws(DependencyFault) -> CommittedAlerts? {
        try reading { (view) throws(DependencyFault) in
            guard let block = try firstBlock(of: night, after: write, view),
                let stored = try lineage(of: block.commitSeq, view)
            else { return nil }
            var builder = CommittedAlertsBuilder(stored)
            builder.begin(block.commitSeq)
            guard let table = block.table("alert") else { return builder.finish(newest: []) }
            let (kinds, ids) = (table.column("outcome"), table.column("diaSourceId"))
            let commits = table.column("commitSeq")
            let hasSettled = try hasSettledVerdicts(view)
            for row in 0..<table.rowCount where kinds.int32(row) != Int32(AlertOutcome.Kind.duplicate.rawValue) {
                let id = DiaSourceID(rawValue: ids.int64(row) ?? 0)
                let commitSeq = CommitSeq(rawValue: commits.int64(row) ?? 0)
                let settled = hasSettled ? try settledVerdicts(of: id, commitSeq, view) : []
                builder.append(row, of: block, settled: settled)
            }
            return try finish(&builder, view)
        }
    }

    private func finish(
        _ builder: inout CommittedAlertsBuilder, _ view: any StoreView
    ) throws(DependencyFault) -> CommittedAlerts {
        builder.finish(newest: try EmbeddedDatabase.newestCommits(of: builder.alerts.outcomes.map(\.diaSourceId), view))
    }

    /// The commit of the newest revision of each alert; nil for one that is not there.
    static func newestCommits(
        of ids: [DiaSourceID], _ view: any StoreView
    ) throws(DependencyFault) -> [CommitSeq?] {
        var newest = [CommitSeq?](repeating: nil, count: ids.count)
        try view.multiGet(.alerts, EmbeddedDatabase.keys(ids)) { (index, value) throws(DependencyFault) in
            newest[index] = try value.map { (bytes) throws(DependencyFault) in
                try decoding("alert \(ids[index])") { () throws(DamagedBytes) in
                    var reader = ByteReader(bytes)
                    return try StoredAlertEntry.known(&reader).commitSeq
                }
            }
        }
        return newest
    }

    private func firstBlock(
        of night: Night, after write: CommitSeq, _ view: any StoreView
    ) throws(DependencyFault) -> AlertBlock? {
        guard write.rawValue < .max else { return nil }
        let key = ByteWriter()
        key.append(big: night.dayObs)
        var range = KeyRange.prefix(key.array)
        key.append(big: write.rawValue + 1)
        range.from = key.array
        var found: AlertBlock?
        try view.scan(.alertBlocks, range) { (key, value) throws(DependencyFault) in
            found = try decoding("alert block of night \(night)") { () throws(DamagedBytes) in
                var name = ByteReader(key)
                _ = try name.big(Int32.self)
                return try AlertBlock(value, night: night, commitSeq: CommitSeq(rawValue: try name.big()), wanted: nil)
            }
            return false
        }
        return found
    }

    private func hasSettledVerdicts(_ view: any StoreView) throws(DependencyFault) -> Bool {
        var isAny = false
        try view.scan(.settledVerdicts, .all) { (_, _) throws(DependencyFault) in
            isAny = true
            return false
        }
        return isAny
    }
}
