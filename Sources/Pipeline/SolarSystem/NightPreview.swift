import Core

/// What comparing the alerts of a night with other orbits comes to, without writing anything: first all new claims, then, knowing
/// who is nearest, each alert once more.
public final class NightPreview {
    public struct Counts: Sendable, Equatable {
        /// Newest revisions of the night's alerts.
        public var alerts = 0
        /// Those that nobody could look orbits up for, before and after.
        public var unknownBefore = 0
        public var unknownAfter = 0
        public var matchedBefore = 0
        public var matchedAfter = 0
        /// How whom alerts are attributed to changed: from nobody, to nobody, from one to another.
        public var gained = 0
        public var lost = 0
        public var moved = 0
        /// Visits that somebody left open, and that are settled with the others.
        public var leftOpen = 0
        /// Records that follow.
        public var new = 0
        public var updates = 0
        public var retractions = 0

        mutating func add(_ publications: [PublicationWrite]) {
            for one in publications {
                switch one.kind {
                case .new: new += 1
                case .update: updates += 1
                case .retraction: retractions += 1
                }
            }
        }

        fileprivate mutating func note(before: SSObjectID, after: SSObjectID) {
            matchedBefore += before.isNone ? 0 : 1
            matchedAfter += after.isNone ? 0 : 1
            switch (before.isNone, after.isNone) {
            case (true, false): gained += 1
            case (false, true): lost += 1
            case (false, false): moved += before == after ? 0 : 1
            case (true, true): break
            }
        }
    }

    private let context: CommittedContext
    private let night: Night
    private let secondsOpen: Double
    private let associate: (AlertBatch) -> SolarCandidates
    /// Of the whole night, as they would be.
    private var after = VisitClaims(limit: .max)
    /// Visits in which something would change, or which somebody left open.
    private var changed = Set<VisitID>()
    private(set) var counts = Counts()

    init(
        _ context: CommittedContext, night: Night, secondsOpen: Double,
        associate: @escaping (AlertBatch) -> SolarCandidates
    ) {
        self.context = context
        self.night = night
        self.secondsOpen = secondsOpen
        self.associate = associate
    }

    /// Counts alerts and how their attribution changes.
    func look() throws(DependencyFault) {
        changed = Set(try context.visitsToSettle(night, secondsOpen: secondsOpen))
        counts.leftOpen = changed.count
        try forEachWrite { (alerts, candidates, visits) throws(DependencyFault) in
            claim(alerts, candidates, visits)
        }
        try forEachWrite { (alerts, candidates, visits) throws(DependencyFault) in
            count(alerts, candidates, visits)
        }
    }

    /// Counts the records that would follow.
    func judge() throws(DependencyFault) {
        guard !context.filters.readingSSO.isEmpty else { return }
        try forEachWrite { (alerts, candidates, visits) throws(DependencyFault) in
            try judge(alerts, candidates, visits)
        }
    }

    private func forEachWrite(
        _ body: (CommittedAlerts, SolarCandidates, [VisitID: SolarStandings.Visit]) throws(DependencyFault) -> Void
    ) throws(DependencyFault) {
        var cursor = CommitSeq(rawValue: 0)
        while let alerts = try context.database.committedAlerts(night: night, after: cursor) {
            cursor = alerts.write
            var visits: [VisitID: SolarStandings.Visit] = [:]
            for outcome in alerts.outcomes where visits[outcome.visit] == nil {
                visits[outcome.visit] = try SolarStandings.Visit(outcome.visit, in: context.database)
            }
            try body(alerts, associate(alerts.batch), visits)
        }
    }

    // MARK: One write

