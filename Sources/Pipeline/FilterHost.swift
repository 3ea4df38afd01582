import Core
import Crossmatch
import FilterEngine

/// The deployed filters, compiled: follows the registry in the database and runs every active filter over each batch.
public final class FilterHost {
    struct Deployed {
        let name: String
        let version: FilterVersion
        /// Nil while it does not run: paused, retired, or its text does not compile against today's catalogues.
        let evaluator: FilterEvaluator?
    }

    private let log = Log("filter")
    private(set) var deployed: [Deployed] = []
    var encoder = PublicationEncoder()
    public private(set) var registryVersion: Int64 = -1
    /// Columns of each catalogue as the batches bring them: programs read cells by position.
    private var nearestSchemas: [String: TableSchema] = [:]

    public init() {}

    var hasFilters: Bool { !deployed.isEmpty }
    /// Whether an active filter reads detections or forced points.
    var readsHistory: Bool { deployed.contains { $0.evaluator?.program.readsHistory ?? false } }

    /// Of the filters that run.
    var topics: [String] { deployed.filter { $0.evaluator != nil }.map(\.version.topic) }

    /// The filter whose topic it is.
    func name(publishingTo topic: String) -> String? { deployed.first { $0.version.topic == topic }?.name }

    /// The tables that filters may name with these catalogues.
    public static func catalog(of catalogues: CatalogueSet?) -> FilterCatalog {
        let names = catalogues?.names ?? []
        return .forFilters(
            nearest: names.compactMap { name in
                catalogues?.nearestSchema(name).map { (catalogue: name, schema: $0) }
            })
    }

    /// Takes a newer registry; one small read a batch. One that cannot be read now is asked for again with the next batch.
    ///
    /// A catalogue of a new version may have other columns: then the filters are compiled again, for those of this batch.
    func refresh(from database: any Database, nearest: [NearestMatches]) {
        var isRecompiling = false
        for matches in nearest where !matches.versionID.isEmpty {
            let schema = matches.table.schema
            if nearestSchemas[matches.catalogue]?.columns == schema.columns { continue }
            nearestSchemas[matches.catalogue] = schema
            isRecompiling = true
        }
        do {
            let stored = try database.filterRegistry()
            guard stored.version != registryVersion || isRecompiling else { return }
            let registry = stored.bytes.isEmpty ? FilterRegistry() : try FilterRegistry(decoding: stored.bytes)
            deployed = registry.filters.filter { $0.state != .retired }.map(deploy)
            registryVersion = stored.version
        } catch {
            // Programs must not meet columns that they were not compiled for.
            if isRecompiling {
                deployed = deployed.map { Deployed(name: $0.name, version: $0.version, evaluator: nil) }
                registryVersion = -1
            }
            log.error("the filter registry cannot be read; the filters stay as they were", ["reason": "\(error)"])
        }
    }

    private func deploy(_ record: FilterRecord) -> Deployed {
        guard record.state == .active else {
            return Deployed(name: record.name, version: record.current, evaluator: nil)
        }
        do throws(UserFault) {
            let program = try FilterProgram.of(record.current, name: record.name, with: nearestSchemas)
            return Deployed(name: record.name, version: record.current, evaluator: FilterEvaluator(program))
        } catch {
            log.error("filter \(record.name) does not run: it no longer compiles", ["reason": "\(error)"])
            return Deployed(name: record.name, version: record.current, evaluator: nil)
        }
    }
}
