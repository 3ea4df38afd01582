import Core
import Testing

@testable import Storage

@Suite struct AnnotationTests {
    /// Commits alerts 0…3 in one batch (3 is a duplicate of 0), with a match, verdicts, an orbit for alert 1 and extras for 2.
    private func commit(
        _ alerts: [TestAlert], to database: EmbeddedDatabase, waiting: [WaitingWrite] = [], counters: [CounterDelta] = []
    ) throws {
        let batch = AlertBatch.make(alerts, firstOffset: 0)
        batch.mpcOrbits.truncate(to: 1)
        for column in batch.mpcOrbits.columns {
            if column.type == .string {
                column.append(batch.arena.append("{\"a\": 2.5}"))
            } else {
                column.appendMissing(.null)
            }
        }
        batch.mpcOrbits.finishRow()
        for _ in 2..<4 { batch.mpcOrbits.appendMissingRow(.null) }
        batch.extras[2] = batch.arena.append("\u{1}\u{7}\u{8}")
        var plan = CommitPlan(
            batch: batch, firstCommitSeq: CommitSeq(rawValue: 1),
            lineage: Lineage(software: "test 1", catalogues: ["gaia@v3"]), recordedAt: MJD(61_000.5))
        plan.roundCount = 2
        for (row, alert) in alerts.enumerated() {
            let id = DiaSourceID(rawValue: alert.integer("diaSourceId"))
            let isCopy = row == 3
            plan.outcomes.append(
                AlertOutcome(
                    kind: isCopy ? .duplicate : .new, diaSourceId: id, diaObjectId: DiaObjectID(rawValue: 0),
                    ssObjectId: SSObjectID(rawValue: 0), home: Home(rawValue: 9), midpoint: MJD(61_000),
                    visit: VisitID(rawValue: alert.integer("visit")), detector: 3, contentHash: 5, revision: 0,
                    round: row == 1 ? 1 : 0))
        }
        let schema = NearestMatches.schema(catalogue: "gaia", idType: .int64, extras: [])
        let table = ColumnTable(schema: schema)
        for row in 0..<4 {
            table.columns[0].append(table.arena.append(row == 1 ? "matched" : "unknown"))
            if row == 1 { table.columns[1].append(0.25) } else { table.columns[1].appendMissing(.null) }
            for column in table.columns.dropFirst(2) { column.appendMissing(.null) }
            table.finishRow()
        }
        plan.nearest = [NearestMatches(catalogue: "gaia", versionID: "v3", table: table)]
        plan.verdicts = [
            FilterVerdicts(filter: "bright@night", version: 4, verdicts: [.passed, .rejected, .undetermined, .notRun])
        ]
        plan.waiting = waiting
        plan.counters = counters
        #expect(try database.commit(plan) == .committed)
    }

    /// A verdict waits, comes back with its alert, and is settled in a commit of its own; db check knows each state.
    @Test(arguments: Engine.allCases) func aWaitingVerdictIsSettled(engine: Engine) throws {
        let test = try TestDatabase(engine)
        let database = test.database
        let story = Array(TestStory(seed: 61, objects: 3, visits: 3).alerts.prefix(3))
        let visit = VisitID(rawValue: story[2].integer("visit"))
        let count = { (amount: Int64) in
            CounterDelta(visit: visit, name: "filter/bright@night/waiting", amount: amount)
        }
        try commit(
            story + [story[0]], to: database,
            waiting: [WaitingWrite(filter: "bright@night", version: 4, batchRow: 2)], counters: [count(1)])
        func problems() throws -> [String] { try database.check().problems.filter { $0.contains("wait") } }
        let id = DiaSourceID(rawValue: story[2].integer("diaSourceId"))
        let waiting = try #require(try database.waitingVerdicts(after: nil, limit: 9).first)
        let expected = WaitingVerdict(
            write: CommitSeq(rawValue: 1), row: 2, filter: "bright@night", version: 4, commitSeq: CommitSeq(rawValue: 1),
            diaSourceId: id, visit: visit)
        #expect(waiting == expected)
        #expect(try database.waitingVerdicts(after: waiting, limit: 9).isEmpty)
        #expect(try problems().isEmpty)
        let alerts = try #require(try database.committedAlerts(of: [waiting]))
        #expect(alerts.outcomes.map(\.diaSourceId) == [id] && alerts.isOutdated == [false])
        #expect(AlertMaker.read(alerts.batch.source, 0) == story[2].source)
        #expect(alerts.batch.object.isPresent(0) == (story[2].object != nil))
        #expect(alerts.nearest.map(\.versionID) == ["v3"] && alerts.recordedAt == MJD(61_000.5))
        var plan = CommitPlan(
            batch: AlertBatch(), firstCommitSeq: CommitSeq(rawValue: 3), lineage: Lineage(software: "test 1"),
            recordedAt: MJD(61_001))
        plan.settled = [SettledVerdict(waiting: waiting, verdict: .passed)]
        #expect(try database.commit(plan) == .committed)
        #expect(try database.waitingVerdicts(after: nil, limit: 9).isEmpty)
        #expect(try problems() == ["filter bright@night: 0 verdicts wait, 1 are counted"])
        let found = try #require(try database.annotatedAlert(id))
        #expect(found.verdicts == [.init(filter: "bright@night", version: 4, verdict: .passed)])
        // The same step again is stale: nothing is settled twice.
        #expect(try database.commit(plan) == .stale(nil, storedNext: nil))
    }

