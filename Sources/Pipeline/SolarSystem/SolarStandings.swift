import Core

/// Whom committed alerts are attributed to now: their visits' claims as stored.
struct SolarStandings {
    let database: any Database
    /// Whom the packets name, one an alert, by the ids that our orbits have.
    let packetBodies: (AlertBatch) -> [SSObjectID]

    /// A visit with all that is stored of its detections.
    struct Visit {
        let record: SolarVisit?
        let sources: SolarSources
        private(set) var claims = VisitClaims()
        private var places: [DiaSourceID: Int] = [:]

        init(_ visit: VisitID, in database: any Database) throws(DependencyFault) {
            record = try database.solarVisit(visit)
            sources = try database.solarSources(of: visit)
            claims.load(visit, record: record, sources: sources)
            for (place, source) in sources.sources.enumerated() { places[source.diaSourceId] = place }
        }

        func source(_ id: DiaSourceID) -> SolarSources.Source? { places[id].map { sources.sources[$0] } }
    }

    /// - Parameter closing: a visit that is taken for closed.
    func views(of alerts: CommittedAlerts, closing: VisitID? = nil) throws(DependencyFault) -> CommittedViews {
        var visits: [VisitID: Visit] = [:]
        for outcome in alerts.outcomes where visits[outcome.visit] == nil {
            visits[outcome.visit] = try Visit(outcome.visit, in: database)
        }
        return views(of: alerts, visits, closing: closing)
    }

    func views(of alerts: CommittedAlerts, _ visits: [VisitID: Visit], closing: VisitID?) -> CommittedViews {
        let bodies = packetBodies(alerts.batch)
        let candidates = ColumnTable(schema: Tables.ssoCandidate)
        var views: [SolarView] = []
        var found = CommittedViews()
        for (row, outcome) in alerts.outcomes.enumerated() {
            guard let visit = visits[outcome.visit] else { preconditionFailure("a visit was not read") }
            let source = visit.source(outcome.diaSourceId)
            let isKnown = source != nil || !alerts.wasUnknown(row)
            found.orbitSets.append(source?.orbitSet ?? (isKnown ? alerts.orbitSet : ""))
            guard isKnown else { views.append(.unknown); continue }
            let rows = source?.rows ?? 0..<0
            let first = candidates.rowCount
            for candidate in rows { candidates.appendRow(candidate, of: visit.sources.table) }
            views.append(
                SolarView(
                    rows: first..<first + rows.count,
                    standing: visit.claims.standing(outcome.diaSourceId, in: outcome.visit),
                    packetBody: bodies[row],
                    isVisitOpen: outcome.visit != closing && visit.record?.isOpen ?? false))
        }
        found.table = SolarViews.table(views, of: candidates)
        return found
    }
}

extension CommittedAlerts {
    /// Whether nobody could look for orbits when the alert was committed.
    func wasUnknown(_ row: Int) -> Bool {
        sso.map { $0.string("status", row) == MatchStatus.unknown.rawValue } ?? true
    }
}
