import Core
import Crossmatch
import Pipeline
import Simulator

/// `bench ingest`: from messages in memory to synced commits, with catalogues and filters, merges drained inside the timing.
struct BenchIngest {
    /// One measured configuration.
    struct Cell {
        enum Orbits {
            case none
            /// The night's index is there.
            case ready
            /// … and others are made meanwhile, one after the other.
            case whileIndexing
        }

        let name: String
        var orbits = Orbits.ready
        var hasCutouts = false
        var keepsArchive = false
        var readsHistory = false

        static let all = [
            Cell(name: "14kB_archive_off"), Cell(name: "14kB_archive_on", keepsArchive: true),
            Cell(name: "140kB_archive_off", hasCutouts: true),
            Cell(name: "140kB_archive_on", hasCutouts: true, keepsArchive: true),
            Cell(name: "14kB_archive_off_history_filters", readsHistory: true),
        ]
    }

    /// What one part of a run came to: first contact, or steady state.
    struct Part {
        var alerts = 0
        var seconds = 0.0
        var drainSeconds = 0.0
        /// Of all threads, in user and kernel mode: what says something on a machine that others use too.
        var processorSeconds = 0.0
        var generatorSeconds = 0.0
        var storedReads = 0
        var passed: Int64 = 0
        var storedPoints: Int64 = 0
        var anonymousBytes = 0
        /// Of the indexes that were made meanwhile.
        var indexSeconds: [Double] = []
    }

    /// Holds the catalogues, which later runs find again, and the databases of the runs.
    let scratch: BenchScratch
    var orbits = BenchIngest.orbitCount
    /// Rows of the three catalogues together.
    var catalogueRows = 10_000_000
    var fields = 10
    var alertsPerVisit = 2000
    /// Visits of each field after the first contact, at most 19.
    var rounds = 5
    var seed: UInt64 = 1

    func prepareCatalogues() throws {
        let store = CatalogueStore(path: scratch.catalogues)
        for (name, share) in BenchFilterSet.catalogues {
            let rows = Int(Double(catalogueRows) * share)
            if (try? Catalogue.open(name, in: store).rowCount) == rows { continue }
            try UniformCatalogue.write(name: name, rows: rows, seed: UInt64(rows), in: store)
        }
    }

    func run(_ cell: Cell) throws -> (firstContact: Part, steadyState: Part) {
        // Ten times the bytes: a fifth of the alerts of a visit says as much.
        var bench = self
        if cell.hasCutouts { bench.alertsPerVisit = max(alertsPerVisit / 5, 100) }
        return try bench.runWhole(cell)
    }

    private func runWhole(_ cell: Cell) throws -> (firstContact: Part, steadyState: Part) {
        let broker = try makeBroker(cell)
        defer { broker.close() }
        let generator = makeGenerator(hasCutouts: cell.hasCutouts)
        let first = try measure(broker, generator, visits: 0..<fields)
        let load = cell.orbits == .whileIndexing ? broker.nightly.currentSet.map { IndexingLoad($0, night: night) } : nil
        var steady = try measure(broker, generator, visits: fields..<fields * (1 + rounds))
        steady.indexSeconds = load?.stop() ?? []
        return (first, steady)
    }

    private var night: Night { SteadyStateConfiguration().night }

    func makeGenerator(hasCutouts: Bool = false) -> SteadyStateGenerator {
        var configuration = SteadyStateConfiguration()
        configuration.seed = seed
        configuration.fields = fields
        configuration.alertsPerVisit = alertsPerVisit
        configuration.hasCutouts = hasCutouts
        return SteadyStateGenerator(configuration: configuration)
    }

    /// A broker on a new directory, with catalogues, filters and orbits.
    func makeBroker(_ cell: Cell, settings: [(String, String)] = []) throws -> Broker {
        try prepareCatalogues()
        var configuration = Configuration()
        let own = [
            ("archive.enabled", "\(cell.keepsArchive)"), ("archive.cutouts", "\(cell.hasCutouts && cell.keepsArchive)"),
            ("catalogues.directory", scratch.catalogues),
        ]
        for (key, value) in own + settings { try configuration.set(key, to: value, from: "bench") }
        let directory = scratch.newDirectory()
        if cell.orbits != .none {
            try DirectoryTree.make(directory + "/orbits")
            try BenchOrbits.prepare(orbits, in: scratch).copyCurrentVersion(to: directory + "/orbits")
        }
        let broker = try Broker(directory: directory, configuration: configuration)
        // Ready before the first alert, as in the evening.
        if cell.orbits != .none { _ = broker.nightly.wait(night) }
        try BenchFilterSet.deploy(readsHistory: cell.readsHistory, to: broker)
        return broker
    }

    private func measure(_ broker: Broker, _ generator: SteadyStateGenerator, visits: Range<Int>) throws -> Part {
        let clock = SystemClock()
        let source = SteadyStateSource(generator, visits: visits)
        var part = Part()
        let start = clock.monotonicSeconds
        let processorStart = Machine.processorSeconds
        let totals = try broker.run(source, stop: StopFlag())
        let end = clock.monotonicSeconds
        try broker.database.settle()
        part.drainSeconds = clock.monotonicSeconds - end
        part.seconds = clock.monotonicSeconds - start
        part.processorSeconds = Machine.processorSeconds - processorStart
        part.alerts = source.count
        part.generatorSeconds = source.generatorSeconds
        part.storedReads = totals.storedReads
        part.passed = totals.sum(prefix: "filter/", suffix: "/passed")
        part.storedPoints = totals.storedPoints
        part.anonymousBytes = Machine.anonymousBytes
        guard totals.count("new") == Int64(part.alerts), totals.isConserved else {
            throw UserFault(
                .conflict, "the benchmark's alerts are not all new",
                detail: "\(totals.count("new")) of \(part.alerts), \(totals.count("dead_lettered")) dead letters")
        }
        return part
    }
}

extension BenchIngest.Part {
    /// The figures of the same part of several runs.
    static func print(_ parts: [BenchIngest.Part], metric: String) {
        guard let n = parts.first?.alerts else { return }
        func line(_ name: String, _ unit: String, _ value: (BenchIngest.Part) -> Double) {
            BenchResult("ingest", metric + name, unit: unit, values: parts.map(value), n: n).print()
        }
        line("", "alerts/s") { Double($0.alerts) / $0.seconds }
        line("_drain", "s") { $0.drainSeconds }
        line("_processor", "us/alert") { $0.processorSeconds / Double($0.alerts) * 1e6 }
        line("_generator", "us/alert") { $0.generatorSeconds / Double($0.alerts) * 1e6 }
        line("_stored_reads", "reads/alert") { Double($0.storedReads) / Double($0.alerts) }
        line("_new_points", "points/alert") { Double($0.storedPoints) / Double($0.alerts) }
        line("_filter_pass", "hits/alert/filter") {
            Double($0.passed) / Double($0.alerts) / Double(BenchFilterSet.count)
        }
        line("_rss_anonymous", "MiB") { Double($0.anonymousBytes) / 1_048_576 }
    }
}
