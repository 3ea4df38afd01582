import Core

/// One visit while some of its committed alerts are compared with orbits anew.
struct VisitAssociation {
    private struct Taken {
        let row: Int
        let rows: Range<Int>
        let wasUnknown: Bool
    }

    private let visit: VisitID
    private let stored: SolarStandings.Visit
    private var claims: VisitClaims
    private var taken: [DiaSourceID: Taken] = [:]
    private var withdrawn: [SolarClaim] = []
    private var record: SolarVisit

    init(_ visit: VisitID, in database: any Database, recordedAt: MJD) throws(DependencyFault) {
        self.visit = visit
        stored = try SolarStandings.Visit(visit, in: database)
        claims = stored.claims
        // Of a visit that was committed before there were associations.
        record = stored.record ?? SolarVisit(visit: visit, isOpen: false, lastAlertAt: recordedAt, alerts: 0, unknown: 0)
    }

    /// Takes an alert if it is to be associated anew.
    mutating func take(
        _ row: Int, of alerts: CommittedAlerts, _ candidates: SolarCandidates, isUnknownOnly: Bool
    ) {
        let outcome = alerts.outcomes[row]
        let source = stored.source(outcome.diaSourceId)
        let change = AlertAssociation(row, of: alerts, source, candidates)
        guard let range = change.range, change.isNeeded, change.wasUnknown || !isUnknownOnly else { return }
        let columns = SolarCandidateColumns(candidates.table)
        let claimed = range.map { VisitClaims.Candidate($0, columns) }
        withdrawn += claims.put(outcome.diaSourceId, claimed, at: outcome.midpoint, in: visit)
        taken[outcome.diaSourceId] = Taken(row: row, rows: range, wasUnknown: change.wasUnknown)
        guard change.wasUnknown else { return }
        // What was committed without associations is in no count.
        if alerts.sso == nil { record.alerts += 1 } else { record.unknown = max(0, record.unknown - 1) }
    }

    /// Adds what is to be written; nothing when no alert was taken.
    mutating func finish(_ alerts: CommittedAlerts, _ candidates: SolarCandidates, into writes: inout SolarWrites) {
        guard !taken.isEmpty else { return }
        let others = stored.sources.sources.filter {
            taken[$0.diaSourceId] == nil && before($0.diaSourceId) != after($0.diaSourceId)
        }
        for id in taken.keys.sorted() {
            guard let one = taken[id] else { continue }
            add(
                id, alerts.outcomes[one.row].midpoint, candidates.orbitSet, one.rows, of: candidates.table,
                wasUnknown: one.wasUnknown, to: &writes)
        }
        // They did not change; who is nearer did.
        for source in others {
            add(
                source.diaSourceId, source.midpoint, source.orbitSet, source.rows, of: stored.sources.table,
                wasUnknown: false, to: &writes)
        }
        writes.withdrawn += withdrawn.sorted { ($0.diaSourceId, $0.ssObjectId) < ($1.diaSourceId, $1.ssObjectId) }
        record.isOpen = true
        writes.visits.append(record)
    }

    /// Alerts of which nothing was known move to what is known now.
    func tally(_ alerts: CommittedAlerts, _ candidates: SolarCandidates, to counters: inout BatchCounters) {
        var tally = SolarTally()
        for (id, one) in taken where one.wasUnknown {
            tally.add(
                SolarView(
                    rows: one.rows, standing: claims.standing(id, in: visit), packetBody: candidates.packetBodies[one.row],
                    isVisitOpen: true))
            if alerts.sso != nil { counters.add("sso/unknown", visit: visit, -1) }
        }
        tally.add(to: &counters, visit: visit)
    }

    private func before(_ id: DiaSourceID) -> SSObjectID {
        stored.claims.standing(id, in: visit)?.attribution ?? SSObjectID(rawValue: 0)
    }

    private func after(_ id: DiaSourceID) -> SSObjectID {
        claims.standing(id, in: visit)?.attribution ?? SSObjectID(rawValue: 0)
    }

    private func add(
        _ id: DiaSourceID, _ midpoint: MJD, _ orbitSet: String, _ rows: Range<Int>, of table: ColumnTable,
        wasUnknown: Bool, to writes: inout SolarWrites
    ) {
        let first = writes.updateTable.rowCount
        for row in rows { writes.updateTable.appendRow(row, of: table) }
        writes.updates.append(
            SolarUpdate(
                visit: visit, diaSourceId: id, midpoint: midpoint, orbitSet: orbitSet, rows: first..<first + rows.count,
                before: before(id), after: after(id), wasUnknown: wasUnknown))
    }
}

/// Whether a committed alert is to be associated anew, and with what.
struct AlertAssociation {
    let wasUnknown: Bool
    /// Its rows of the new candidates; nil where nobody can look now either.
    let range: Range<Int>?
    /// Whether what is stored would change.
    let isNeeded: Bool

    /// - Parameter source: what is stored of it.
    init(_ row: Int, of alerts: CommittedAlerts, _ source: SolarSources.Source?, _ candidates: SolarCandidates) {
        wasUnknown = source == nil && alerts.wasUnknown(row)
        range = candidates.ranges[row].map { Int($0.lowerBound)..<Int($0.upperBound) }
        let isAnotherSet = (source?.orbitSet ?? alerts.orbitSet) != candidates.orbitSet
        let isAny = !(source?.rows.isEmpty ?? true) || !(range?.isEmpty ?? true)
        isNeeded = range != nil && (wasUnknown || (isAnotherSet && isAny))
    }
}
