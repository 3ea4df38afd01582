import Core
import Testing

@testable import Pipeline

@Suite struct BatchCountersTests {
    private static func outcome(_ visit: Int64, _ kind: AlertOutcome.Kind) -> AlertOutcome {
        AlertOutcome(
            kind: kind, diaSourceId: DiaSourceID(rawValue: 1), diaObjectId: DiaObjectID(rawValue: 1),
            ssObjectId: SSObjectID(rawValue: 0), home: Home(rawValue: 0), midpoint: MJD(61_000),
            visit: VisitID(rawValue: visit), detector: 1, contentHash: 0, revision: 0, round: 0)
    }

    /// Visits interleave as detectors send them; duplicates are not evaluated.
    @Test func verdictsSumToCommittedPerVisit() {
        var random = SeededRandom(seed: 4)
        let outcomes = (0..<500).map { _ in
            Self.outcome(
                Int64.random(in: 1...3, using: &random),
                [.new, .revised, .duplicate][Int.random(in: 0..<3, using: &random)])
        }
        let verdicts = outcomes.map { _ in FilterVerdict.allCases[Int.random(in: 0..<5, using: &random)] }
        var counters = BatchCounters()
        counters.addOutcomes(outcomes)
        counters.addVerdicts(FilterVerdicts(filter: "f", version: 1, verdicts: verdicts), outcomes: outcomes)
        let deltas = counters.deltas
        #expect(deltas.map { "\($0.visit) \($0.name)" } == deltas.map { "\($0.visit) \($0.name)" }.sorted())
        for visit in Int64(1)...3 {
            let value = { (name: String) in
                deltas.first { $0.visit.rawValue == visit && $0.name == name }?.amount ?? 0
            }
            #expect(value("received") == Int64(outcomes.count { $0.visit.rawValue == visit }))
            #expect(value("decoded") == value("new") + value("revised") + value("duplicate"))
            let words = ["passed", "rejected", "failed", "undetermined", "not_run"]
            #expect(words.reduce(0) { $0 + value("filter/f/\($1)") } == value("new") + value("revised"))
        }
    }

    @Test func matchesAreCountedByStatus() {
        let schema = NearestMatches.schema(catalogue: "c", idType: .int64, extras: [])
        let table = ColumnTable(schema: schema)
        for status in MatchStatus.allCases + [.unknown] {
            table.columns[0].append(table.arena.append(status.rawValue))
            for column in table.columns.dropFirst() { column.appendMissing(.null) }
            table.finishRow()
        }
        var counters = BatchCounters()
        counters.addMatches(
            NearestMatches(catalogue: "c", versionID: "1", table: table),
            outcomes: (0..<4).map { _ in Self.outcome(1, .new) })
        #expect(counters.deltas.map(\.name) == ["catalogue/c/matched", "catalogue/c/unknown", "catalogue/c/unmatched"])
        #expect(counters.deltas.map(\.amount) == [1, 2, 1])
    }
}
