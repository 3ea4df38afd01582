import Core
import FilterEngine
import TestSupport
import Testing

/// Alerts of one batch with and without an answer of ours, under random conditions.
@Suite struct UnknownRowsTests {
    /// A value that an alert may have in `sso`; nil is one that nobody could look for.
    private static let worlds: [(designation: String, offset: Float, candidates: Int32, isProvisional: Bool)?] = [
        nil, nil, nil, ("2011 AB", 0.25, 1, false), ("", 0, 0, false), ("", 0, 2, true), ("C/2020 F3", 0.75, 3, true),
        ("433", 1, 1, false), ("433", 0.5, 2, true),
    ]

    private func table(_ rows: [Int]) -> ColumnTable {
        let table = ColumnTable(schema: Tables.sso)
        for row in rows {
            let world = UnknownRowsTests.worlds[row]
            let isMatched = world.map { !$0.designation.isEmpty } ?? false
            for (schema, column) in zip(table.schema.columns, table.columns) {
                switch (schema.name, world) {
                case ("status", _):
                    column.append(table.arena.append(world == nil ? "unknown" : (isMatched ? "matched" : "unmatched")))
                case ("provisional", let world): column.append(world?.isProvisional ?? false)
                case ("packet_agreement", let world): column.append(table.arena.append(world == nil ? "unknown" : "none"))
                case ("candidates", let world?): column.append(world.candidates)
                case ("designation", let world?) where isMatched: column.append(table.arena.append(world.designation))
                case ("ephOffset", let world?) where isMatched: column.append(world.offset)
                default: column.appendMissing(.null)
                }
            }
            table.finishRow()
        }
        return table
    }

    private func batch(_ count: Int, _ random: inout SeededRandom) -> AlertBatch {
        let batch = AlertBatch()
        for id in 0..<count {
            for (schema, column) in zip(batch.source.schema.columns, batch.source.columns) {
                switch schema.name {
                case "diaSourceId": column.append(Int64(id))
                case "psfFlux": column.append(Float(Int.random(in: 0..<5, using: &random)) / 4)
                case "snr" where random.uniform() < 0.7: column.append(Float(Int.random(in: 0..<5, using: &random)) / 4)
                default: column.appendMissing(.null)
                }
            }
            batch.source.finishRow()
            batch.packet.appendMissingRow(.null)
            batch.object.appendMissingRow(.null)
            batch.packetSSO.appendMissingRow(.null)
            batch.detections.finishParent(firstRow: 0, isGiven: false)
            batch.forced.finishParent(firstRow: 0, isGiven: false)
            batch.messages.append(ByteReference(offset: 0, length: 0))
        }
        return batch
    }

    private func condition(_ depth: Int, _ random: inout SeededRandom) -> String {
        func pick(_ choices: [String]) -> String { choices[Int.random(in: 0..<choices.count, using: &random)] }
        if depth == 0 || random.uniform() < 0.2 {
            return pick([
                "s.ephOffset < a.snr", "s.ephOffset >= 0.5", "s.candidates = 1", "s.candidates + a.psfFlux > 1.5",
                "s.provisional", "s.designation IS NULL", "s.designation LIKE '%3'", "a.snr > 0.5", "a.psfFlux < 0.6",
                "COALESCE(s.ephOffset, a.snr) > 0.3", "s.packet_agreement = 'none'", "s.ephOffset IS NOT NULL",
            ])
        }
        let (a, b) = (condition(depth - 1, &random), condition(depth - 1, &random))
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return "(\(a) AND \(b))"
        case 1: return "(\(a) OR \(b))"
        case 2: return "NOT (\(a))"
        default: return "CASE WHEN \(a) THEN a.snr ELSE s.ephOffset END \(pick(["<", ">="])) 0.6"
        }
    }

    @Test(arguments: Seeds.ofRound(1, 2)) func everyAlertIsJudgedByItsOwnAnswer(seed: UInt64) throws {
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        let count = 24
        let batch = batch(count, &random)
        var undetermined = 0
        for _ in 0..<80 {
            let condition = condition(3, &random)
            let text = "SELECT a.diaSourceId FROM alert AS a LEFT JOIN sso AS s USING (diaSourceId) WHERE " + condition
            let evaluator = FilterEvaluator(
                try FilterDefinition(text: text, name: "f", catalog: .filters()).program)
            func verdicts(_ sso: ColumnTable?) -> [FilterVerdict] {
                evaluator.evaluate(FilterInput(batch: batch, nearest: [], sso: sso, recordedAt: MJD(61_000))).verdicts
            }
            let every = UnknownRowsTests.worlds.indices.map { verdicts(table(.init(repeating: $0, count: count))) }
            let chosen = (0..<count).map { _ in Int.random(in: 0..<UnknownRowsTests.worlds.count, using: &random) }
            #expect(verdicts(table(chosen)) == (0..<count).map { every[chosen[$0]][$0] }, "seed \(seed): \(condition)")
            #expect(verdicts(nil) == every[0], "seed \(seed): \(condition)")
            // What is said without an answer holds whatever the answer turns out to be.
            for row in 0..<count where every[0][row] != .undetermined {
                for world in every[3...] where world[row] != every[0][row] {
                    Issue.record("seed \(seed), row \(row): \(condition)")
                }
            }
            undetermined += every[0].count { $0 == .undetermined }
            for world in every[3...] { #expect(!world.contains(.undetermined), "seed \(seed): \(condition)") }
        }
        #expect(undetermined > 80)
    }

    @Test func whatIsUnknownIsToldForEachAlert() throws {
        let text = """
            SELECT a.ra FROM alert AS a LEFT JOIN sso AS s USING (diaSourceId)
            LEFT JOIN nearest.gaia AS g USING (diaSourceId) WHERE s.ephOffset < 1 AND g.separation_arcsec < 1
            """
        let gaia = NearestMatches.schema(catalogue: "gaia", idType: .int64, extras: [])
        let catalog = FilterCatalog.forFilters(nearest: [(catalogue: "gaia", schema: gaia)])
        let program = try FilterDefinition(text: text, name: "f", catalog: catalog).program
        var random = SeededRandom(seed: 1)
        let batch = batch(2, &random)
        let there = [NearestMatches(catalogue: "gaia", versionID: "1", table: ColumnTable(schema: gaia))]
        func unknown(_ row: Int, _ nearest: [NearestMatches], _ sso: ColumnTable?) -> UnknownInputs {
            program.unknownInputs(
                ofRow: row, in: FilterInput(batch: batch, nearest: nearest, sso: sso, recordedAt: MJD(61_000)))
        }
        let one = table([0, 3])
        #expect(unknown(0, there, one) == UnknownInputs(sso: true))
        #expect(unknown(1, there, one).isEmpty)
        #expect(unknown(1, there, nil) == UnknownInputs(sso: true))
        #expect(unknown(1, [], one) == UnknownInputs(catalogues: ["gaia"]))
    }
}
