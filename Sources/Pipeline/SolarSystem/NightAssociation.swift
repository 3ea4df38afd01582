import Core

/// Compares the committed alerts of a night with orbits anew, one write a step, each in a commit of its own.
///
/// What is stored replaces the old candidates and claims; visits in which something changed are open until they are closed again,
/// and there what follows for filters is settled. Taking a step again changes nothing.
final class NightAssociation {
    enum Scope {
        /// Alerts of some visits of which nothing is known.
        case unknown(Set<VisitID>)
        /// All alerts that were compared with another orbit set or none.
        case all
    }

    let night: Night
    let scope: Scope
    private let context: CommittedContext
    private let associate: (AlertBatch) -> SolarCandidates
    private var cursor = CommitSeq(rawValue: 0)
    private(set) var isDone = false
    /// Alerts that were associated anew.
    private(set) var updates = 0

    init(
        _ context: CommittedContext, night: Night, scope: Scope, associate: @escaping (AlertBatch) -> SolarCandidates
    ) {
        self.context = context
        self.night = night
        self.scope = scope
        self.associate = associate
    }

    private var database: any Database { context.database }

    /// Answers what was committed; nil when this write needs nothing or somebody else was first.
    func step() throws(DependencyFault) -> CommitPlan? {
        guard !isDone else { return nil }
        guard let alerts = try database.committedAlerts(night: night, after: cursor) else {
            isDone = true
            return nil
        }
        guard let plan = try plan(alerts) else {
            cursor = alerts.write
            return nil
        }
        guard try database.commit(plan) == .committed else { return nil }
        cursor = alerts.write
        updates += plan.solar?.updates.count ?? 0
        return plan
    }

    private func plan(_ alerts: CommittedAlerts) throws(DependencyFault) -> CommitPlan? {
        let rows = alerts.outcomes.indices.filter { !alerts.isOutdated[$0] && isInScope(alerts.outcomes[$0].visit) }
        guard !rows.isEmpty else { return nil }
        let candidates = associate(alerts.batch)
        var visits: [VisitID: VisitAssociation] = [:]
        for row in rows {
            let visit = alerts.outcomes[row].visit
            if visits[visit] == nil {
                visits[visit] = try VisitAssociation(visit, in: database, recordedAt: alerts.recordedAt)
            }
            visits[visit]?.take(row, of: alerts, candidates, isUnknownOnly: scope.isUnknownOnly)
        }
        var writes = SolarWrites(candidates: SolarCandidates(orbitSet: ""))
        var counters = BatchCounters()
        for visit in visits.keys.sorted() {
            visits[visit]?.finish(alerts, candidates, into: &writes)
            visits[visit]?.tally(alerts, candidates, to: &counters)
        }
        guard !writes.updates.isEmpty else { return nil }
        var plan = try context.emptyPlan()
        plan.lineage.orbitSet = candidates.orbitSet
        plan.solar = writes
        plan.counters = counters.deltas
        return plan
    }

    private func isInScope(_ visit: VisitID) -> Bool {
        if case .unknown(let visits) = scope { visits.contains(visit) } else { true }
    }
}

extension NightAssociation.Scope {
    var isUnknownOnly: Bool { if case .unknown = self { true } else { false } }
}
