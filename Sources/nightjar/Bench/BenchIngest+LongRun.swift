import Core
import Pipeline

/// Many visits in one run: whether the rate falls or the memory grows.
extension BenchIngest {
    /// What a hundred visits came to.
    struct Stretch {
        let visits: Range<Int>
        let alerts: Int
        let seconds: Double
        /// At its end.
        let anonymousBytes: Int
    }

    private static let visitsPerStretch = 100

    /// Reports each stretch when its last alert is committed. The first visit of every field is the objects' first contact.
    func longRun(_ cell: Cell, visits: Int, _ report: @escaping (Stretch) -> Void) throws {
        var bench = self
        bench.fields = max(3, (visits + 19) / 20)
        guard bench.fields <= 55 else { throw UserFault(.usage, "a long run has at most 1100 visits, not \(visits)") }
        let broker = try bench.makeBroker(cell)
        defer { broker.close() }
        let source = SteadyStateSource(bench.makeGenerator(hasCutouts: cell.hasCutouts), visits: 0..<visits)
        let clock = SystemClock()
        var first = 0
        var begin = clock.monotonicSeconds
        let totals = try broker.run(source, stop: StopFlag()) { totals in
            let last = min(first + BenchIngest.visitsPerStretch, visits)
            guard first < last, totals.count("received") >= Int64(last * alertsPerVisit) else { return }
            let end = clock.monotonicSeconds
            report(
                Stretch(
                    visits: first..<last, alerts: (last - first) * alertsPerVisit, seconds: end - begin,
                    anonymousBytes: Machine.anonymousBytes))
            first = last
            begin = end
        }
        guard totals.count("new") == Int64(source.count), totals.isConserved else {
            throw UserFault(
                .conflict, "the benchmark's alerts are not all new", detail: "\(totals.count("new")) of \(source.count)")
        }
    }
}
