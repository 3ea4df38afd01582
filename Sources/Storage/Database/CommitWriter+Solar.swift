import Core

extension CommitWriter {
    /// Candidates, claims, changes and visits.
    func writeSolar(_ plan: CommitPlan, view: any StoreView) throws(DependencyFault) {
        guard let solar = plan.solar else { return }
        // What is withdrawn goes first: what the newest content claims stays, whatever came between in the same batch.
        for claim in solar.withdrawn {
            SolarCodec.writeClaimKey(claim.ssObjectId, claim.visit, claim.diaSourceId, to: batch.key)
            batch.delete(.solarClaims)
            SolarCodec.writeSourceKey(claim.visit, claim.diaSourceId, to: batch.key)
            batch.delete(.solarSources)
        }
        let revised = writeCandidates(solar.candidates, plan)
        writeUpdates(solar, in: plan.firstCommitSeq, but: revised)
        try writeVisits(solar.visits, view)
    }

    /// Writes the newest content of each alert of the batch; answers which were revised.
    private func writeCandidates(_ candidates: SolarCandidates, _ plan: CommitPlan) -> Set<DiaSourceID> {
        var revised = Set<DiaSourceID>()
        let writer = SolarRowWriter(candidates.table)
        for row in candidates.ranges.indices.reversed() {
            let outcome = plan.outcomes[row]
            let rows = candidates.ranges[row] ?? 0..<0
            guard outcome.kind != .duplicate, !rows.isEmpty || outcome.kind == .revised,
                revised.isEmpty || !revised.contains(outcome.diaSourceId)
            else { continue }
            if outcome.kind == .revised { revised.insert(outcome.diaSourceId) }
            guard !rows.isEmpty else {
                SolarCodec.writeSourceKey(outcome.visit, outcome.diaSourceId, to: batch.key)
                batch.delete(.solarSources)
                continue
            }
            let source = SolarSources.Source(
                visit: outcome.visit, diaSourceId: outcome.diaSourceId, midpoint: outcome.midpoint,
                commitSeq: CommitSeq(rawValue: plan.firstCommitSeq.rawValue + Int64(outcome.round)),
                orbitSet: candidates.orbitSet, rows: Int(rows.lowerBound)..<Int(rows.upperBound))
            write(source, writer)
        }
        return revised
    }

    private func writeUpdates(_ solar: SolarWrites, in commitSeq: CommitSeq, but revised: Set<DiaSourceID>) {
        guard !solar.updates.isEmpty else { return }
        let writer = SolarRowWriter(solar.updateTable)
        for update in solar.updates {
            SolarCodec.writeChange(SolarChange(commitSeq: commitSeq, update), to: batch)
            guard !revised.contains(update.diaSourceId) else { continue }
            let source = SolarSources.Source(
                visit: update.visit, diaSourceId: update.diaSourceId, midpoint: update.midpoint, commitSeq: commitSeq,
                orbitSet: update.orbitSet, rows: update.rows)
            write(source, writer)
        }
    }

    /// A source with its claims.
    private func write(_ source: SolarSources.Source, _ writer: SolarRowWriter) {
        SolarCodec.writeSourceKey(source.visit, source.diaSourceId, to: batch.key)
        SolarCodec.writeSource(
            commitSeq: source.commitSeq, midpoint: source.midpoint, orbitSet: source.orbitSet, rows: source.rows, writer,
            to: batch.value)
        batch.put(.solarSources)
        for row in source.rows {
            SolarCodec.writeClaimKey(writer.columns.orbit(row), source.visit, source.diaSourceId, to: batch.key)
            SolarCodec.writeClaim(
                separationArcsec: writer.columns.separationArcsec(row), midpoint: source.midpoint, to: batch.value)
            batch.put(.solarClaims)
        }
    }

    /// States of visits, and which are open or have unknown alerts: those lists are written when they change only.
    private func writeVisits(_ visits: [SolarVisit], _ view: any StoreView) throws(DependencyFault) {
        guard !visits.isEmpty else { return }
        var newest: [VisitID: SolarVisit] = [:]
        for visit in visits { newest[visit.visit] = visit }
        let ids = newest.keys.sorted()
        var keys = KeyList()
        for id in ids {
            SolarCodec.writeVisitKey(SolarCodec.visitPrefix, id, to: keys.buffer)
            keys.finishKey()
        }
        try view.multiGet(.solarVisits, keys) { (index, value) throws(DependencyFault) in
            guard let visit = newest[ids[index]] else { return }
            let old = try value.map { (bytes) throws(DependencyFault) in
                try decoding("visit \(visit.visit)") { () throws(DamagedBytes) in
                    try SolarCodec.readVisit(visit.visit, bytes)
                }
            }
            batch.key.append(bytes: keys[index])
            SolarCodec.writeVisit(visit, to: batch.value)
            batch.put(.solarVisits)
            guard ((old?.unknown ?? 0) > 0) != (visit.unknown > 0) else { return }
            SolarCodec.writeVisitKey(SolarCodec.unknownPrefix, visit.visit, to: batch.key)
            if visit.unknown > 0 { batch.put(.solarVisits) } else { batch.delete(.solarVisits) }
        }
        let before = try EmbeddedDatabase.openVisits(view)
        var open = Set(before)
        for visit in newest.values {
            if visit.isOpen { open.insert(visit.visit) } else { open.remove(visit.visit) }
        }
        let now = open.sorted()
        guard now != before else { return }
        batch.key.append(byte: SolarCodec.openKey)
        SolarCodec.writeOpen(now, to: batch.value)
        batch.put(.solarVisits)
    }
}
