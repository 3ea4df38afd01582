import Core
import Glibc
import Pipeline
import Service
import Simulator
import Streams

/// Commands that own a data directory and let alerts through: run, ingest, demo, serve.
enum RunCommands {
    static let specs = [demo, run, ingest, serve]

    static let portOption = OptionSpec("--port", "PORT", "HTTP port on loopback; 0 takes a free one")
    private static let formatOption = OptionSpec("--format", "table|json", "of the summary; default table")

    // MARK: run

    private static let run = CommandSpec(
        "run", "", "the broker: sources, pipeline, topics, service",
        options: [
            OptionSpec("--config", "FILE", "settings (Deploy/nightjar.yaml documents every key)"),
            OptionSpec("--data", "DIR", "the data directory, over the configuration's"),
            OptionSpec("--accept-dead-letters", nil, "go on when more than 1 % of a visit cannot be read"),
            OptionSpec("--accept-gap", nil, "go on at the earliest offset when the stored one has expired"), portOption,
            formatOption,
        ], positionalCount: 0...0
    ) { arguments in
        let configuration = try configuration(arguments)
        try requireSource(configuration)
        let broker = try Broker(directory: configuration.text("data"), configuration: configuration)
        defer { broker.close() }
        try broker.serve(port: configuration.integer("port"))
        try broker.startPublishing()
        broker.startHarvesting()
        broker.startNights()
        let source = try source(configuration, broker)
        defer { source.close() }
        do {
            let totals = try broker.run(source, waitsForNightlyIndex: false)
            try RunSummary(totals: totals, topics: broker.database.topics()).print(
                format: arguments.choice("--format", ["table", "json"], default: "table"))
        } catch let fault as UserFault {
            // The service stays up and says why it is not ready.
            broker.readiness.add("\(fault)")
            Console.error("nightjar: \(fault)")
            Signals.waitForStop()
            return .no
        }
        // Files have an end; a catalogue that verdicts wait for may come later.
        if !Signals.stop.isRequested { _ = try broker.run(IdleSource(stop: Signals.stop), waitsForNightlyIndex: false) }
        return .done
    }

    private static func configuration(_ arguments: Arguments) throws(UserFault) -> Configuration {
        var configuration = try Settings.read(file: arguments.text("--config"))
        if let data = arguments.text("--data") { try configuration.set("data", to: data, from: "--data") }
        if let port = arguments.text("--port") { try configuration.set("port", to: port, from: "--port") }
        for (option, key) in [("--accept-dead-letters", "accept_dead_letters"), ("--accept-gap", "kafka.accept_gap")]
        where arguments.has(option) {
            try configuration.set(key, to: "true", from: option)
        }
        return configuration
    }

    /// Before anything is opened: a wrong configuration leaves no directory behind.
    private static func requireSource(_ configuration: Configuration) throws(UserFault) {
        // What these throw for wrong settings.
        _ = try configuration.kafkaSource()
        _ = try configuration.kafkaConnection("publish")
        guard configuration.optionalText("kafka.bootstrap") == nil else { return }
        guard configuration.list("files").isEmpty else { return try FileSource.requirePaths(configuration.list("files")) }
        throw UserFault(
            .usage, "no source of alerts is configured", hint: "set kafka.bootstrap and kafka.topics, or files")
    }

    private static func source(_ configuration: Configuration, _ broker: Broker) throws -> any AlertSource {
        let database = broker.database
        if let kafka = try configuration.kafkaSource() {
            let metrics = KafkaSourceMetrics(registry: .process)
            broker.readiness.watch { metrics.reasonsNotReady }
            return try KafkaSource(kafka, metrics: metrics) { (partition) throws(DependencyFault) in
                try database.nextOffset(of: partition)
            }
        }
        return try FileSource(
            paths: configuration.list("files"), schemas: AvroContainerSchemas(store: broker.schemas)
        ) { (partition) throws(DependencyFault) in try database.nextOffset(of: partition) }
    }

    // MARK: ingest

