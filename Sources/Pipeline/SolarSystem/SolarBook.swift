import Core

/// The visits at hand while batches are committed: turns the candidates of a batch into claims, views and new states of
/// visits. Lives in the commit stage.
///
/// What it holds is as of one commit; when another follows that it does not know of, it forgets all and reads again.
final class SolarBook {
    private let database: any Database
    private var claims = VisitClaims()
    private var asOf: CommitSeq?
    /// What earlier contents of revised alerts were, those that hold no candidates.
    private var earlier: [DiaSourceID: Earlier] = [:]
    /// Alerts of the batch in hand.
    private var seen: [DiaSourceID: Earlier] = [:]

    private struct Earlier {
        let visit: VisitID
        let isUnknown: Bool
        /// Nothing was associated when it came: no visit counts it.
        var isUncounted = false
    }

    init(database: any Database) { self.database = database }

    // MARK: One batch

    /// Reads what is stored of a batch's visits and is not at hand. May be called again after a fault.
    /// - Parameter last: the newest commit.
    func prepare(_ outcomes: [AlertOutcome], _ histories: Histories, after last: CommitSeq) throws(DependencyFault) {
        if asOf != last { removeAll() }
        asOf = last
        earlier.removeAll(keepingCapacity: true)
        var fresh = Set<DiaSourceID>()
        var visit: VisitID?
        for (row, outcome) in outcomes.enumerated() where outcome.kind != .duplicate {
            if outcome.visit != visit { try hold(outcome.visit) }
            visit = outcome.visit
            if outcome.kind == .new { fresh.insert(outcome.diaSourceId) }
            guard outcome.kind == .revised, !fresh.contains(outcome.diaSourceId),
                !claims.hasCandidates(outcome.diaSourceId, in: outcome.visit),
                let known = histories.alerts[row].alert, earlier[outcome.diaSourceId] == nil
            else { continue }
            var found = told(outcome, known)
            if found == nil { found = try content(of: outcome.diaSourceId, known.commitSeq, outcome.visit) }
            if let found { try hold(found.visit) }
            earlier[outcome.diaSourceId] = found
        }
    }

    private func hold(_ visit: VisitID) throws(DependencyFault) {
        guard !claims.holds(visit) else { return }
        let record = try database.solarVisit(visit)
        // Of a visit that nobody has seen there is nothing to read.
        let sources = record == nil ? SolarSources() : try database.solarSources(of: visit)
        claims.load(visit, record: record, sources: sources)
    }

    /// What its visit tells of an alert that was committed before: in the same exposure either all were known or none was.
    private func told(_ outcome: AlertOutcome, _ known: KnownAlert) -> Earlier? {
        guard known.midpoint == outcome.midpoint, let record = claims.record(outcome.visit) else { return nil }
        if record.alerts == 0 { return Earlier(visit: outcome.visit, isUnknown: true, isUncounted: true) }
        if record.unknown == 0 { return Earlier(visit: outcome.visit, isUnknown: false) }
        return record.unknown >= record.alerts ? Earlier(visit: outcome.visit, isUnknown: true) : nil
    }

    /// What was committed of an alert before: in rare cases a visit's counts hang on it.
    private func content(
        of id: DiaSourceID, _ commitSeq: CommitSeq, _ visit: VisitID
    ) throws(DependencyFault) -> Earlier? {
        let place = WaitingVerdict(
            write: commitSeq, row: 0, filter: "", version: 0, commitSeq: commitSeq, diaSourceId: id, visit: visit)
        guard let found = try database.committedAlerts(of: [place]), found.batch.count > 0 else { return nil }
        let before = VisitID(rawValue: found.batch.source.column("visit").int64(0) ?? visit.rawValue)
        guard let sso = found.sso else { return Earlier(visit: before, isUnknown: true, isUncounted: true) }
        guard sso.string("status", 0) == MatchStatus.unknown.rawValue else {
            return Earlier(visit: before, isUnknown: false)
        }
        // It may have been associated since.
        let isAssociated = try !database.solarSources(of: [(before, id)]).sources.isEmpty
        return Earlier(visit: before, isUnknown: !isAssociated)
    }

