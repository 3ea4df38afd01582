import Avro
import Core
import Crossmatch
import FilterEngine
import Pipeline
import Service
import SolarSystem
import Storage
import Streams

/// Work on a data directory that its owner does, over HTTP or in the process of a command: `POST /api/v1/operations/NAME`.
enum Operations {
    typealias Operation = @Sendable (APIRequest) throws -> APIResponse

    static func all(
        database: EmbeddedDatabase, schemas: SchemaStore, catalogues: CatalogueSet, nightly: NightlyHost,
        commits: CommitSignal, gate: CommitGate, options: PipelineOptions
    ) -> [String: Operation] {
        let deadLetters: [String: Operation] = [
            "deadletters-retry": { request in
                _ = try OperationArguments(request, [])
                return try retryDeadLetters(
                    database: database, schemas: schemas, catalogues: catalogues, nightly: nightly, commits: commits,
                    gate: gate, options: options)
            }
        ]
        let families = [
            deadLetters, Operations.database(database, catalogues, nightly.orbits.store),
            Operations.filters(database, catalogues, nightly.orbits), Operations.orbits(database, nightly.orbits),
            Operations.bodies(database, nightly.orbits, gate, commits),
            Operations.match(database, catalogues, nightly, commits, gate, options),
        ]
        return families.reduce(into: [:]) { all, family in all.merge(family) { first, _ in first } }
    }

    /// Reads every open dead letter again, through the same pipeline as everything else.
    private static func retryDeadLetters(
        database: EmbeddedDatabase, schemas: SchemaStore, catalogues: CatalogueSet, nightly: NightlyHost,
        commits: CommitSignal, gate: CommitGate, options: PipelineOptions
    ) throws -> APIResponse {
        schemas.forgetUnknown()
        let files = FileRecords(schemas: AvroContainerSchemas(store: schemas))
        let source = DeadLetterSource(database: database, reread: files.record)
        var options = options
        options.reevaluates = false
        options.waitsForNightlyIndex = true
        let runner = PipelineRunner(
            PipelineRunner.Parts(
                source: source, schemas: schemas, database: database, catalogues: catalogues,
                orbits: nightly, filters: FilterHost(), gate: gate), options: options)
        let totals = try runner.run { _ in commits.notify() }
        var writer = TextWriter()
        writer.append(string: "{\"tried\":\(source.triedCount),\"retried\":\(totals.count("retried"))}\n")
        return APIResponse(.json, writer.bytes)
    }
}
