import Core
import Crossmatch
import FilterEngine

/// The deployed filters, compiled: follows the registry in the database and runs every active filter over each batch.
public final class FilterHost {
    private struct Deployed {
        let name: String
        let version: FilterVersion
        /// Nil while it does not run: paused, retired, or its text does not compile against today's catalogues.
        let evaluator: FilterEvaluator?
    }

    private let log = Log("filter")
    private var deployed: [Deployed] = []
    private var encoder = PublicationEncoder()
    public private(set) var registryVersion: Int64 = -1
    /// Columns of each catalogue as the batches bring them: programs read cells by position.
    private var nearestSchemas: [String: TableSchema] = [:]

    public init() {}

    var hasFilters: Bool { !deployed.isEmpty }
    /// Whether an active filter reads detections or forced points.
    var readsHistory: Bool { deployed.contains { $0.evaluator?.program.readsHistory ?? false } }

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
            let names = nearestSchemas.keys.sorted()
            let catalog = FilterCatalog.forFilters(
                nearest: names.compactMap { name in nearestSchemas[name].map { (catalogue: name, schema: $0) } })
            deployed = registry.filters.filter { $0.state != .retired }.map { deploy($0, catalog) }
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

    private func deploy(_ record: FilterRecord, _ catalog: FilterCatalog) -> Deployed {
        guard record.state == .active else {
            return Deployed(name: record.name, version: record.current, evaluator: nil)
        }
        do throws(UserFault) {
            let definition = try FilterDefinition(text: record.current.text, name: record.name, catalog: catalog)
            return Deployed(
                name: record.name, version: record.current, evaluator: FilterEvaluator(definition.program))
        } catch {
            log.error("filter \(record.name) does not run: it no longer compiles", ["reason": "\(error)"])
            return Deployed(name: record.name, version: record.current, evaluator: nil)
        }
    }

    // MARK: A batch

    /// Verdicts of every filter, and a publication for each alert that passed one, in order of arrival.
    func run(_ plan: inout CommitPlan) {
        let rows = plan.outcomes.indices.filter { plan.outcomes[$0].kind != .duplicate }.map(Int32.init)
        // Without a version nobody could look, and the table has no columns of the catalogue: unknown.
        let nearest = plan.nearest.filter { !$0.versionID.isEmpty }
        let input = FilterInput(batch: plan.batch, nearest: nearest, recordedAt: plan.recordedAt, rows: rows)
        var publications: [PublicationWrite] = []
        for filter in deployed {
            var verdicts = [FilterVerdict](repeating: .notRun, count: plan.outcomes.count)
            if let result = filter.evaluator?.evaluate(input) {
                for (row, verdict) in zip(rows, result.verdicts) { verdicts[Int(row)] = verdict }
                for (index, row) in result.passedRows.enumerated() {
                    publications.append(publication(of: filter, Int(row), index, result.selected, plan))
                }
            }
            plan.verdicts.append(
                FilterVerdicts(filter: filter.name, version: filter.version.number, verdicts: verdicts))
        }
        let order = publications.indices.sorted { (publications[$0].batchRow, $0) < (publications[$1].batchRow, $1) }
        plan.publications = order.map { publications[$0] }
    }

    private func publication(
        of filter: Deployed, _ row: Int, _ index: Int, _ selected: ColumnTable, _ plan: CommitPlan
    ) -> PublicationWrite {
        let outcome = plan.outcomes[row]
        let kind: PublicationKind = outcome.kind == .revised ? .update : .new
        let payload = encoder.encode(
            PublicationEncoder.Envelope(
                outcome: outcome, kind: kind,
                commitSeq: plan.firstCommitSeq.rawValue + Int64(outcome.round), filter: filter.name,
                filterVersion: filter.version.number, lineage: plan.lineage), row: index, of: selected)
        return PublicationWrite(
            topic: filter.version.topic, kind: kind, diaSourceId: outcome.diaSourceId, diaObjectId: outcome.diaObjectId,
            ssObjectId: outcome.ssObjectId, round: outcome.round, schemaVersion: filter.version.number,
            payload: payload,
            producedAtUnixSeconds: plan.batch.origins[row].producedAtUnixSeconds, batchRow: Int32(row))
    }
}