    /// Notes the batch's claims and says what is to be written; `didCommit` or `removeAll` must follow.
    func writes(of candidates: SolarCandidates, _ outcomes: [AlertOutcome], recordedAt: MJD) -> SolarWrites {
        seen.removeAll(keepingCapacity: true)
        let columns = SolarCandidateColumns(candidates.table)
        var views: [SolarView] = []
        views.reserveCapacity(outcomes.count)
        var touched = Set<VisitID>()
        var withdrawn = Set<SolarClaim>()
        for (row, outcome) in outcomes.enumerated() {
            guard outcome.kind != .duplicate else { views.append(.unknown); continue }
            let (id, visit) = (outcome.diaSourceId, outcome.visit)
            let range = candidates.ranges[row].map { Int($0.lowerBound)..<Int($0.upperBound) }
            count(outcome, isUnknown: range == nil, recordedAt, &withdrawn, &touched)
            let claimed = (range ?? 0..<0).map { VisitClaims.Candidate($0, columns) }
            withdrawn.formUnion(claims.put(id, claimed, at: outcome.midpoint, in: visit))
            claims.noteArrival(of: id, in: visit)
            touched.insert(visit)
            guard let range else { views.append(.unknown); continue }
            views.append(
                SolarView(
                    rows: range, standing: claims.standing(id, in: visit), packetBody: candidates.packetBodies[row],
                    isVisitOpen: true))
        }
        var writes = SolarWrites(
            candidates: candidates, views: SolarViews.table(views, of: candidates.table))
        writes.withdrawn = withdrawn.filter { !claims.claims($0.ssObjectId, $0.diaSourceId, in: $0.visit) }
            .sorted { ($0.visit, $0.diaSourceId, $0.ssObjectId) < ($1.visit, $1.diaSourceId, $1.ssObjectId) }
        writes.visits = touched.sorted().compactMap { claims.record($0) }
        claims.evict()
        return writes
    }

    /// Counts an alert in its visit, once whatever its revisions, and takes it out of another visit that it was in.
    private func count(
        _ outcome: AlertOutcome, isUnknown: Bool, _ recordedAt: MJD, _ withdrawn: inout Set<SolarClaim>,
        _ touched: inout Set<VisitID>
    ) {
        let (id, visit) = (outcome.diaSourceId, outcome.visit)
        let held = Earlier(visit: visit, isUnknown: false)
        let known = seen[id] ?? (claims.hasCandidates(id, in: visit) ? held : earlier[id])
        let before = outcome.kind == .new || known?.isUncounted ?? true ? nil : known
        seen[id] = Earlier(visit: visit, isUnknown: isUnknown)
        if let before, before.visit != visit, claims.holds(before.visit) {
            withdrawn.formUnion(claims.put(id, [], at: outcome.midpoint, in: before.visit))
            claims.noteArrival(of: id, in: before.visit)
            touched.insert(before.visit)
            claims.update(before.visit) { record in
                record.alerts -= 1
                if before.isUnknown { record.unknown -= 1 }
            }
        }
        let wasHere = before?.visit == visit
        claims.update(visit) { record in
            record.isOpen = true
            record.lastAlertAt = recordedAt
            if !wasHere { record.alerts += 1 }
            if wasHere, before?.isUnknown ?? false { record.unknown -= 1 }
            if isUnknown { record.unknown += 1 }
        }
    }

    // MARK: What became of it

    /// The batch's plan was written.
    func didCommit(_ plan: CommitPlan) { asOf = plan.lastCommitSeq }

    /// Somebody else in this stage wrote a plan.
    func didCommitStep(_ plan: CommitPlan) {
        guard let asOf, asOf.rawValue + 1 == plan.firstCommitSeq.rawValue else { return removeAll() }
        self.asOf = plan.lastCommitSeq
        for record in plan.solar?.visits ?? [] { claims.remove(record.visit) }
    }

    func removeAll() {
        claims.removeAll()
        asOf = nil
    }

    /// The detections of a visit that are attributed otherwise than when they came, ascending; nil where that must be read.
    func changed(in visit: VisitID, asOf last: CommitSeq) -> [DiaSourceID]? {
        asOf == last ? claims.changed(in: visit) : nil
    }
}
