import Core
import Crossmatch
import FilterEngine
import Glibc
import Pipeline
import Service
import Simulator
import SolarSystem

/// `nightjar demo`: synthetic nights with a synthetic catalogue and three filters, then the service.
enum DemoCommand {
    static func run(_ arguments: Arguments) throws -> ExitStatus {
        var simulation = SimulationConfiguration()
        simulation.seed = UInt64(try arguments.integer("--seed", in: 0...Int.max) ?? Int(simulation.seed))
        simulation.nights = try arguments.integer("--nights", in: 1...1000) ?? simulation.nights
        simulation.visits = try arguments.integer("--visits", in: 1...1000) ?? simulation.visits
        simulation.alertsPerVisit = try arguments.integer("--alerts", in: 1...100_000) ?? simulation.alertsPerVisit
        let format = try arguments.choice("--format", ["table", "json"], default: "table")
        let port = try arguments.integer("--port", in: 0...65_535) ?? 8765
        _ = try Settings.read(file: nil)
        Log.configure(level: .warning, format: .text)
        let directory = try dataDirectory(arguments)
        let source = SimulatorSource(configuration: simulation, stampedBy: SystemClock())
        try importCatalogue(of: source, into: directory)
        try importOrbits(of: source, into: directory)
        let broker = try Broker(directory: directory, configuration: Configuration())
        defer { broker.close() }
        try broker.serve(port: arguments.has("--once") ? nil : port)
        try deployFilters(broker)
        let truth = TruthTally()
        let bodies = SharedSolarScore(SolarScore(bodies: source.orbits.bodies))
        source.onVisit = { visit in
            truth.note(visit.alerts)
            bodies.value.withLock { $0.note(visit) }
        }
        let publications = PublicationWatch(broker.database)
        let totals = try watch(source, broker, publications)
        try truth.count(broker.database)
        var score = bodies.value.withLock { $0 }
        try score.count(broker.database)
        var summary = try RunSummary(totals: totals, topics: broker.database.topics())
        summary.publications = publications
        summary.truth = truth
        summary.bodies = score
        summary.print(format: format)
        guard !arguments.has("--once"), !Signals.stop.isRequested else { return totals.isConserved ? .done : .no }
        printAddresses(broker, try liveliestObject(broker))
        Signals.waitForStop()
        return .done
    }

    // MARK: Set-up

    /// A directory of ours is emptied, so that every demo is the same; one that the user names is kept.
    private static func dataDirectory(_ arguments: Arguments) throws(UserFault) -> String {
        if let named = arguments.text("--data") { return named }
        let directory = "nightjar-demo"
        guard !APIClient.isAlive(socket: directory + "/control") else {
            throw UserFault(
                .conflict, "a demo is running in \(directory) already",
                hint: "stop it, or give this one another --data DIR")
        }
        DirectoryTree.remove(directory)
        return directory
    }

    private static func importCatalogue(of source: SimulatorSource, into directory: String) throws {
        let path = directory + "/synthetic.csv"
        try DirectoryTree.make(directory)
        let file = try OutputFile(path)
        try source.sky.catalogue.writeCSV { try file.write($0) }
        file.close()
        var options = CatalogueImport.Options(
            store: CatalogueStore(path: directory + "/catalogues"), name: "synthetic", files: [path])
        options.mapping.epoch = "\(SyntheticCatalogue.epochYear)"
        _ = try CatalogueImport.run(options)
        unlink(path)
    }

    /// The orbits that a survey would have some weeks before; some of the bodies are in no such file.
    private static func importOrbits(of source: SimulatorSource, into directory: String) throws {
        let path = directory + "/synthetic-orbits.csv"
        try write(source.orbits, to: path)
        _ = try OrbitImport.run(OrbitImport.Options(store: OrbitStore(path: directory + "/orbits"), files: [path]))
        unlink(path)
    }

    static func write(_ orbits: SyntheticOrbitFile, to path: String) throws {
        let file = try OutputFile(path)
        defer { file.close() }
        try orbits.writeCSV { try file.write($0) }
    }

    private static func deployFilters(_ broker: Broker) throws {
        for (name, text) in DemoFilters.all {
            let body = Array(text.utf8)
            let response = try broker.router.perform(
                DataAccess.request("POST", "/api/v1/filters", [("name", name)], body: body), onBody: nil)
            guard response.status < 400 else { throw APIFault.userFault(response) }
        }
    }

    // MARK: Running

    private static func watch(
        _ source: SimulatorSource, _ broker: Broker, _ publications: PublicationWatch
    ) throws -> PipelineTotals {
        let total = source.plan.visits.reduce(0) { $0 + Int64($1.alertTarget) }
        var bar = ProgressBar("alerts", total: total)
        let totals = try broker.run(source) { totals in
            publications.look()
            bar.update(totals.count("received"), "\(totals.sum(prefix: "filter/", suffix: "/passed")) hits")
        }
        bar.finish(totals.count("received"))
        return totals
    }

    /// The object with the most detections among those that were seen last.
    private static func liveliestObject(_ broker: Broker) throws -> DiaObjectID? {
        let recent = try broker.database.recentAlerts(limit: 200).map(\.known.diaObjectId).filter { !$0.isNone }
        return try recent.max {
            (try broker.database.object($0)?.record.detectionCount ?? 0)
                < (try broker.database.object($1)?.record.detectionCount ?? 0)
        }
    }

    private static func printAddresses(_ broker: Broker, _ object: DiaObjectID?) {
        guard let url = broker.url else { return }
        Console.print("\nServing. Try:")
        Console.print("  \(url)/")
        if let object { Console.print("  \(url)/api/v1/objects/\(object)/lightcurve.svg") }
        Console.print("  \(url)/api/v1/streams")
        Console.print("Ctrl-C stops it.")
    }
}

/// The filters of the demo, over the synthetic catalogue.
enum DemoFilters {
    static let all: [(name: String, text: String)] = [
        (
            "new_transient",
            """
            -- title: Rising source on a galaxy
            -- owner: demo
            SELECT a.diaObjectId, a.ra, a.dec, ABMAG(a.psfFlux) AS mag, host.separation_arcsec, host.redshift
            FROM alert AS a
            LEFT JOIN nearest.synthetic AS host USING (diaSourceId)
            WHERE a.reliability >= 0.6 AND a.psfFlux > 0 AND a.is_sso = 0 AND host.class = 'galaxy'
              AND (SELECT COUNT(*) FROM detections AS d WHERE d.diaObjectId = a.diaObjectId) BETWEEN 1 AND 10
            """
        ),
        (
            "solar_system",
            """
            -- title: Solar System objects as the packet has them
            -- owner: demo
            SELECT a.ssObjectId, a.ra, a.dec, ABMAG(a.psfFlux) AS mag, s.helioRange, s.phaseAngle
            FROM alert AS a LEFT JOIN packet_sso AS s USING (diaSourceId)
            WHERE a.is_sso = 1
            """
        ),
        (
            "uniform_sample",
            """
            -- title: Every 113th alert
            -- owner: demo
            SELECT a.diaSourceId, a.ra, a.dec, a.band, a.psfFlux FROM alert AS a WHERE MOD(a.diaSourceId, 113) = 0
            """
        ),
    ]
}
