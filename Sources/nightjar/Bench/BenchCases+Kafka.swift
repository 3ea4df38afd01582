import Core

extension BenchCase {
    static func kafkaConsume(_ options: BenchOptions) throws {
        let bench = BenchKafkaRun(ingest: BenchIngest(options), mock: try MockBroker())
        BenchResult(
            "kafka-consume", "bare_consume_loop", unit: "alerts/s", values: try bench.consume(runs: options.runs),
            n: bench.count
        ).print()
    }

    static func kafkaRun(_ options: BenchOptions) throws {
        let bench = BenchKafkaRun(ingest: BenchIngest(options), mock: try MockBroker())
        let pairs = try bench.run(pairs: min(options.runs, bench.ingest.rounds))
        func line(_ metric: String, _ unit: String, _ value: (BenchKafkaRun.Pair) -> Double) {
            BenchResult("kafka-run", metric, unit: unit, values: pairs.map(value), n: bench.count).print()
        }
        line("bare_consume_loop", "alerts/s") { $0.bareAlertsPerSecond }
        line("pipeline", "alerts/s") { $0.runAlertsPerSecond }
        line("pipeline_of_bare", "ratio") { $0.runAlertsPerSecond / $0.bareAlertsPerSecond }
    }

    static func latency(_ options: BenchOptions) throws {
        var ingest = BenchIngest(options)
        if !options.isQuick {
            ingest.alertsPerVisit = 10_000
            ingest.fields = 5
        }
        var bench = BenchLatency(ingest: ingest, mock: try MockBroker())
        bench.visits = options.visits ?? options.size(3, quick: 2)
        guard bench.visits <= 19 * bench.ingest.fields else {
            throw UserFault(.usage, "bench latency has at most \(19 * bench.ingest.fields) visits, not \(bench.visits)")
        }
        bench.secondsBetweenVisits = options.isQuick ? 2 : options.visitSeconds
        bench.burstSeconds = bench.secondsBetweenVisits * 20 / 37
        let result = try bench.run()
        for (name, seconds) in [("to_publication", result.toPublication), ("to_query", result.toQuery)] {
            for (quantile, part) in [("p50", 0.5), ("p99", 0.99), ("max", 1)] where !seconds.isEmpty {
                let value = seconds[min(seconds.count - 1, Int(Double(seconds.count) * part))]
                BenchResult("latency", "\(name)_\(quantile)", unit: "s", values: [value], n: seconds.count).print()
            }
        }
        BenchResult(
            "latency", "to_query_asked", unit: "of the alerts", values: [result.askedFraction], n: result.alerts
        ).print()
    }
}