    private func claim(
        _ alerts: CommittedAlerts, _ candidates: SolarCandidates, _ visits: [VisitID: SolarStandings.Visit]
    ) {
        let columns = SolarCandidateColumns(candidates.table)
        for (row, outcome) in alerts.outcomes.enumerated() where !alerts.isOutdated[row] {
            guard let visit = visits[outcome.visit] else { continue }
            if !after.holds(outcome.visit) { after.load(outcome.visit, record: nil, sources: visit.sources) }
            let change = AlertAssociation(row, of: alerts, visit.source(outcome.diaSourceId), candidates)
            guard change.isNeeded, let range = change.range else { continue }
            changed.insert(outcome.visit)
            after.put(
                outcome.diaSourceId, range.map { VisitClaims.Candidate($0, columns) }, at: outcome.midpoint,
                in: outcome.visit)
        }
    }

    private func count(
        _ alerts: CommittedAlerts, _ candidates: SolarCandidates, _ visits: [VisitID: SolarStandings.Visit]
    ) {
        let none = SSObjectID(rawValue: 0)
        for (row, outcome) in alerts.outcomes.enumerated() where !alerts.isOutdated[row] {
            guard let visit = visits[outcome.visit] else { continue }
            let change = AlertAssociation(row, of: alerts, visit.source(outcome.diaSourceId), candidates)
            counts.alerts += 1
            counts.unknownBefore += change.wasUnknown ? 1 : 0
            counts.unknownAfter += change.wasUnknown && change.range == nil ? 1 : 0
            counts.note(
                before: visit.claims.standing(outcome.diaSourceId, in: outcome.visit)?.attribution ?? none,
                after: after.standing(outcome.diaSourceId, in: outcome.visit)?.attribution ?? none)
        }
    }

    private func judge(
        _ alerts: CommittedAlerts, _ candidates: SolarCandidates, _ visits: [VisitID: SolarStandings.Visit]
    ) throws(DependencyFault) {
        let keys = context.keysReadingSSO(alerts)
        guard !keys.isEmpty, alerts.outcomes.contains(where: { changed.contains($0.visit) }) else { return }
        var isStored = [Bool](repeating: false, count: alerts.outcomes.count)
        let sso = views(of: alerts, candidates, visits, &isStored)
        let scene = try context.scenes.scene(alerts, for: keys, sso: sso)
        let plan = try context.emptyPlan()
        var judge = CommittedJudge(database: context.database, lineage: plan.lineage, commitSeq: plan.firstCommitSeq)
        for key in keys {
            guard let running = context.filters.running(key) else { continue }
            let cases = CommittedJudge.Case.solar(key, running.program, scene) { _ in "" }.filter { one in
                one.row.map { isStored[$0] && changed.contains(alerts.outcomes[$0].visit) } ?? false
            }
            counts.add(try judge.judge(cases, key, running, scene).publications)
        }
    }

    /// What would be known of each alert, and whether something would be stored of it: only those are looked at.
    private func views(
        of alerts: CommittedAlerts, _ candidates: SolarCandidates, _ visits: [VisitID: SolarStandings.Visit],
        _ isStored: inout [Bool]
    ) -> CommittedViews {
        let table = ColumnTable(schema: Tables.ssoCandidate)
        let bodies = context.standings.packetBodies(alerts.batch)
        var found = CommittedViews()
        var views: [SolarView] = []
        for (row, outcome) in alerts.outcomes.enumerated() {
            let source = visits[outcome.visit]?.source(outcome.diaSourceId)
            let change = AlertAssociation(row, of: alerts, source, candidates)
            let isNew = change.isNeeded && change.range != nil
            isStored[row] = isNew || source != nil
            found.orbitSets.append(isNew ? candidates.orbitSet : source?.orbitSet ?? alerts.orbitSet)
            guard isNew || !change.wasUnknown else { views.append(.unknown); continue }
            let first = table.rowCount
            if isNew {
                for candidate in change.range ?? 0..<0 { table.appendRow(candidate, of: candidates.table) }
            } else if let source, let stored = visits[outcome.visit]?.sources.table {
                for candidate in source.rows { table.appendRow(candidate, of: stored) }
            }
            views.append(
                SolarView(
                    rows: first..<table.rowCount, standing: after.standing(outcome.diaSourceId, in: outcome.visit),
                    packetBody: bodies[row], isVisitOpen: false))
        }
        found.table = SolarViews.table(views, of: table)
        return found
    }
}