    /// A verdict changes again and again after its commit, whether it ever waited or not; the counters must follow.
    @Test(arguments: Engine.allCases) func aVerdictIsSettledAnew(engine: Engine) throws {
        let test = try TestDatabase(engine)
        let database = test.database
        let story = Array(TestStory(seed: 61, objects: 3, visits: 3).alerts.prefix(3))
        let visits = story.map { VisitID(rawValue: $0.integer("visit")) }
        let words = ["passed", "rejected", "undetermined"]
        try commit(
            story + [story[0]], to: database,
            counters: zip(visits, words).map { CounterDelta(visit: $0, name: "filter/bright@night/\($1)", amount: 1) })
        func problems() throws -> [String] { try database.check().problems.filter { $0.contains("of filter bright") } }
        #expect(try problems() == [])
        let steps: [(row: Int, previous: FilterVerdict, verdict: FilterVerdict)] = [
            (0, .passed, .rejected), (2, .undetermined, .passed), (0, .rejected, .passed), (1, .rejected, .undetermined),
            (0, .passed, .notRun),
        ]
        func word(_ verdict: FilterVerdict) -> String { verdict == .notRun ? "not_run" : verdict.name }
        for step in steps {
            let night = Night(visit: visits[step.row])
            let alerts = try #require(try database.committedAlerts(night: night, after: CommitSeq(rawValue: 0)))
            let place = try #require(alerts.rows.firstIndex(of: Int32(step.row)))
            #expect(alerts.write == CommitSeq(rawValue: 1) && alerts.verdicts.map(\.filter) == ["bright@night"])
            #expect(alerts.verdicts[0].verdicts[place] == step.previous)
            let waiting = WaitingVerdict(
                write: alerts.write, row: alerts.rows[place], filter: "bright@night", version: 4,
                commitSeq: alerts.commitSeqs[place], diaSourceId: alerts.outcomes[place].diaSourceId,
                visit: visits[step.row])
            try commitStep { $0.settled = [SettledVerdict(waiting: waiting, previous: step.previous, verdict: step.verdict)] }
            #expect(try problems().count == 2)
            try commitStep { plan in
                plan.counters = [(step.previous, -1), (step.verdict, 1)].map {
                    CounterDelta(visit: visits[step.row], name: "filter/bright@night/\(word($0))", amount: $1)
                }
            }
            #expect(try problems() == [])
        }
        func commitStep(_ change: (inout CommitPlan) -> Void) throws {
            var plan = CommitPlan(
                batch: AlertBatch(), firstCommitSeq: CommitSeq(rawValue: try database.lastCommitSeq().rawValue + 1),
                lineage: Lineage(software: "test 1"), recordedAt: MJD(61_001))
            change(&plan)
            #expect(try database.commit(plan) == .committed)
        }
    }

    @Test(arguments: Engine.allCases) func anAlertComesBackWithAllThatWasKnown(engine: Engine) throws {
        let test = try TestDatabase(engine)
        let story = TestStory(seed: 61, objects: 3, visits: 3).alerts
        let first = Array(story.prefix(3))
        try #require(Set(first.map { $0.integer("diaSourceId") }).count == 3)
        try commit(first + [first[0]], to: test.database)
        for (row, alert) in first.enumerated() {
            let id = DiaSourceID(rawValue: alert.integer("diaSourceId"))
            let found = try #require(try test.database.annotatedAlert(id))
            #expect(AlertMaker.read(found.source, 0) == alert.source)
            #expect(found.object.isPresent(0) == (alert.object != nil))
            #expect(!found.packetSSO.isPresent(0) && found.mpcOrbits.isPresent(0) == (row == 1))
            #expect(found.mpcOrbits.string("mpc_orb_jsonb", 0) == (row == 1 ? "{\"a\": 2.5}" : nil))
            #expect(found.extras == (row == 2 ? [1, 7, 8] : nil))
            #expect(found.nearest.map(\.versionID) == ["v3"])
            #expect(found.nearest[0].table.string("status", 0) == (row == 1 ? "matched" : "unknown"))
            #expect(found.nearest[0].table.column("separation_arcsec").double(0) == (row == 1 ? 0.25 : nil))
            let verdict: FilterVerdict = [.passed, .rejected, .undetermined][row]
            #expect(found.verdicts == [.init(filter: "bright@night", version: 4, verdict: verdict)])
            #expect(found.lineage?.catalogues == ["gaia@v3"] && found.recordedAt == MJD(61_000.5))
        }
        #expect(try test.database.annotatedAlert(DiaSourceID(rawValue: 1)) == nil)
    }

    /// Blocks of batches without orbits and unknown fields have no such sections; every alert of a story is found.
    @Test func everyAlertOfAStoryIsFound() throws {
        let test = try TestDatabase(.memory)
        let story = TestStory(seed: 62, objects: 4, visits: 8)
        try TestPlanner(database: test.database).ingest(story.alerts, batchSize: 6)
        for alert in story.alerts {
            let id = DiaSourceID(rawValue: alert.integer("diaSourceId"))
            let known = try #require(try test.database.alert(id)).known
            let found = try #require(try test.database.annotatedAlert(id))
            var hashes: [UInt64] = []
            ContentHash.appendHashes(of: found.source, into: &hashes)
            #expect(hashes == [known.contentHash] && found.extras == nil && !found.mpcOrbits.isPresent(0))
        }
    }
}