    private static let ingest = CommandSpec(
        "ingest", "FILE…", "the same pipeline over alert files, directories or patterns",
        options: [
            OptionSpec("--data", "DIR", "the data directory, made when it is not there"),
            OptionSpec("--config", "FILE", "settings"),
            OptionSpec("--registry", "URL", "schema registry for ids that are not bundled"),
            OptionSpec("--accept-dead-letters", nil, "go on when more than 1 % of a visit cannot be read"),
            formatOption,
        ], positionalCount: 1...10_000
    ) { arguments in
        var configuration = try Settings.read(file: arguments.text("--config"))
        if let url = arguments.text("--registry") { try configuration.set("registry.url", to: url, from: "--registry") }
        let format = try arguments.choice("--format", ["table", "json"], default: "table")
        // Before anything is opened: a file that is not there leaves no directory behind.
        try FileSource.requirePaths(arguments.positionals)
        let broker = try Broker(directory: DataAccess.directory(arguments), configuration: configuration)
        defer { broker.close() }
        try broker.serve(port: nil)
        let database = broker.database
        let source = try FileSource(
            paths: arguments.positionals, schemas: AvroContainerSchemas(store: broker.schemas)
        ) { (partition) throws(DependencyFault) in try database.nextOffset(of: partition) }
        var bar = ProgressBar("ingest", total: 0)
        let isAccepting = arguments.has("--accept-dead-letters") || configuration.flag("accept_dead_letters")
        let totals = try broker.run(source, acceptsDeadLetters: isAccepting) {
            bar.update($0.count("received"))
        }
        bar.finish(totals.count("received"))
        try RunSummary(totals: totals, topics: database.topics()).print(format: format)
        let unread = totals.count("dead_lettered")
        guard unread > 0 else { return .done }
        Console.error(
            "nightjar: \(unread) of \(totals.count("received")) records could not be read and are kept as dead letters\n"
                + "  hint: nightjar deadletters list shows them")
        return isAccepting ? .done : .no
    }

    // MARK: serve

    private static let serve = CommandSpec(
        "serve", "", "the read-only API over a data directory where no broker runs",
        options: [
            OptionSpec("--data", "DIR", "the data directory"), OptionSpec("--config", "FILE", "settings"), portOption,
        ],
        positionalCount: 0...0
    ) { arguments in
        let configuration = try configuration(arguments)
        try DataAccess.requireData(in: DataAccess.directory(arguments))
        let broker = try Broker(
            directory: DataAccess.directory(arguments), configuration: configuration, isReadOnly: true)
        defer { broker.close() }
        try broker.serve(port: configuration.integer("port"), isControlled: false)
        Console.error("serving \(broker.url ?? "")")
        Signals.waitForStop()
        return .done
    }

    // MARK: demo

    private static let demo = CommandSpec(
        "demo", "", "synthetic nights through the whole pipeline, a summary, then it serves on loopback",
        options: [
            OptionSpec("--data", "DIR", "keep the data there (default: nightjar-demo, made anew)"),
            OptionSpec("--once", nil, "exit after the summary"),
            OptionSpec("--nights", "N", "nights in all, the last one full"),
            OptionSpec("--visits", "N", "visits of the last night"),
            OptionSpec("--alerts", "N", "alerts of each of them"), OptionSpec("--seed", "N", "another sky"), portOption,
            formatOption,
        ], positionalCount: 0...0, run: DemoCommand.run)
}

/// The configuration file with the process's environment over it.
enum Settings {
    static func read(file: String?) throws(UserFault) -> Configuration {
        var environment: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let pair = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 { environment[String(pair[0])] = String(pair[1]) }
            entry += 1
        }
        let text = try file.map { (path) throws(UserFault) in try TextFile.require(path) } ?? ""
        let configuration = try Configuration(text: text, file: file ?? "the environment", environment: environment)
        guard let level = LogLevel(name: configuration.text("log.level")) else {
            throw UserFault(
                .usage, "log.level is \"\(configuration.text("log.level"))\"", hint: "debug, info, warning or error")
        }
        guard ["text", "json"].contains(configuration.text("log.format")) else {
            throw UserFault(.usage, "log.format is \"\(configuration.text("log.format"))\"", hint: "text or json")
        }
        Log.configure(level: level, format: configuration.text("log.format") == "json" ? .json : .text)
        for (name, nearest) in configuration.unknownVariables {
            let hint = nearest.map { "did you mean \($0)?" } ?? "nightjar help configuration lists all"
            Log("settings").warning("the variable \(name) means no setting", ["hint": .text(hint)])
        }
        return configuration
    }
}
