import Core

/// What the user asked of the benchmarks.
struct BenchOptions {
    /// As the user says, else each case's own number.
    var givenRuns: Int?
    var runs: Int { givenRuns ?? (isQuick ? 2 : 5) }
    /// Small sizes: seconds instead of minutes, for tests of the benchmarks themselves. The figures say little.
    var isQuick = false
    var catalogueRows = 10_000_000
    /// Of the ingest cells only this one; empty for all.
    var cell = ""
    var rounds: Int?
    /// Scheduled visits of `latency`, visits of the long run of `ingest`.
    var visits: Int?
    /// Between the visits of `latency`.
    var visitSeconds = 37.0
    /// Of lightcurve and fold: points in all; nil for their own sizes.
    var points: Int?
    let scratch: BenchScratch

    func size(_ full: Int, quick: Int) -> Int { isQuick ? quick : full }
}

/// One benchmark by its name on the command line.
struct BenchCase {
    let name: String
    let summary: String
    let run: @Sendable (BenchOptions) throws -> Void

    static let all: [BenchCase] = [
        BenchCase(name: "decode", summary: "alerts to columns; libavro in turns with it", run: decode),
        BenchCase(name: "decode-libavro", summary: "how many times libavro's rate that is", run: decodeRatio),
        BenchCase(name: "crossmatch", summary: "10 000 alerts against a catalogue", run: crossmatch),
        BenchCase(name: "filter", summary: "15 comparisons and an aggregate over 60 points", run: filter),
        BenchCase(name: "ingest", summary: "from memory to synced commits", run: ingest),
        BenchCase(name: "kafka-consume", summary: "a bare consume loop", run: kafkaConsume),
        BenchCase(
            name: "kafka-run", summary: "the pipeline from Kafka, in turns with a bare consume loop", run: kafkaRun),
        BenchCase(name: "lightcurve", summary: "light curves by id", run: lightCurve),
        BenchCase(name: "fold", summary: "a night into month blocks, months into years", run: fold),
        BenchCase(name: "sso", summary: "a night's places of 1.5 M and 6 M orbits, and visits against them", run: sso),
        BenchCase(name: "latency", summary: "from message to publication and to the first answer", run: latency),
    ]

    // MARK: Without a database

    private static func decode(_ options: BenchOptions) {
        for bytes in [0, 42_000] {
            let series = BenchDecode.run(
                runs: options.runs, secondsPerRun: options.isQuick ? 0.05 : 1, cutoutBytes: bytes)
            for one in series {
                BenchResult("decode", one.metric, unit: "alerts/s", values: one.alertsPerSecond, n: 256).print()
            }
        }
    }

    private static func decodeRatio(_ options: BenchOptions) {
        let series = BenchDecode.run(
            runs: options.runs, secondsPerRun: options.isQuick ? 0.05 : 1, cutoutBytes: 0)
        guard let oracle = series.last else { return }
        for one in series.dropLast() {
            let ratios = zip(one.alertsPerSecond, oracle.alertsPerSecond).map { $0 / $1 }
            BenchResult("decode-libavro", one.metric + "_ratio", unit: "times libavro", values: ratios, n: 256).print()
        }
        BenchResult(
            "decode-libavro", oracle.metric, unit: "alerts/s", values: oracle.alertsPerSecond, n: 256
        ).print()
    }

    private static func crossmatch(_ options: BenchOptions) throws {
        var bench = BenchCrossmatch()
        bench.rows = options.isQuick ? 100_000 : options.catalogueRows
        bench.runs = max(options.runs, 3)
        let (results, bytes) = try bench.run(in: .init(path: options.scratch.catalogues))
        for one in results {
            let metric = one.metric.map { $0 == " " ? "_" : $0 }
            BenchResult(
                "crossmatch", String(metric), unit: "alerts/s", values: one.alertsPerSecond, n: bench.alerts
            ).print()
            BenchResult(
                "crossmatch", String(metric) + "_matched", unit: "alerts", values: [Double(one.matched)],
                n: bench.alerts
            ).print()
        }
        BenchResult("crossmatch", "match_columns", unit: "B/row", values: [bytes], n: bench.rows).print()
    }

    private static func filter(_ options: BenchOptions) throws {
        let (seconds, passed) = try BenchFilter.run(runs: options.runs, batchesPerRun: options.size(200, quick: 5))
        BenchResult(
            "filter", "15_comparisons_aggregate_60_points", unit: "us/alert", values: seconds.map { $0 * 1e6 },
            n: BenchFilter.alerts
        ).print()
        BenchResult("filter", "passed", unit: "alerts", values: [Double(passed)], n: BenchFilter.alerts).print()
    }

