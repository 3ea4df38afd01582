import Core
import FilterEngine

/// Closes visits of which no alert has come for a while: then it is known for good who holds which orbit, and what filters say
/// of `sso` is settled.
///
/// Each alert is seen as it was committed, but for what is known of its orbits now. Nothing is published that would say the same
/// again, so that a visit may be closed again after a late alert, after another orbit set, or after a kill in the middle.
final class VisitClosing: BackgroundStep {
    static let secondsBetweenLooks = 5.0
    /// Alerts that are judged in one step.
    static let alertsAtOnce = 2048
    /// Visits that are closed in one step where there is nothing to judge.
    static let visitsAtOnce = 256

    private let context: CommittedContext
    private let book: SolarBook?
    private let secondsOpen: Double
    private let isReserved: (Night) -> Bool
    private let log = Log("visits")
    private var due: [VisitID] = []
    /// The visit at hand, and which of its detections are left, ascending.
    private var work: (record: SolarVisit, left: ArraySlice<DiaSourceID>)?
    private var lookAt = 0.0
    private var isUrgent = false

    /// - Parameters:
    ///   - book: what the commit stage has in memory; nil where it commits nothing.
    ///   - secondsOpen: how long a visit stays open after its newest alert.
    ///   - isReserved: nights that somebody else works on.
    init(
        _ context: CommittedContext, book: SolarBook?, secondsOpen: Double,
        isReserved: @escaping (Night) -> Bool = { _ in false }
    ) {
        self.context = context
        self.book = book
        self.secondsOpen = secondsOpen
        self.isReserved = isReserved
    }

    var isPending: Bool { work != nil || !due.isEmpty }

    func look(isUrgent: Bool) throws(DependencyFault) {
        guard isUrgent || (!isPending && context.clock.monotonicSeconds >= lookAt) else { return }
        lookAt = context.clock.monotonicSeconds + VisitClosing.secondsBetweenLooks
        self.isUrgent = isUrgent
        _ = try context.filters.refresh()
        due = try context.database.openSolarVisits().filter { isDue($0) }.map(\.visit)
    }

    /// Takes the visits of a night that `visitsToSettle` names.
    func look(night: Night) throws(DependencyFault) {
        _ = try context.filters.refresh()
        due = try context.visitsToSettle(night, secondsOpen: secondsOpen)
        isUrgent = true
    }

    private func isDue(_ record: SolarVisit) -> Bool {
        guard record.isOpen, !isReserved(Night(visit: record.visit)) else { return false }
        return isUrgent || context.isOver(record, secondsOpen: secondsOpen)
    }

    func step() throws(DependencyFault) -> CommitPlan? {
        guard let work else { return try closeUntilWork() }
        let visit = work.record.visit
        // A late alert changes what was judged before it: the visit's time comes again.
        guard try context.database.solarVisit(visit) == work.record else {
            self.work = nil
            return nil
        }
        var plan = try context.emptyPlan()
        let now = work.left.prefix(VisitClosing.alertsAtOnce)
        try judge(Array(now), of: visit, &plan)
        let rest = work.left.dropFirst(now.count)
        return try commit(&plan, rest.isEmpty ? [work.record.closed] : []) {
            self.work = rest.isEmpty ? nil : (work.record, rest)
        }
    }

    /// Closes visits about which no filter has to say anything, up to the first of which some may.
    private func closeUntilWork() throws(DependencyFault) -> CommitPlan? {
        let last = try context.database.lastCommitSeq()
        var closed: [SolarVisit] = []
        var begun: (record: SolarVisit, left: ArraySlice<DiaSourceID>)?
        var rest = due[...]
        while begun == nil, closed.count < VisitClosing.visitsAtOnce, let visit = rest.popFirst() {
            guard let record = try context.database.solarVisit(visit), isUrgent ? record.isOpen : isDue(record) else { continue }
            let ids = try detections(of: visit, last)
            if ids.isEmpty { closed.append(record.closed) } else { begun = (record, ids[...]) }
        }
        // Not before all is read and written: after a fault the step is taken again.
        var plan = try context.emptyPlan()
        return try commit(&plan, closed) {
            self.due = Array(rest)
            self.work = begun
        }
    }

    private func commit(
        _ plan: inout CommitPlan, _ closed: [SolarVisit], _ done: () -> Void
    ) throws(DependencyFault) -> CommitPlan? {
        guard !closed.isEmpty || !plan.settled.isEmpty || !plan.publications.isEmpty else { done(); return nil }
        var writes = SolarWrites(candidates: SolarCandidates(orbitSet: ""))
        writes.visits = closed
        plan.solar = writes
        guard try context.database.commit(plan) == .committed else {
            // Whoever was first may have changed it: all is read anew.
            if let work { due.insert(work.record.visit, at: 0) }
            work = nil
            return nil
        }
        done()
        if !plan.settled.isEmpty || !plan.publications.isEmpty {
            log.info(
                "visits closed",
                [
                    "visits": "\(closed.count)", "verdicts": "\(plan.settled.count)",
                    "publications": "\(plan.publications.count)",
                ])
        }
        return plan
    }

    // MARK: What is to be judged

    /// The detections of a visit about which a filter may say something else now, ascending.
    private func detections(of visit: VisitID, _ last: CommitSeq) throws(DependencyFault) -> [DiaSourceID] {
        let running = context.filters.readingSSO
        guard !running.isEmpty else { return [] }
        if !running.contains(where: { $0.program.readsProvisional }), let changed = book?.changed(in: visit, asOf: last) {
            return changed
        }
        return try context.database.solarSources(of: visit).sources.map(\.diaSourceId)
    }

