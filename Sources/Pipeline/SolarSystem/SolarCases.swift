import Core
import FilterEngine

extension CommittedJudge.Case {
    /// The verdicts of a filter on a scene's alerts that may be others now that more is known of their orbits.
    /// - Parameter why: of an alert whose orbits were looked up when it came, by its row.
    static func solar(
        _ key: CommittedFilters.Key, _ program: FilterProgram, _ scene: CommittedScene, why: (Int) -> String
    ) -> [CommittedJudge.Case] {
        guard let verdicts = scene.alerts.verdicts.first(where: { $0.filter == key.name && $0.version == key.version })
        else { return [] }
        let input = scene.input
        return scene.alerts.outcomes.indices.compactMap { row in
            let previous = verdicts.verdicts[row]
            guard previous != .notRun, !scene.sso.isUnknown(row) else { return nil }
            let wasUnknown = scene.alerts.wasUnknown(row)
            let wasWithout = program.catalogues.contains { name in
                !scene.alerts.nearest.contains { $0.catalogue == name && !$0.versionID.isEmpty }
            }
            let isWaiting = previous == .undetermined && (wasWithout || wasUnknown)
            // What waits for a catalogue, too, goes on waiting for it.
            if isWaiting, !program.unknownInputs(ofRow: row, in: input).isEmpty { return nil }
            let outcome = scene.alerts.outcomes[row]
            let entry = WaitingVerdict(
                write: scene.alerts.write, row: scene.alerts.rows[row], filter: key.name, version: key.version,
                commitSeq: scene.alerts.commitSeqs[row], diaSourceId: outcome.diaSourceId, visit: outcome.visit)
            return CommittedJudge.Case(
                entry: entry, row: row, previous: previous, isWaiting: isWaiting,
                why: wasUnknown ? "evaluated again, orbits could not be asked when the alert came" : why(row))
        }
    }
}

extension CommittedContext {
    /// The filters that judged alerts and read what is known of their orbits.
    func keysReadingSSO(_ alerts: CommittedAlerts) -> [CommittedFilters.Key] {
        alerts.verdicts.map { CommittedFilters.Key(name: $0.filter, version: $0.version) }
            .filter { filters.running($0)?.program.readsSSO ?? false }
    }
}