    // MARK: With a database

    private static func ingest(_ options: BenchOptions) throws {
        guard options.cell.isEmpty || BenchIngest.Cell.all.contains(where: { $0.name == options.cell }) else {
            throw UserFault(
                .usage, "bench ingest has no cell \(options.cell)",
                hint: BenchIngest.Cell.all.map(\.name).joined(separator: ", "))
        }
        if let visits = options.visits { return try longRun(options, visits: visits) }
        for cell in BenchIngest.Cell.all where options.cell.isEmpty || cell.name == options.cell {
            var first: [BenchIngest.Part] = []
            var steady: [BenchIngest.Part] = []
            for run in 0..<(options.givenRuns ?? 1) {
                var bench = BenchIngest(options)
                bench.seed = UInt64(run + 1)
                let parts = try bench.run(cell)
                first.append(parts.firstContact)
                steady.append(parts.steadyState)
            }
            BenchIngest.Part.print(steady, metric: "steady_" + cell.name)
            BenchIngest.Part.print(first, metric: "first_contact_" + cell.name)
        }
    }

    private static func longRun(_ options: BenchOptions, visits: Int) throws {
        let name = options.cell.isEmpty ? "14kB_archive_off" : options.cell
        guard let cell = BenchIngest.Cell.all.first(where: { $0.name == name }) else { return }
        try BenchIngest(options).longRun(cell, visits: visits) { stretch in
            let metric = "long_run_to_visit_\(stretch.visits.upperBound)"
            let rate = Double(stretch.alerts) / stretch.seconds
            BenchResult("ingest", metric, unit: "alerts/s", values: [rate], n: stretch.alerts).print()
            BenchResult(
                "ingest", metric + "_rss_anonymous", unit: "MiB",
                values: [Double(stretch.anonymousBytes) / 1_048_576], n: stretch.alerts
            ).print()
        }
    }

    private static func lightCurve(_ options: BenchOptions) throws {
        var bench = BenchLightCurve()
        bench.points = options.points ?? options.size(bench.points, quick: 100_000)
        bench.queries = options.size(bench.queries, quick: 200)
        let result = try bench.run(in: options.scratch.newDirectory())
        func line(_ metric: String, _ seconds: [Double], _ part: Double, n: Int) {
            let value = seconds[min(seconds.count - 1, Int(Double(seconds.count) * part))]
            BenchResult("lightcurve", metric, unit: "ms", values: [value * 1000], n: n).print()
        }
        for (name, seconds) in [("cold", result.cold), ("warm", result.warm)] {
            line(name + "_p50", seconds, 0.5, n: result.points)
            line(name + "_p99", seconds, 0.99, n: result.points)
        }
        for (what, seconds) in [("json", result.json), ("csv", result.csv), ("request", result.request)] {
            BenchResult(
                "lightcurve", what + "_of_1000_points", unit: "ms", values: seconds.map { $0 * 1000 }, n: 1000
            ).print()
        }
        BenchResult(
            "lightcurve", "load", unit: "points/s", values: [result.loadPointsPerSecond], n: result.points
        ).print()
    }

    private static func fold(_ options: BenchOptions) throws {
        var bench = BenchFold()
        bench.points = options.points ?? options.size(bench.points, quick: 100_000)
        let result = try bench.run(in: options.scratch.newDirectory())
        let rates = [
            ("write", "points/s", result.writePointsPerSecond, result.points),
            ("fold_year_at_once", "points/s", result.foldPointsPerSecond, result.points),
            ("fold_night", "points/s", result.nightPointsPerSecond, result.nightPoints),
            ("write_meanwhile", "points/s", result.writeMeanwhilePointsPerSecond, result.nightPoints),
            ("fold_years", "points/s", result.yearPointsPerSecond, result.points),
            ("month_blocks", "B/point", result.monthBytesPerPoint, result.points),
            ("year_blocks", "B/point", result.yearBytesPerPoint, result.points),
        ]
        for (metric, unit, value, n) in rates {
            BenchResult("fold", metric, unit: unit, values: [value], n: n).print()
        }
    }
}

extension BenchIngest {
    init(_ options: BenchOptions) {
        self.init(scratch: options.scratch)
        guard options.isQuick else {
            catalogueRows = options.catalogueRows
            rounds = options.rounds ?? rounds
            return
        }
        catalogueRows = 100_000
        orbits = 1000
        fields = 3
        alertsPerVisit = 300
        rounds = options.rounds ?? 2
    }
}
