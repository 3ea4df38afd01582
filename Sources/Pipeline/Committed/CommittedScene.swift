import Core
import Crossmatch
import FilterEngine
import Sky

/// Alerts of one write with what filters see of them now: the history as it was known then, the matches of the catalogues that
/// could be asked then and of those that can be asked only now, and what is known now of the Solar System.
struct CommittedScene {
    let alerts: CommittedAlerts
    let nearest: [NearestMatches]
    /// Whether every catalogue that a filter reads is among them.
    let isComplete: Bool
    let sso: CommittedViews
    /// What stands published of the alerts.
    let ledger: PublicationLedger

    var input: FilterInput { input(rows: []) }

    func input(rows: [Int32]) -> FilterInput {
        FilterInput(
            batch: alerts.batch, nearest: nearest, sso: sso.table, recordedAt: alerts.recordedAt, rows: rows)
    }
}

/// What is known now of the Solar System of some committed alerts: one row each.
struct CommittedViews {
    /// `Tables.sso`; nil where nothing was ever associated.
    var table: ColumnTable?
    /// Of each row.
    var orbitSets: [String] = []

    func isUnknown(_ row: Int) -> Bool {
        table.map { $0.string("status", row) == MatchStatus.unknown.rawValue } ?? true
    }
}

/// Puts scenes together.
struct CommittedScenes {
    let database: any Database
    let catalogues: CatalogueSet?
    let radiusArcsec: (String) -> Double
    let filters: CommittedFilters

    /// - Parameter keys: the filters that are to judge.
    func scene(
        _ alerts: CommittedAlerts, for keys: [CommittedFilters.Key], sso: CommittedViews
    ) throws(DependencyFault) -> CommittedScene {
        let running = keys.compactMap { filters.running($0) }
        try fillHistory(alerts, isWanted: running.contains { $0.program.readsHistory })
        let names = Set(running.flatMap(\.program.catalogues)).sorted()
        let ids = Set(alerts.outcomes.map(\.diaSourceId))
        let ledger = PublicationLedger(
            watching: ids, last: try database.lastPublications(of: ids.sorted(), in: running.map(\.version.topic).sorted()),
            topics: try database.topics())
        let nearest = matches(names, alerts)
        return CommittedScene(
            alerts: alerts, nearest: nearest, isComplete: nearest.count == names.count, sso: sso, ledger: ledger)
    }

    /// What catalogues said then, and what those say now that could not be asked then.
    private func matches(_ names: [String], _ alerts: CommittedAlerts) -> [NearestMatches] {
        let sky = SkyBatch()
        sky.load(alerts.batch)
        return names.compactMap { name in
            guard let schema = filters.schema(of: name) else { return nil }
            if let stored = alerts.nearest.first(where: { $0.catalogue == name && !$0.versionID.isEmpty }) {
                return stored.converted(to: schema)
            }
            guard let catalogues else { return nil }
            let matcher = NearestMatcher(
                set: catalogues, catalogue: name, radius: Angle(arcsec: radiusArcsec(name)),
                neededColumns: Set(schema.columns.map(\.name)))
            let found = matcher.match(sky)
            return found.versionID.isEmpty ? nil : found.converted(to: schema)
        }
    }

    /// The history of each alert as known at its commit, within the window that its packet had; the trigger is among it.
    private func fillHistory(_ alerts: CommittedAlerts, isWanted: Bool) throws(DependencyFault) {
        let batch = alerts.batch
        for (row, outcome) in alerts.outcomes.enumerated() {
            let (firstDetection, firstForced) = (batch.detections.table.rowCount, batch.forced.table.rowCount)
            if isWanted, outcome.diaObjectId.isNone {
                batch.detections.table.appendRow(row, of: batch.source)
            } else if isWanted {
                var query = LightCurveQuery(.diaObject(outcome.diaObjectId))
                query.start = MJD(outcome.midpoint.days - HistoryRequests.packetWindowDays)
                query.asOf = alerts.commitSeqs[row]
                if let curve = try database.lightCurve(query) {
                    for point in 0..<curve.detections.rowCount {
                        batch.detections.table.appendRow(point, of: curve.detections)
                    }
                    for point in 0..<curve.forced.rowCount { batch.forced.table.appendRow(point, of: curve.forced) }
                }
            }
            batch.detections.finishParent(firstRow: firstDetection, isGiven: true)
            batch.forced.finishParent(firstRow: firstForced, isGiven: true)
        }
    }
}