    private func judge(_ ids: [DiaSourceID], of visit: VisitID, _ plan: inout CommitPlan) throws(DependencyFault) {
        let standing = try SolarStandings.Visit(visit, in: context.database)
        plan.lineage.orbitSet = standing.newestOrbitSet ?? ""
        var judge = CommittedJudge(database: context.database, lineage: plan.lineage, commitSeq: plan.firstCommitSeq)
        var findings: [CommittedJudge.Findings] = []
        var place: [DiaSourceID: Int32] = [:]
        for (index, id) in ids.enumerated() { place[id] = Int32(index) }
        for alerts in try writes(of: ids, in: visit, standing) {
            let keys = context.keysReadingSSO(alerts)
            guard !keys.isEmpty else { continue }
            let sso = context.standings.views(of: alerts, [visit: standing], closing: visit)
            let scene = try context.scenes.scene(alerts, for: keys, sso: sso)
            for key in keys {
                guard let running = context.filters.running(key) else { continue }
                let cases = CommittedJudge.Case.solar(key, running.program, scene) {
                    standing.reason(alerts.outcomes[$0].diaSourceId, in: visit)
                }
                var found = try judge.judge(cases, key, running, scene)
                // In order of the detections, whatever the writes that brought them.
                found.publications = found.publications.map { $0.moved(to: place[$0.diaSourceId] ?? 0) }
                findings.append(found)
            }
        }
        plan.add(findings)
    }

    /// The alerts as committed, a table for each write.
    private func writes(
        of ids: [DiaSourceID], in visit: VisitID, _ standing: SolarStandings.Visit
    ) throws(DependencyFault) -> [CommittedAlerts] {
        var found: [CommittedAlerts] = []
        var missing = Set(ids)
        // What was associated anew is stored under another commit than its alert.
        for isByAlert in [false, true] where !missing.isEmpty {
            var wanted: [(commitSeq: CommitSeq, id: DiaSourceID)] = []
            for id in ids where missing.contains(id) {
                var commitSeq = standing.source(id)?.commitSeq
                if isByAlert { commitSeq = try context.database.alert(id)?.known.commitSeq }
                if let commitSeq { wanted.append((commitSeq, id)) }
            }
            wanted.sort { ($0.commitSeq, $0.id) < ($1.commitSeq, $1.id) }
            // A write has a number a round. Reading it costs more than asking it for alerts that it has not: all are asked for.
            while let first = wanted.first?.commitSeq {
                let places = wanted.enumerated().map { row, one in
                    WaitingVerdict(
                        write: first, row: Int32(row), filter: "", version: 0, commitSeq: one.commitSeq,
                        diaSourceId: one.id, visit: visit)
                }
                if let alerts = try context.database.committedAlerts(of: places), alerts.batch.count > 0 {
                    for outcome in alerts.outcomes { missing.remove(outcome.diaSourceId) }
                    found.append(alerts)
                }
                wanted.removeAll { $0.commitSeq == first || !missing.contains($0.id) }
            }
        }
        return found
    }
}

extension CommittedContext {
    /// Whether no alert has come for a while.
    func isOver(_ record: SolarVisit, secondsOpen: Double) -> Bool {
        (clock.now.days - record.lastAlertAt.days) * 86_400 >= secondsOpen
    }

    /// The open visits of a night that are over or have alerts that were compared with orbits anew, ascending: whoever compared them
    /// may have ended before closing them. One of which alerts still come is opened again by the next.
    func visitsToSettle(_ night: Night, secondsOpen: Double) throws(DependencyFault) -> [VisitID] {
        let open = try database.openSolarVisits().filter { Night(visit: $0.visit) == night }
        guard !open.isEmpty else { return [] }
        let compared = Set(try database.solarChanges(night: night).map(\.visit))
        return open.filter { compared.contains($0.visit) || isOver($0, secondsOpen: secondsOpen) }.map(\.visit)
    }
}

extension SolarVisit {
    fileprivate var closed: SolarVisit {
        var closed = self
        closed.isOpen = false
        return closed
    }
}

extension SolarStandings.Visit {
    /// Of the detections that were looked at last.
    fileprivate var newestOrbitSet: String? { sources.sources.max { $0.commitSeq < $1.commitSeq }?.orbitSet }

    /// Why a verdict may be another when the visit is closed.
    fileprivate func reason(_ id: DiaSourceID, in visit: VisitID) -> String {
        guard let standing = claims.standing(id, in: visit), standing.rank > 1,
            let holder = claims.holder(of: standing.ssObjectId, in: visit)
        else { return "visit \(visit) closed" }
        let name = source(id).flatMap { sources.table.string("designation", $0.rows.lowerBound) } ?? "\(standing.ssObjectId)"
        return "visit \(visit) closed, diaSource \(holder) of the same visit is nearer to \(name)"
    }
}

extension PublicationWrite {
    /// The same record with another place in the order of its commit.
    fileprivate func moved(to row: Int32) -> PublicationWrite {
        PublicationWrite(
            topic: topic, kind: kind, diaSourceId: diaSourceId, diaObjectId: diaObjectId, ssObjectId: ssObjectId,
            round: round, revision: revision, schemaVersion: schemaVersion, payload: payload,
            producedAtUnixSeconds: producedAtUnixSeconds, batchRow: row)
    }
}
