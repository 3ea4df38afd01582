import Core
import Crossmatch
import FilterEngine

/// Evaluates again what was undetermined for want of a catalogue, once it can be used: one write's alerts at a time, each in a
/// commit of its own.
///
/// An alert is seen as it was committed, with the history that was known then and the matches of the catalogues that could be
/// asked then; only those that could not are asked now. What waits for orbits, too, goes on waiting for them.
final class Reevaluation: BackgroundStep {
    typealias FilterKey = CommittedFilters.Key

    /// Waiting verdicts that are looked at in one step.
    static let entriesAtOnce = 8192
    static let secondsBetweenLooks = 5.0

    private let context: CommittedContext
    private let log = Log("reevaluation")
    private var changesSeen = 0
    private var cursor: WaitingVerdict?
    private var lookAt = 0.0
    /// Whether something changed that waiting verdicts may have waited for, and not all have been looked at since.
    private(set) var isPending = false

    init(_ context: CommittedContext) { self.context = context }

    private var database: any Database { context.database }

    func look(isUrgent: Bool) throws(DependencyFault) {
        guard isUrgent || context.clock.monotonicSeconds >= lookAt else { return }
        lookAt = context.clock.monotonicSeconds + Reevaluation.secondsBetweenLooks
        let changes = try context.filters.refresh()
        guard changes != changesSeen else { return }
        changesSeen = changes
        cursor = nil
        isPending = true
    }

    func step() throws(DependencyFault) -> CommitPlan? {
        guard isPending else { return nil }
        let entries = try database.waitingVerdicts(after: cursor, limit: Reevaluation.entriesAtOnce)
        guard let first = entries.firstIndex(where: { isActionable($0) }) else {
            isPending = entries.count == Reevaluation.entriesAtOnce
            cursor = isPending ? entries.last : nil
            return nil
        }
        let group = entries[first...].prefix { $0.write == entries[first].write }
        guard let plan = try plan(group.filter { isActionable($0) }) else {
            context.filters.forget()
            return nil
        }
        guard !plan.settled.isEmpty else {
            cursor = group.last
            return nil
        }
        guard try database.commit(plan) == .committed else { return nil }
        cursor = group.last
        log.info(
            "verdicts evaluated again",
            ["verdicts": "\(plan.settled.count)", "publications": "\(plan.publications.count)"])
        return plan
    }

    private func isActionable(_ entry: WaitingVerdict) -> Bool {
        switch context.filters.action(FilterKey(name: entry.filter, version: entry.version)) {
        case .wait: false
        case .abandon: true
        case .judge(let running): running.isComplete
        }
    }

    /// What some verdicts of one write come to; nil when a catalogue went bad meanwhile.
    private func plan(_ entries: [WaitingVerdict]) throws(DependencyFault) -> CommitPlan? {
        var groups: [FilterKey: [WaitingVerdict]] = [:]
        for entry in entries { groups[FilterKey(name: entry.filter, version: entry.version), default: []].append(entry) }
        let keys = groups.keys.sorted { ($0.name, $0.version) < ($1.name, $1.version) }
        var plan = try context.emptyPlan()
        var scene: CommittedScene?
        if let alerts = try database.committedAlerts(of: entries), alerts.batch.count > 0 {
            let isSolar = keys.contains { context.filters.running($0)?.program.readsSSO ?? false }
            let sso = isSolar ? try context.standings.views(of: alerts) : CommittedViews()
            scene = try context.scenes.scene(alerts, for: keys, sso: sso)
        }
        guard scene?.isComplete ?? true else { return nil }
        plan.lineage.catalogues = scene.map { $0.nearest.map { "\($0.catalogue)@\($0.versionID)" }.sorted() } ?? []
        plan.lineage.orbitSet = scene?.alerts.orbitSet ?? ""
        var judge = CommittedJudge(database: database, lineage: plan.lineage, commitSeq: plan.firstCommitSeq)
        var findings: [CommittedJudge.Findings] = []
        for key in keys {
            let waiting = groups[key] ?? []
            guard let running = context.filters.running(key), let scene else {
                findings.append(judge.abandon(waiting.map { Reevaluation.gone($0) }, key))
                continue
            }
            findings.append(try judge.judge(cases(waiting, running.program, scene), key, running, scene))
        }
        plan.add(findings)
        return plan
    }

    private static func gone(_ entry: WaitingVerdict) -> CommittedJudge.Case {
        CommittedJudge.Case(entry: entry, row: nil, previous: .undetermined, isWaiting: true, why: "")
    }

    /// Those that can be settled: not those that go on waiting for orbits.
    private func cases(
        _ entries: [WaitingVerdict], _ program: FilterProgram, _ scene: CommittedScene
    ) -> [CommittedJudge.Case] {
        let missing = program.catalogues.filter { name in
            !scene.alerts.nearest.contains { $0.catalogue == name && !$0.versionID.isEmpty }
        }
        let why = "evaluated again, \(missing.joined(separator: " and ")) could not be asked when the alert came"
        let rows = scene.alerts.rowsByAlert
        return entries.compactMap { entry in
            let row = rows[CommittedAlerts.Key(diaSourceId: entry.diaSourceId, commitSeq: entry.commitSeq)]
            if let row, program.readsSSO, scene.sso.isUnknown(row), !scene.alerts.isOutdated[row] { return nil }
            return CommittedJudge.Case(entry: entry, row: row, previous: .undetermined, isWaiting: true, why: why)
        }
    }
}
