import Avro
import Core
import Crossmatch
import FilterEngine
import Pipeline
import Service
import SolarSystem
import Storage
import Streams
import Synchronization

/// Everything that owns a data directory: database, catalogues, filters, router. Commands and servers are built on it.
final class Broker {
    let directory: String
    let configuration: Configuration
    let database: EmbeddedDatabase
    let catalogues: CatalogueSet
    let orbits: OrbitSetInUse
    let nightly: NightlyHost
    let schemas: SchemaStore
    let topics: RegistryTopics
    let router: Router
    let readiness = Readiness()
    let pipelineOptions: PipelineOptions
    let commits = CommitSignal()
    /// Of all that commits in this process.
    let gate = CommitGate()
    private var server: HTTPServer?
    private var publishing: Publishing?
    private var orbitRoll: OrbitRoll?

    /// - Parameter isReadOnly: for questions beside nobody; nothing is written.
    init(directory: String, configuration: Configuration, isReadOnly: Bool = false) throws {
        // Before the database is open: a refusal must not leave it to its destructor.
        let token = try Broker.token(configuration)
        pipelineOptions = try PipelineOptions(configuration)
        let nights = try NightlyHost.Options(configuration)
        self.directory = directory
        self.configuration = configuration
        var options = EmbeddedOptions()
        options.archive.isEnabled = configuration.flag("archive.enabled")
        options.archive.keepsCutouts = configuration.flag("archive.cutouts")
        options.archive.days = Double(configuration.integer("archive.days"))
        options.archive.maxBytes = Int64(configuration.integer("archive.bytes"))
        database =
            isReadOnly
            ? try EmbeddedDatabase.openReadOnly(directory: directory, options: options)
            : try EmbeddedDatabase.open(directory: directory, options: options)
        let store = CatalogueStore(
            path: configuration.optionalText("catalogues.directory") ?? directory + "/catalogues")
        let catalogues = CatalogueSet(store: store, names: store.names())
        self.catalogues = catalogues
        orbits = OrbitSetInUse(store: OrbitStore(path: directory + "/orbits"))
        nightly = NightlyHost(orbits: orbits, options: nights)
        schemas = SchemaStore(registry: Broker.registry(configuration, directory))
        topics = RegistryTopics(
            database: database, retentionDays: configuration.number("publish.retention_days"),
            retentionBytes: Int64(configuration.integer("publish.retention_bytes")))
        var context = APIContext(database: database)
        context.filters = RegistryFilterService(
            database: database, clock: SystemClock(),
            catalog: {
                // Whoever deploys a filter may have imported its catalogue a moment ago.
                catalogues.refresh()
                catalogues.adoptNewNames()
                return FilterHost.catalog(of: catalogues)
            })
        context.topics = topics
        context.schemas = topics
        context.renderer = AvroPublicationRenderer(directory: topics)
        context.packets = AvroPacketReader(schemas: schemas)
        context.readiness = readiness
        context.commits = commits
        context.softwareVersion = Software.number
        context.orbits = orbits
        context.nightly = isReadOnly ? nil : nightly
        context.nights = nightly.options
        context.operations = Operations.all(
            database: database, schemas: schemas, catalogues: catalogues, nightly: nightly, commits: commits,
            gate: gate, options: pipelineOptions)
        context.writeToken = token
        router = Router(context)
    }

    private static func registry(_ configuration: Configuration, _ directory: String) -> SchemaRegistryClient? {
        configuration.optionalText("registry.url").map {
            SchemaRegistryClient(
                url: $0, cacheDirectory: configuration.optionalText("registry.cache") ?? directory + "/schemas")
        }
    }

    private static func token(_ configuration: Configuration) throws(UserFault) -> AccessToken? {
        guard let path = configuration.optionalText("http.token_file") else { return nil }
        guard let token = AccessToken(try TextFile.require(path)) else {
            throw UserFault(
                .usage, "the token in \(path) is shorter than 16 bytes", hint: "openssl rand -hex 32 makes one")
        }
        return token
    }

    // MARK: Serving

    /// Listens on TCP unless `port` is nil, and on the control socket when this process owns the directory.
    func serve(port: Int?, isControlled: Bool = true) throws(UserFault) {
        var options = HTTPServer.Options()
        options.host = port == nil ? nil : configuration.text("host")
        options.port = UInt16(port ?? 0)
        options.controlSocket = isControlled ? directory + "/control" : nil
        let server = try HTTPServer(router: router, options: options)
        self.server = server
        if let url = server.url { Log("http").info("serving", ["url": "\(url)"]) }
    }

    var url: String? { server?.url }

    // MARK: The pipeline

    /// Runs a source to its end or until a stop is asked for.
    /// - Parameter waitsForNightlyIndex: for sources that have an end and nobody is waiting for.
    func run(
        _ source: any AlertSource, acceptsDeadLetters: Bool? = nil, waitsForNightlyIndex: Bool = true,
        stop: StopFlag = Signals.stop, progress: @escaping (PipelineTotals) -> Void = { _ in }
    ) throws -> PipelineTotals {
        var options = pipelineOptions
        options.waitsForNightlyIndex = waitsForNightlyIndex
        if let acceptsDeadLetters { options.acceptsDeadLetters = acceptsDeadLetters }
        let health = PipelineHealth()
        readiness.watch { health.reasonsNotReady }
        let runner = PipelineRunner(
            PipelineRunner.Parts(
                source: withGrownFiles(source), schemas: schemas, database: database, catalogues: catalogues,
                orbits: nightly, filters: FilterHost(), stop: stop, health: health, gate: gate), options: options)
        return try runner.run { totals in
            self.commits.notify()
            self.publishing?.wake()
            progress(totals)
        }
    }

    /// Before files, the letters of those that were read while they were still being copied.
    private func withGrownFiles(_ source: any AlertSource) -> any AlertSource {
        guard let files = source as? FileSource else { return source }
        let letters = DeadLetterSource(
            database: database, grownInputs: Set(files.partitions),
            reread: FileRecords(schemas: AvroContainerSchemas(store: schemas)).record)
        return SourceSequence([letters, files])
    }

    // MARK: Publishing

    /// Publishes every topic to Kafka when the configuration names a cluster, and expires old publications.
    func startPublishing() throws {
        let publishing = try Publishing(database: database, topics: topics, configuration: configuration)
        self.publishing = publishing
        readiness.watch { publishing.reasonsNotReady }
    }

    /// Makes the orbits of a night ready in the background: tonight's at once.
    func startNights() {
        nightly.showMetrics()
        nightly.start()
    }

    /// Harvests the orbits of each night's alerts when it has ended.
    func startHarvesting() {
        orbitRoll = OrbitRoll(database: database, orbits: orbits, gate: gate) { [weak self] in
            self?.commits.notify()
            self?.publishing?.wake()
        }
    }

    func close() {
        database.interrupt()
        nightly.stop()
        orbitRoll?.stop()
        publishing?.stop()
        server?.stop()
        database.close()
    }
}

/// Why the broker is not ready: what stopped, and what waits now, in sentences.
final class Readiness: ReadinessReporter {
    private let reasons = SharedList()
    private let watched = Mutex<[@Sendable () -> [String]]>([])

    func reasonsNotReady() -> [String] { reasons.values + watched.withLock { $0 }.flatMap { $0() } }
    func add(_ reason: String) { reasons.append(reason) }
    /// Asks a part whenever somebody wants to know.
    func watch(_ part: @escaping @Sendable () -> [String]) { watched.withLock { $0.append(part) } }
}
