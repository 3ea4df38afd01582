import Core

extension EmbeddedDatabase {
    public func waitingVerdicts(after: WaitingVerdict?, limit: Int) throws(DependencyFault) -> [WaitingVerdict] {
        guard limit > 0 else { return [] }
        return try reading { (view) throws(DependencyFault) in
            let from = ByteWriter()
            if let after {
                VerdictCodec.writeKey(after, to: from)
                from.append(byte: 0)
            }
            var found: [WaitingVerdict] = []
            try view.scan(.waitingVerdicts, KeyRange(from: from.array, to: nil)) { (key, value) throws(DependencyFault) in
                found.append(
                    try decoding("waiting verdict") { () throws(DamagedBytes) in try VerdictCodec.read(key, value) })
                return found.count < limit
            }
            return found
        }
    }

    public func committedAlerts(of verdicts: [WaitingVerdict]) throws(DependencyFault) -> CommittedAlerts? {
        guard let write = verdicts.first?.write else { return nil }
        precondition(verdicts.allSatisfy { $0.write == write }, "verdicts of one write")
        return try reading { (view) throws(DependencyFault) in
            guard let stored = try lineage(of: write, view) else { return nil }
            var blocks: [Int32: AlertBlock] = [:]
            var alerts = CommittedAlerts(batch: AlertBatch(capacity: 8), recordedAt: stored.recordedAt)
            alerts.orbitSet = stored.lineage.orbitSet
            var last: Int32?
            for one in verdicts where one.row != last {
                last = one.row
                let night = Night(visit: one.visit)
                if blocks[night.dayObs] == nil { blocks[night.dayObs] = try alertBlock(night, holding: write, view) }
                guard let block = blocks[night.dayObs],
                    let row = EmbeddedDatabase.row(of: one.diaSourceId, one.commitSeq, in: block)
                else { continue }
                EmbeddedDatabase.append(row, of: block, one, to: &alerts)
                let known = try alertEntry(one.diaSourceId, view)?.known.commitSeq
                alerts.isOutdated.append(known != one.commitSeq)
            }
            return alerts
        }
    }

    private static func append(
        _ row: Int, of block: AlertBlock, _ waiting: WaitingVerdict, to alerts: inout CommittedAlerts
    ) {
        let batch = alerts.batch
        for (name, table) in [
            ("source", batch.source), ("packet", batch.packet), ("object", batch.object), ("packetSSO", batch.packetSSO),
        ] {
            if let section = block.table(name) { table.appendRow(row, of: section) } else { table.appendMissingRow(.absent) }
        }
        batch.mpcOrbits.appendMissingRow(.absent)
        batch.messages.append(ByteReference(offset: 0, length: 0))
        batch.writerSchemaIDs.append(0)
        batch.extras.append(nil)
        alerts.commitSeqs.append(waiting.commitSeq)
        if let table = block.table("alert") {
            let origin = InputPartition(
                topic: table.string("topic", row) ?? "", partition: table.column("partition").int32(row) ?? 0)
            batch.origins.append(
                AlertOrigin(
                    partition: batch.partitionIndex(origin), offset: table.column("offset").int64(row) ?? 0))
            alerts.outcomes.append(outcome(row, table, block, waiting))
        }
        for section in block.sections where section.name.hasPrefix("nearest/") {
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

    private static func outcome(
        _ row: Int, _ table: ColumnTable, _ block: AlertBlock, _ waiting: WaitingVerdict
    ) -> AlertOutcome {
        let revision = table.column("revision").int32(row) ?? 0
        return AlertOutcome(
            kind: revision == 0 ? .new : .revised, diaSourceId: waiting.diaSourceId,
            diaObjectId: DiaObjectID(rawValue: table.column("diaObjectId").int64(row) ?? 0),
            ssObjectId: SSObjectID(rawValue: table.column("ssObjectId").int64(row) ?? 0),
            home: Home(rawValue: table.column("home").int64(row) ?? 0),
            midpoint: MJD(block.table("source")?.column("midpointMjdTai").double(row) ?? 0), visit: waiting.visit,
            detector: block.table("source")?.column("detector").int32(row) ?? 0, contentHash: 0, revision: revision,
            round: 0)
    }

    /// What became of an alert's waiting verdicts.
    func settledVerdicts(
        of id: DiaSourceID, _ commitSeq: CommitSeq, _ view: any StoreView
    ) throws(DependencyFault) -> [AnnotatedAlert.Verdict] {
        let prefix = ByteWriter()
        VerdictCodec.writeSettledPrefix(id, commitSeq, to: prefix)
        var found: [AnnotatedAlert.Verdict] = []
        try view.scan(.settledVerdicts, .prefix(prefix.array)) { (key, value) throws(DependencyFault) in
            found.append(
                try decoding("settled verdict of \(id)") { () throws(DamagedBytes) in
                    try VerdictCodec.readSettled(key, value).verdict
                })
            return true
        }
        return found
    }
}
