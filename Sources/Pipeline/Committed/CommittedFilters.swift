import Avro
import Core
import Crossmatch
import FilterEngine

/// The filter versions of the registry, compiled to judge alerts that were committed before, and the catalogues of today.
final class CommittedFilters {
    struct Key: Hashable {
        let name: String
        let version: Int32
    }

    struct Running {
        let evaluator: FilterEvaluator
        let version: FilterVersion
        /// Of the records that it publishes.
        let reader: AvroValueReader?
        /// Whether every catalogue that it reads can be asked now.
        let isComplete: Bool
        var program: FilterProgram { evaluator.program }
    }

    /// What to do with verdicts of one filter version.
    enum Action {
        case judge(Running)
        /// Nobody wants to know any more.
        case abandon
        /// Paused, or it no longer compiles.
        case wait
    }

    private let database: any Database
    private let catalogues: CatalogueSet?
    private let log = Log("reevaluation")
    private var registry = FilterRegistry()
    private var seen: (versions: [CatalogueSet.Version], registry: Int64)?
    private var changes = 0
    private var actions: [Key: Action] = [:]
    private var schemas: [String: TableSchema] = [:]

    init(database: any Database, catalogues: CatalogueSet?) {
        self.database = database
        self.catalogues = catalogues
    }

    var registryVersion: Int64 { seen?.registry ?? 0 }

    /// Looks whether a catalogue or the filters changed; answers how often they did, which each step compares by itself.
    func refresh() throws(DependencyFault) -> Int {
        catalogues?.refresh()
        catalogues?.adoptNewNames()
        let stored = try database.filterRegistry()
        let versions = catalogues?.versions ?? []
        if let seen, seen.versions == versions, seen.registry == stored.version { return changes }
        do throws(UserFault) {
            registry = stored.bytes.isEmpty ? FilterRegistry() : try FilterRegistry(decoding: stored.bytes)
        } catch {
            throw DependencyFault("filter registry", "\(error)", isRetriable: false)
        }
        seen = (versions, stored.version)
        changes += 1
        forget()
        schemas.removeAll()
        // A catalogue that is gone has the columns that filters knew last.
        for version in registry.filters.flatMap(\.versions) {
            for catalogue in version.catalogues { schemas[catalogue.name] = catalogue.schema }
        }
        for name in catalogues?.names ?? [] { schemas[name] = catalogues?.nearestSchema(name) ?? schemas[name] }
        return changes
    }

    /// A catalogue went bad: everything is compiled anew.
    func forget() { actions.removeAll() }

    func schema(of catalogue: String) -> TableSchema? { schemas[catalogue] }

    func action(_ key: Key) -> Action {
        if let known = actions[key] { return known }
        let action = makeAction(key)
        actions[key] = action
        return action
    }

    func running(_ key: Key) -> Running? {
        if case .judge(let running) = action(key) { running } else { nil }
    }

    /// Those that read what we say of the Solar System, in order of name and version.
    var readingSSO: [Running] {
        registry.filters.flatMap { record in record.versions.map { Key(name: record.name, version: $0.number) } }
            .compactMap { running($0) }.filter { $0.program.readsSSO }
    }

    private func makeAction(_ key: Key) -> Action {
        guard let record = registry.filters.first(where: { $0.name == key.name }), record.state != .retired,
            let version = record.versions.first(where: { $0.number == key.version })
        else { return .abandon }
        guard record.state == .active else { return .wait }
        do throws(UserFault) {
            let program = try FilterProgram.of(version, name: key.name, with: schemas)
            let isComplete = program.catalogues.allSatisfy { catalogues?.nearestSchema($0) != nil }
            let json = OutputSchema.avroJSON(topic: version.topic, columns: version.columns)
            let schema = try? AvroSchema(json: Array(json.utf8))
            return .judge(
                Running(
                    evaluator: FilterEvaluator(program), version: version,
                    reader: schema.map { AvroValueReader(writer: $0) }, isComplete: isComplete))
        } catch {
            log.error("filter \(key.name) cannot evaluate again: it no longer compiles", ["reason": "\(error)"])
            return .wait
        }
    }
}
