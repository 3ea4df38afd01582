import Core
import Crossmatch
import FilterEngine

/// Evaluates again what was undetermined for want of a catalogue, once it can be used: one write's alerts at a time, each in a
/// commit of its own.
///
/// An alert is seen as it was committed, with the history that was known then and the matches of the catalogues that could be
/// asked then; only those that could not are asked now. Each step finds its work in the database, so that a step whose
/// outcome is not known is simply taken again.
final class Reevaluation {
    struct FilterKey: Hashable {
        let name: String
        let version: Int32
    }

    /// What to do with the waiting verdicts of one filter version.
    enum Action {
        case settle(FilterEvaluator, topic: String)
        /// Nobody wants to know any more.
        case abandon
        case wait
    }

    /// Waiting verdicts that are looked at in one step.
    static let entriesAtOnce = 8192
    static let secondsBetweenLooks = 5.0

    let database: any Database
    let catalogues: CatalogueSet
    let radiusArcsec: (String) -> Double
    let lineage: Lineage
    let clock: any WallClock
    var encoder = PublicationEncoder()
    private let log = Log("reevaluation")
    private var registry = FilterRegistry()
    private var seen: (versions: [CatalogueSet.Version], registry: Int64)?
    private var actions: [FilterKey: Action] = [:]
    private var cursor: WaitingVerdict?
    private var lookAt = 0.0
    /// Whether something changed that waiting verdicts may have waited for, and not all have been looked at since.
    private(set) var isPending = false

    init(
        database: any Database, catalogues: CatalogueSet, radiusArcsec: @escaping (String) -> Double, lineage: Lineage,
        clock: any WallClock
    ) {
        self.database = database
        self.catalogues = catalogues
        self.radiusArcsec = radiusArcsec
        self.lineage = lineage
        self.clock = clock
    }

    var registryVersion: Int64 { seen?.registry ?? 0 }

    /// Looks whether a catalogue or the filters changed; now and then, or at once.
    func look(isUrgent: Bool) throws(DependencyFault) {
        guard isUrgent || clock.monotonicSeconds >= lookAt else { return }
        lookAt = clock.monotonicSeconds + Reevaluation.secondsBetweenLooks
        catalogues.refresh()
        catalogues.adoptNewNames()
        let stored = try database.filterRegistry()
        let versions = catalogues.versions
        if let seen, seen.versions == versions, seen.registry == stored.version { return }
        do throws(UserFault) {
            registry = stored.bytes.isEmpty ? FilterRegistry() : try FilterRegistry(decoding: stored.bytes)
        } catch {
            throw DependencyFault("filter registry", "\(error)", isRetriable: false)
        }
        seen = (versions, stored.version)
        actions.removeAll()
        cursor = nil
        isPending = true
    }

    /// Takes one step; answers what was committed, nil when nothing was.
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
            actions.removeAll()
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
        if case .wait = action(FilterKey(name: entry.filter, version: entry.version)) { return false }
        return true
    }

    func action(_ key: FilterKey) -> Action {
        if let known = actions[key] { return known }
        let action = makeAction(key)
        actions[key] = action
        return action
    }

    private func makeAction(_ key: FilterKey) -> Action {
        guard let record = registry.filters.first(where: { $0.name == key.name }), record.state != .retired,
            let version = record.versions.first(where: { $0.number == key.version })
        else { return .abandon }
        guard record.state == .active else { return .wait }
        var schemas: [String: TableSchema] = [:]
        for name in catalogues.names { schemas[name] = catalogues.nearestSchema(name) }
        do throws(UserFault) {
            let program = try FilterHost.program(of: version, name: key.name, with: schemas)
            guard program.catalogues.allSatisfy({ schemas[$0] != nil }) else { return .wait }
            return .settle(FilterEvaluator(program), topic: version.topic)
        } catch {
            log.error("filter \(key.name) cannot evaluate again: it no longer compiles", ["reason": "\(error)"])
            return .wait
        }
    }
}
