import Core

/// What the user asked of the benchmarks.
struct BenchOptions {
    var runs = 5
    /// Small sizes: seconds instead of minutes, for tests of the benchmarks themselves. The figures say little.
    var isQuick = false
    var catalogueRows = 10_000_000
    /// Of the ingest cells only this one; empty for all.
    var cell = ""
    var rounds = 19
    /// Scheduled visits of `latency`, and seconds between them.
    var visits = 8
    var visitSeconds = 37.0
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
        for cell in BenchIngest.Cell.all where options.cell.isEmpty || cell.name == options.cell {
            var first: [BenchIngest.Part] = []
            var steady: [BenchIngest.Part] = []
            for run in 0..<options.runs {
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

    private static func lightCurve(_ options: BenchOptions) throws {
        var bench = BenchLightCurve()
        bench.objects = options.size(500_000, quick: 2000)
        bench.queries = options.size(20_000, quick: 200)
        let result = try bench.run(in: options.scratch.newDirectory())
        for (name, part) in [("p50", 0.5), ("p99", 0.99)] {
            BenchResult(
                "lightcurve", name, unit: "ms", values: [result.quantile(part) * 1000], n: result.points
            ).print()
        }
    }

    private static func fold(_ options: BenchOptions) throws {
        var bench = BenchFold()
        bench.objects = options.size(100_000, quick: 2000)
        let result = try bench.run(in: options.scratch.newDirectory())
        let rates = [
            ("write", "points/s", result.writePointsPerSecond), ("fold_night", "points/s", result.foldPointsPerSecond),
            ("fold_years", "points/s", result.yearPointsPerSecond),
            ("month_blocks", "B/point", result.monthBytesPerPoint),
            ("year_blocks", "B/point", result.yearBytesPerPoint),
        ]
        for (metric, unit, value) in rates {
            BenchResult("fold", metric, unit: unit, values: [value], n: result.points).print()
        }
    }
}

extension BenchIngest {
    init(_ options: BenchOptions) {
        self.init(scratch: options.scratch)
        guard options.isQuick else {
            catalogueRows = options.catalogueRows
            rounds = options.rounds
            return
        }
        catalogueRows = 100_000
        fields = 3
        alertsPerVisit = 300
        rounds = 2
    }
}
