import Core
import FilterEngine
import Glibc
import TestSupport
import Testing

@testable import Pipeline
@testable import Storage

/// What filters say and publish of alerts that we attribute, or cannot.
@Suite struct SSOFilterTests {
    /// A plan of some alerts with the given statuses, judged by filters.
    static func plan(
        _ statuses: [String], _ filters: [(name: String, text: String)], nearest: [NearestMatches] = [],
        catalog: FilterCatalog = FilterHost.catalog(of: nil)
    ) throws -> CommitPlan {
        let database = try EmbeddedDatabase()
        var registry = FilterRegistry()
        for (name, text) in filters {
            _ = try registry.deploy(
                FilterDefinition(text: "-- owner: test\n" + text, name: name, catalog: catalog), at: MJD(61_000))
        }
        #expect(try database.replaceFilterRegistry(registry.encoded(), expectedVersion: 0))
        let batch = AlertWriter.batch(
            statuses.indices.map { TestAlert(trigger: TestDetection(id: Int64($0 + 1), object: 0, mjd: 61_400)) })
        var plan = CommitPlan(
            batch: batch, firstCommitSeq: CommitSeq(rawValue: 1), lineage: Lineage(software: "test"),
            recordedAt: MJD(61_400))
        plan.nearest = nearest
        plan.outcomes = statuses.indices.map { row in
            AlertOutcome(
                kind: .new, diaSourceId: DiaSourceID(rawValue: Int64(row + 1)), diaObjectId: DiaObjectID(rawValue: 0),
                ssObjectId: SSObjectID(rawValue: 0), home: Home(rawValue: 0), midpoint: MJD(61_400),
                visit: VisitID(rawValue: 1), detector: 7, contentHash: 0, revision: 0, round: 0)
        }
        plan.solar = SolarWrites(candidates: SolarCandidates(orbitSet: "test"))
        for (row, status) in statuses.enumerated() { append(status, row, to: plan.solar?.views) }
        let host = FilterHost()
        host.refresh(from: database, nearest: nearest)
        host.run(&plan, ledger: PublicationLedger(), withdrawals: [])
        return plan
    }

    /// Every column of a match has another value.
    private static func append(_ status: String, _ row: Int, to table: ColumnTable?) {
        guard let table else { return }
        for (index, (schema, column)) in zip(table.schema.columns, table.columns).enumerated() {
            switch (schema.name, schema.type) {
            case ("status", _): column.append(table.arena.append(status))
            case ("provisional", _): column.append(row % 2 == 1)
            case ("packet_agreement", _): column.append(table.arena.append(status == "unknown" ? "unknown" : "none"))
            case _ where status != "matched": column.appendMissing(.null)
            case ("diaSourceId", _): column.append(Int64(row + 1))
            case (_, .int32): column.append(Int32(index))
            case (_, .int64): column.append(Int64(index) << 40)
            case (_, .float32): column.append(Float(index) + 0.1)
            case (_, .float64): column.append(Double(index) + 0.1)
            default: column.append(table.arena.append("text \(index)"))
            }
        }
        table.finishRow()
    }

    @Test func whatHangsOnAnUnknownOrbitWaits() throws {
        let from = "SELECT a.ra FROM alert AS a LEFT JOIN sso AS s USING (diaSourceId) WHERE "
        let plan = try Self.plan(
            ["unmatched", "unknown", "matched", "unknown"],
            [
                ("reads", from + "s.ephOffset < 1e9"), ("asks", from + "s.status = 'matched'"),
                ("joins", from + "a.ra > 0"), ("half", from + "s.ephOffset < 1e9 AND a.diaSourceId <> 2"),
            ])
        let verdicts = Dictionary(uniqueKeysWithValues: plan.verdicts.map { ($0.filter, $0.verdicts) })
        #expect(verdicts["reads"] == [.rejected, .undetermined, .passed, .undetermined])
        #expect(verdicts["asks"] == [.rejected, .rejected, .passed, .rejected])
        #expect(verdicts["joins"] == [.passed, .passed, .passed, .passed])
        #expect(verdicts["half"] == [.rejected, .rejected, .passed, .undetermined])
        let waiting = plan.waiting.map { "\($0.filter) \($0.batchRow)" }.sorted()
        #expect(waiting == ["half 3", "reads 1", "reads 3"])
    }

    @Test func aMissingCatalogueAndAnUnknownOrbitAreWaitedForAlike() throws {
        let schema = NearestMatches.schema(catalogue: "stars", idType: .int64, extras: [])
        let catalog = FilterCatalog.forFilters(nearest: [(catalogue: "stars", schema: schema)])
        let text = """
            SELECT a.ra FROM alert AS a LEFT JOIN sso AS s USING (diaSourceId)
            LEFT JOIN nearest.stars AS n USING (diaSourceId) WHERE s.ephOffset IS NULL AND n.separation_arcsec IS NULL
            """
        func waiting(_ versionID: String) throws -> [Int32] {
            let table = ColumnTable(schema: schema)
            for status in ["unmatched", "unmatched", "unknown"] {
                table.columns[0].append(table.arena.append(status))
                for column in table.columns.dropFirst() { column.appendMissing(.null) }
                table.finishRow()
            }
            let stars = NearestMatches(catalogue: "stars", versionID: versionID, table: table)
            return try Self.plan(
                ["unmatched", "unknown", "unmatched"], [("both", text)], nearest: [stars], catalog: catalog
            ).waiting.map(\.batchRow)
        }
        // The third alert has no place: no catalogue will ever have a nearest source of it.
        #expect(try waiting("1") == [1])
        #expect(try waiting("") == [0, 1, 2])
    }

    @Test func fastavroReadsEveryColumnUnderItsName() throws {
        guard let python = getenv("NIGHTJAR_PYTHON").map({ String(cString: $0) }) else {
            return print("skipped: NIGHTJAR_PYTHON is not set")
        }
        let text = "SELECT s.* FROM alert AS a LEFT JOIN sso AS s USING (diaSourceId) WHERE a.ra > 0"
        let plan = try Self.plan(["matched", "unmatched", "unknown"], [("every", text)])
        #expect(plan.publications.count == 3)
        let columns = try FilterDefinition(text: text, name: "every", catalog: FilterHost.catalog(of: nil)).outputColumns
        var input = OutputSchema.avroJSON(topic: "nightjar_test_every", columns: columns) + "\n"
        for write in plan.publications {
            for byte in write.payload { input += String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }
            input += "\n"
        }
        let script = Repository.root + "/Tests/conformance/filter/read_sso.py"
        let pipe = try #require(popen("'\(python)' '\(script)' '\(Repository.root)/Schemas/lsst/11.1.json'", "w"))
        fputs(input, pipe)
        #expect(pclose(pipe) == 0)
    }
}
