import ADQL
import Core
import FilterEngine

/// The filter registry that the database keeps, for the API: every change is a compare-and-set of the whole registry.
public final class RegistryFilterService: FilterService {
    private let database: any Database
    private let clock: any WallClock
    /// The tables that filters may name today.
    private let catalog: @Sendable () -> Catalog

    public init(database: any Database, clock: any WallClock, catalog: @escaping @Sendable () -> Catalog) {
        self.database = database
        self.clock = clock
        self.catalog = catalog
    }

    static func registry(in database: any Database) throws -> (registry: FilterRegistry, stored: StoredRegistry) {
        let stored = try database.filterRegistry()
        return (stored.bytes.isEmpty ? FilterRegistry() : try FilterRegistry(decoding: stored.bytes), stored)
    }

    public func filters() throws -> [FilterDescription] {
        try RegistryFilterService.registry(in: database).registry.filters.map { describe($0, $0.current) }
    }

    public func versions(of name: String) throws -> [FilterDescription] {
        guard
            let record = try RegistryFilterService.registry(in: database).registry.filters.first(where: {
                $0.name == name
            })
        else { return [] }
        return record.versions.reversed().map { describe(record, $0) }
    }

    public func deploy(text: String, name: String?, allowBreaking: Bool) throws -> FilterDescription {
        let header = QueryHeader(of: text)
        guard let name = name ?? header.topic else {
            throw UserFault(
                .usage, "the filter has no name", hint: "give name=…, or a line `-- topic: …` in its text")
        }
        let definition = try FilterDefinition(text: text, name: name, catalog: catalog())
        return try change { registry in
            _ = try registry.deploy(definition, at: clock.now, allowBreaking: allowBreaking)
            return name
        }
    }

    public func setState(_ state: FilterDescription.State, of name: String) throws -> FilterDescription {
        try change { registry in
            switch state {
            case .active: try registry.resume(name, at: clock.now)
            case .paused: try registry.pause(name, at: clock.now)
            case .retired: try registry.retire(name, at: clock.now)
            case .quarantined: throw UserFault(.usage, "quarantine is the broker's own decision")
            }
            return name
        }
    }

    /// Tries again when somebody else changed the registry meanwhile.
    private func change(_ body: (inout FilterRegistry) throws -> String) throws -> FilterDescription {
        for _ in 0..<10 {
            var (registry, stored) = try RegistryFilterService.registry(in: database)
            let before = registry.version
            let name = try body(&registry)
            let record = try registry.filter(named: name)
            if registry.version == before { return describe(record, record.current) }
            if try database.replaceFilterRegistry(registry.encoded(), expectedVersion: stored.version) {
                return describe(record, record.current)
            }
        }
        throw UserFault(.conflict, "the filter registry changes too fast", hint: "try again")
    }

    private func describe(_ record: FilterRecord, _ version: FilterVersion) -> FilterDescription {
        let states: [FilterRecord.State: FilterDescription.State] = [
            .active: .active, .paused: .paused, .retired: .retired,
        ]
        let json = OutputSchema.avroJSON(topic: version.topic, columns: version.columns)
        return FilterDescription(
            name: record.name, owner: version.owner, title: version.title, topic: version.topic,
            version: Int(version.number), state: states[record.state] ?? .paused,
            schemaID: OutputSchemaID.id(topic: version.topic, json: json), deployedAt: version.deployedAt,
            text: version.text)
    }
}
