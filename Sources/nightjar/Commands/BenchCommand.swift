import Core

/// `nightjar bench CASE`: measured figures, one JSON object a line.
enum BenchCommand {
    static let spec = CommandSpec(
        "bench", "CASE", "figures of this machine: all, or one of " + BenchCase.all.map(\.name).joined(separator: ", "),
        options: [
            OptionSpec("--runs", "N", "how often each figure is measured; default 5, of ingest 1"),
            OptionSpec("--quick", nil, "small sizes, to see that the benchmarks work"),
            OptionSpec("--catalogue-rows", "N", "rows of the catalogues together; default 10000000"),
            OptionSpec("--directory", "DIR", "where catalogues are kept for the next time; default a temporary one"),
            OptionSpec(
                "--visits", "N",
                "of latency: scheduled visits of 10 000 alerts, default 3; of ingest: instead of the cells, one run of so many visits of 2 000, such as 1000, with rate and memory of every hundred"
            ),
            OptionSpec("--visit-seconds", "S", "of latency: seconds from visit to visit; default 37"),
            OptionSpec("--rounds", "N", "of ingest: visits of each field after the first contact, 1 to 19; default 5"),
            OptionSpec(
                "--points", "N", "of lightcurve and fold: points in all, such as 5e7; default 1e7 and 2e6"),
            OptionSpec("--cell", "NAME", "of ingest: only this one, such as 14kB_archive_off"),
        ], positionalCount: 1...1, run: run)

    private static func run(_ arguments: Arguments) throws -> ExitStatus {
        let name = arguments.positionals[0]
        let cases = BenchCase.all.filter { $0.name == name || name == "all" }
        guard !cases.isEmpty else {
            let nearest = NearestName.find(name, among: BenchCase.all.map(\.name))
            throw UserFault(
                .usage, "there is no benchmark \(name)",
                hint: nearest.map { "did you mean \($0)?" } ?? "nightjar help bench")
        }
        Log.configure(level: .warning, format: .text)
        let scratch = try BenchScratch(named: arguments.text("--directory"))
        defer { scratch.remove() }
        var options = BenchOptions(scratch: scratch)
        options.isQuick = arguments.has("--quick")
        options.givenRuns = try arguments.integer("--runs", in: 1...1000)
        options.catalogueRows =
            try arguments.integer("--catalogue-rows", in: 1000...1_000_000_000) ?? options.catalogueRows
        options.visits = try arguments.integer("--visits", in: 1...1100)
        options.visitSeconds = try arguments.number("--visit-seconds") ?? options.visitSeconds
        options.rounds = try arguments.integer("--rounds", in: 1...19)
        if let points = try arguments.number("--points") {
            guard points >= 1000, points <= 1e10 else {
                throw UserFault(.usage, "--points takes a number from 1000 to 1e10, not \(points)")
            }
            options.points = Int(points)
        }
        options.cell = arguments.text("--cell") ?? ""
        for one in cases { try one.run(options) }
        return .done
    }
}
