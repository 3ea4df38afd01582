import Core
import Testing

@testable import Storage

/// What association with orbits costs in bytes.
@Suite struct SolarCostTests {
    /// A batch of one visit of which every n-th alert is near an orbit.
    static func plan(alerts count: Int, matchedEvery: Int?, seed: UInt64) -> CommitPlan {
        var maker = AlertMaker(seed: seed)
        let visit: Int64 = 2_026_030_500_042
        let alerts = (0..<count).map { index in
            TestAlert(
                source: maker.record(
                    Tables.diaSource,
                    ["diaSourceId": .int64(1000 + Int64(index)), "visit": .int64(visit), "timeWithdrawnMjdTai": .missing(.null)]))
        }
        var plan = CommitPlan(
            batch: AlertBatch.make(alerts, firstOffset: 0), firstCommitSeq: CommitSeq(rawValue: 1),
            lineage: Lineage(software: "test"), recordedAt: MJD(61_000))
        var solar = SolarWrites(candidates: SolarCandidates(orbitSet: "20260305-0123456789abcdef"))
        for row in 0..<count {
            plan.outcomes.append(
                AlertOutcome(
                    kind: .new, diaSourceId: DiaSourceID(rawValue: 1000 + Int64(row)), diaObjectId: DiaObjectID(rawValue: 0),
                    ssObjectId: SSObjectID(rawValue: 0), home: Home(rawValue: 1), midpoint: MJD(61_000.2),
                    visit: VisitID(rawValue: visit), detector: 1, contentHash: 0, revision: 0, round: 0))
            let isMatched = matchedEvery.map { row % $0 == 0 } ?? false
            let first = Int32(solar.candidates.table.rowCount)
            if isMatched { append(row, to: solar.candidates.table, &maker.random) }
            solar.candidates.ranges.append(first..<Int32(solar.candidates.table.rowCount))
            appendView(solar, first: Int(first), isMatched: isMatched)
        }
        plan.solar = solar
        return plan
    }

    /// Every number of a prediction has all its digits.
    private static func append(_ row: Int, to table: ColumnTable, _ random: inout SeededRandom) {
        for (schema, column) in zip(table.schema.columns, table.columns) {
            switch column.type {
            case .int64: column.append(schema.name == "diaSourceId" ? 1000 + Int64(row) : Int64(random.next() >> 8))
            case .int32: column.append(Int32(1))
            case .float32: column.append(Float(random.normal()))
            case .float64: column.append(random.normal() * 100)
            case .bool: column.append(true)
            case .string, .bytes: column.append(table.arena.append("2026 AB\(row % 100)"))
            }
        }
        table.finishRow()
    }

    private static func appendView(_ solar: SolarWrites, first: Int, isMatched: Bool) {
        let (views, from) = (solar.views, solar.candidates.table)
        for index in from.columns.indices {
            guard isMatched else { views.columns[index].appendMissing(.null); continue }
            if let text = from.columns[index].type.isVariableLength ? from.columns[index].reference(first) : nil {
                views.columns[index].append(views.arena.append(from.arena.bytes(text)))
            } else {
                views.columns[index].append(cell: first, of: from.columns[index])
            }
        }
        views.column("status").append(views.arena.append(isMatched ? "matched" : "unmatched"))
        views.column("provisional").append(isMatched)
        views.column("candidates").append(Int32(isMatched ? 1 : 0))
        views.column("packet_agreement").append(views.arena.append(isMatched ? "ours_only" : "none"))
        views.finishRow()
    }

    private func blockBytes(_ plan: CommitPlan) -> Int {
        let bytes = ByteWriter()
        AlertBlockWriter().write(plan, rows: Array(0..<plan.batch.count), to: bytes)
        return bytes.count
    }

    @Test func whatNothingIsSaidOfCostsNextToNothing() throws {
        let count = 1000
        var plan = Self.plan(alerts: count, matchedEvery: nil, seed: 1)
        let with = blockBytes(plan)
        plan.solar = nil
        let without = blockBytes(plan)
        print("\(with - without) bytes for \(count) alerts, none near an orbit")
        #expect(with - without < 250)
        let matched = Self.plan(alerts: count, matchedEvery: 10, seed: 1)
        let writer = CommitWriter(recent: RecentPoints())
        try writer.writeSolar(matched, view: MemoryStore().makeView())
        let block = blockBytes(matched) - without
        print("\(block) bytes in the block and \(writer.batch.byteCount) in rows for \(count / 10) orbits near alerts")
        // Half of it are numbers without any pattern: 45 columns, nine of them of eight bytes.
        #expect(block < 260 * count / 10 && writer.batch.byteCount < 420 * count / 10)
    }
}
