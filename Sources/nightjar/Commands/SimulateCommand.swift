import Avro
import Core
import Simulator

/// `nightjar simulate`: synthetic nights to files or to Kafka, with the catalogue behind them and the truth.
enum SimulateCommand {
    static let spec = CommandSpec(
        "simulate", "", "synthetic nights of alerts, to files or to Kafka",
        options: [
            OptionSpec("--out", "DIR|FILE", "a file, or a directory (it exists or ends in /) with one file a visit"),
            OptionSpec("--format", "framed|container|messages", "of the files; default framed (zstd)"),
            OptionSpec("--kafka", "BOOTSTRAP", "to a cluster instead of files"),
            OptionSpec("--topic", "TOPIC", "of the cluster"),
            OptionSpec("--partitions", "N", "that the topic has; default 1"),
            OptionSpec("--nights", "N", "nights in all, the last one full (default 6)"),
            OptionSpec("--visits", "N", "visits of the last night (default 20)"),
            OptionSpec("--alerts", "N", "alerts of each of them (default 2000)"),
            OptionSpec("--seed", "N", "another sky"),
            OptionSpec("--schema", "11.1|11.0|10.0", "of the packets; default 11.1"),
            OptionSpec("--cutouts", nil, "with cutouts"),
            OptionSpec("--duplicates", "SHARE", "of the packets, sent twice: 0 to 1"),
            OptionSpec("--revisions", "SHARE", "of earlier detections, measured again"),
            OptionSpec("--withdrawals", "SHARE", "of earlier detections, withdrawn"),
            OptionSpec("--catalogue", "FILE.csv", "write the catalogue of stars and galaxies, too"),
            OptionSpec("--orbits", "FILE.csv", "write the orbits of the known bodies, too, for orbits import"),
            OptionSpec("--truth", "FILE.csv", "write what each alert really is, too"),
        ], positionalCount: 0...0, run: run)

    private static func run(_ arguments: Arguments) throws -> ExitStatus {
        let configuration = try configuration(arguments)
        let output = try output(arguments, configuration.schema)
        let generator = AlertGenerator(configuration: configuration)
        if let path = arguments.text("--catalogue") {
            let file = try OutputFile(path)
            defer { file.close() }
            try generator.sky.catalogue.writeCSV { try file.write($0) }
        }
        if let path = arguments.text("--orbits") { try DemoCommand.write(generator.orbits, to: path) }
        let truth = try arguments.text("--truth").map { (path) throws(UserFault) in try OutputFile(path) }
        defer { truth?.close() }
        try truth?.write("diaSourceId,diaObjectId,ssObjectId,class,visit,is_first,population,packet_ssObjectId,has_orbit\n")
        var count = 0
        let target = generator.plan.visits.reduce(0) { $0 + $1.alertTarget }
        var bar = ProgressBar("alerts", total: Int64(target))
        while let visit = generator.nextVisit() {
            try output.begin(visit)
            for index in 0..<visit.alertCount {
                let (message, produced) = generator.packet(index)
                try output.write(message, id: generator.truth[index].diaSourceID, producedAtUnixSeconds: produced)
                count += 1
                bar.update(Int64(count))
            }
            try truth?.write(generator.truth.map(line).joined())
        }
        try output.finish()
        bar.finish(Int64(count))
        Console.error("\(count) alerts of \(generator.plan.visits.count) visits, seed \(configuration.seed)")
        return .done
    }

    private static func line(_ truth: AlertTruth) -> String {
        func cell(_ id: Int64) -> String { id == 0 ? "" : "\(id)" }
        return "\(truth.diaSourceID),\(cell(truth.diaObjectID.rawValue)),\(cell(truth.ssObjectID.rawValue)),"
            + "\(truth.label),\(truth.visit),\(truth.isFirst),\(truth.population.map { "\($0)" } ?? ""),"
            + "\(cell(truth.packetBody.rawValue)),\(truth.hasPublishedOrbit)\n"
    }

    private static func configuration(_ arguments: Arguments) throws -> SimulationConfiguration {
        var configuration = SimulationConfiguration()
        configuration.seed = UInt64(try arguments.integer("--seed", in: 0...Int.max) ?? Int(configuration.seed))
        configuration.nights = try arguments.integer("--nights", in: 1...1000) ?? configuration.nights
        configuration.visits = try arguments.integer("--visits", in: 1...1000) ?? configuration.visits
        configuration.alertsPerVisit =
            try arguments.integer("--alerts", in: 1...100_000) ?? configuration.alertsPerVisit
        let versions = AlertSchemaVersion.allCases.map(\.rawValue)
        let version = try arguments.choice("--schema", versions, default: configuration.schema.rawValue)
        configuration.schema = AlertSchemaVersion(rawValue: version) ?? configuration.schema
        configuration.hasCutouts = arguments.has("--cutouts")
        configuration.duplicateFraction = try share(arguments, "--duplicates")
        configuration.revisionFraction = try share(arguments, "--revisions")
        configuration.withdrawFraction = try share(arguments, "--withdrawals")
        return configuration
    }

    private static func share(_ arguments: Arguments, _ name: String) throws(UserFault) -> Double {
        guard let value = try arguments.number(name) else { return 0 }
        guard (0...1).contains(value) else { throw UserFault(.usage, "\(name) is a share from 0 to 1, not \(value)") }
        return value
    }

    private static func output(_ arguments: Arguments, _ version: AlertSchemaVersion) throws -> any PacketOutput {
        if let bootstrap = arguments.text("--kafka") {
            guard let topic = arguments.text("--topic"), !arguments.has("--out") else {
                throw UserFault(.usage, "--kafka goes with --topic, and without --out")
            }
            let partitionCount = try arguments.integer("--partitions", in: 1...10_000) ?? 1
            return try KafkaOutput(bootstrap: bootstrap, topic: topic, partitionCount: partitionCount)
        }
        guard let path = arguments.text("--out") else {
            throw UserFault(.usage, "where to?", hint: "--out DIR|FILE, or --kafka BOOTSTRAP --topic TOPIC")
        }
        switch try arguments.choice("--format", ["framed", "container", "messages"], default: "framed") {
        case "container":
            guard let schema = BundledSchemas.schema(id: Int32(version.registryID)) else {
                throw UserFault(.unavailable, "schema \(version.rawValue) is not bundled")
            }
            return try FileOutput(path, form: .container(schema))
        case "messages": return try FileOutput(path, form: .messages)
        default: return try FileOutput(path, form: .framed)
        }
    }
}
