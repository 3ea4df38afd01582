import ADQL
import Core
import Crossmatch
import FilterEngine
import Pipeline
import Service

/// `nightjar filter …`: check, test, deploy, look at and stop filters.
enum FilterCommands {
    static let specs = [check, test, deploy, list, show, history, state("pause"), state("resume"), state("retire")]

    private static let check = CommandSpec(
        "filter check", "FILE…", "whether filters compile; errors with their place, and what looks suspicious",
        options: [OptionSpec("--data", "DIR", "take the catalogues of this data directory")],
        positionalCount: 1...1000
    ) { arguments in
        var isGood = true
        for path in arguments.positionals {
            do throws(UserFault) {
                let definition = try definition(path, catalog: try catalog(arguments, besides: path))
                Console.print("\(path): ok, publishes \(definition.outputColumns.count) columns to \(definition.topic)")
                for warning in definition.warnings {
                    Console.error(warning.rendered(source: Array(definition.text.utf8), name: path))
                }
            } catch {
                isGood = false
                Console.error("\(path): \(error)")
            }
        }
        return isGood ? .done : .no
    }

    private static let test = CommandSpec(
        "filter test", "FILE",
        "run a filter's cases (the file beside it that ends in .test), or try it on a past night",
        options: DataAccess.options + [
            OptionSpec("--night", "NIGHT", "the stored alerts of this night (YYYYMMDD) instead of the cases"),
            OptionSpec("--limit", "N", "show the first N hits (default 20)"),
            OptionSpec("--format", "csv|json", "of the hits; default csv"),
        ], positionalCount: 1...1
    ) { arguments in
        if arguments.has("--night") { return try backtest(arguments) }
        let path = arguments.positionals[0]
        let cases = try FilterCaseFile(text: try TextFile.require(casesPath(path)))
        let results = try FilterCaseRunner.run(
            filter: try TextFile.require(path), name: FilterDefinition.name(ofFile: path), cases: cases)
        for result in results {
            Console.print((result.holds ? "ok      " : "FAILED  ") + result.name)
            for complaint in result.complaints {
                Console.print("        \(casesPath(path)):\(result.line): \(complaint)")
            }
        }
        let failed = results.count { !$0.holds }
        Console.print("\(results.count - failed) passed, \(failed) failed")
        return failed == 0 ? .done : .no
    }

    /// The hits on standard output; counts and what looks suspicious on standard error.
    private static func backtest(_ arguments: Arguments) throws -> ExitStatus {
        let path = arguments.positionals[0]
        let query: [(String, String?)] = [
            ("name", FilterDefinition.name(ofFile: path)), ("night", arguments.text("--night")),
            ("limit", arguments.text("--limit")),
            ("format", try arguments.choice("--format", ["csv", "json"], default: "csv")),
        ]
        let body = Array(try TextFile.require(path).utf8)
        return try DataAccess.with(arguments) { transport in
            let response = try transport.fetch(
                DataAccess.request("POST", "/api/v1/operations/filter-test", query, body: body))
            (response.bytes ?? []).withUnsafeBytes { Console.write($0, to: 1) }
            Console.error(response.header(Operations.summaryHeader) ?? "")
            if let warnings = response.header(Operations.warningHeader), !warnings.isEmpty {
                Console.error("warning: \(warnings)")
            }
            return .done
        }
    }

    private static let deploy = CommandSpec(
        "filter deploy", "FILE", "deploy a filter: it runs from the next batch on",
        options: DataAccess.options + [
            OptionSpec("--name", "NAME", "its name (default: the file's)"),
            OptionSpec("--allow-breaking", nil, "accept an output schema that readers of the topic cannot resolve"),
        ], positionalCount: 1...1
    ) { arguments in
        let path = arguments.positionals[0]
        let text = try TextFile.require(path)
        return try DataAccess.printAnswer(
            arguments, "POST", "/api/v1/filters",
            [
                ("name", arguments.text("--name") ?? FilterDefinition.name(ofFile: path)),
                ("allow_breaking", arguments.has("--allow-breaking") ? "true" : nil),
            ], body: Array(text.utf8), writes: true)
    }

    private static let list = CommandSpec(
        "filter list", "", "the deployed filters", options: DataAccess.options, positionalCount: 0...0
    ) { try DataAccess.printAnswer($0, "GET", "/api/v1/filters") }

    private static let show = CommandSpec(
        "filter show", "NAME", "one filter with its versions", options: DataAccess.options, positionalCount: 1...1
    ) { try DataAccess.printAnswer($0, "GET", "/api/v1/filters/" + PercentCoding.encode($0.positionals[0])) }

    private static let history = CommandSpec(
        "filter history", "NAME", "what was done to a filter, and when", options: DataAccess.options,
        positionalCount: 1...1
    ) { try DataAccess.printAnswer($0, "POST", "/api/v1/operations/filter-history", [("name", $0.positionals[0])]) }

    private static func state(_ verb: String) -> CommandSpec {
        let summaries = ["pause": "stop a filter for a while", "resume": "start it again", "retire": "end a filter"]
        return CommandSpec(
            "filter \(verb)", "NAME", summaries[verb] ?? verb, options: DataAccess.options, positionalCount: 1...1
        ) { arguments in
            let name = PercentCoding.encode(arguments.positionals[0])
            return try DataAccess.printAnswer(arguments, "POST", "/api/v1/filters/\(name)/\(verb)", writes: true)
        }
    }

    static func definition(_ path: String, catalog: Catalog) throws(UserFault) -> FilterDefinition {
        try FilterDefinition(
            text: try TextFile.require(path), name: FilterDefinition.name(ofFile: path), catalog: catalog)
    }

    /// The catalogues of the data directory, else those that the filter's own cases declare, else none.
    static func catalog(_ arguments: Arguments, besides path: String) throws(UserFault) -> Catalog {
        if arguments.has("--data") {
            let store = CatalogueStore(path: DataAccess.directory(arguments) + "/catalogues")
            return FilterHost.catalog(of: CatalogueSet(store: store, names: store.names()))
        }
        if let cases = TextFile.read(casesPath(path)) { return try FilterCaseFile(text: cases).catalog }
        return .filters()
    }

    /// `a.sql` → `a.test`.
    static func casesPath(_ path: String) -> String {
        (path.hasSuffix(".sql") ? String(path.dropLast(4)) : path) + ".test"
    }
}
