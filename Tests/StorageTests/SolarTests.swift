import Core
import Testing

@testable import Storage

@Suite struct SolarTests {
    /// A story with random candidates, and updates in between; the model says what must be there.
    static func tell(
        _ database: EmbeddedDatabase, seed: UInt64, batchSize: Int = 7
    ) throws -> (model: SolarModel, alerts: [TestAlert]) {
        print("seed \(seed)")
        let story = TestStory(seed: seed, objects: 6, visits: 12)
        var model = SolarModel(seed: seed)
        var start = 0
        while start < story.alerts.count {
            let end = min(start + batchSize, story.alerts.count)
            var planner = TestPlanner(database: database)
            planner.adding = { model.add(to: &$0, orbitSet: "set-1") }
            try planner.commit(Array(story.alerts[start..<end]))
            start = end
            guard model.maker.random.uniform() < 0.6 else { continue }
            try update(database, &model)
        }
        return (model, story.alerts)
    }

    static func update(_ database: EmbeddedDatabase, _ model: inout SolarModel) throws {
        var plan = CommitPlan(
            batch: AlertBatch(), firstCommitSeq: CommitSeq(rawValue: try database.lastCommitSeq().rawValue + 1),
            lineage: Lineage(software: "test"), recordedAt: MJD(61_200))
        model.makeUpdates(&plan, orbitSet: "set-2")
        #expect(try database.commit(plan) == .committed)
    }

    private func stored(_ sources: SolarSources) -> [SolarModel.Place: SolarModel.Source] {
        var found: [SolarModel.Place: SolarModel.Source] = [:]
        for one in sources.sources {
            found[SolarModel.Place(visit: one.visit, id: one.diaSourceId)] = SolarModel.Source(
                commitSeq: one.commitSeq, midpoint: one.midpoint, orbitSet: one.orbitSet,
                rows: one.rows.map { AlertMaker.read(sources.table, $0) })
        }
        return found
    }

    @Test(arguments: Engine.allCases) func randomPlansAgreeWithTheModel(engine: Engine) throws {
        for seed in UInt64(1)...4 {
            let test = try TestDatabase(engine)
            let (model, _) = try SolarTests.tell(test.database, seed: seed)
            let database = test.database
            #expect(model.sources.count > 10 && model.changes.count > 3)
            for visit in model.visits.keys.sorted() {
                let found = try database.solarSources(of: visit)
                let isSame = stored(found) == model.sources.filter { $0.key.visit == visit }
                #expect(isSame)
                #expect(found.sources.map(\.diaSourceId) == found.sources.map(\.diaSourceId).sorted())
                #expect(try database.solarVisit(visit) == model.visits[visit])
            }
            #expect(try database.solarVisit(VisitID(rawValue: 5)) == nil)
            let places =
                (model.sources.keys.sorted() + [SolarModel.Place(visit: VisitID(rawValue: 1), id: DiaSourceID(rawValue: 2))])
                .reversed()
            let asked = try database.solarSources(of: places.map { ($0.visit, $0.id) })
            let isSame = stored(asked) == model.sources
            #expect(isSame)
            #expect(asked.sources.map(\.diaSourceId) == places.dropFirst().map(\.id))
            let pending = model.visits.values.filter { $0.isOpen || $0.unknown > 0 }.sorted { $0.visit < $1.visit }
            #expect(try database.pendingSolarVisits() == pending)
            #expect(try database.openSolarVisits() == pending.filter(\.isOpen))
            for night in [Night(visit: pending[pending.count / 2].visit), Night(dayObs: 10_101), Night(dayObs: .max)] {
                let expected = pending.filter { $0.unknown > 0 && Night(visit: $0.visit) >= night }
                #expect(try database.unknownSolarVisits(since: night) == expected)
            }
            for night in Set(model.visits.keys.map { Night(visit: $0) }) {
                let expected = model.changes.filter { Night(visit: $0.visit) == night }.sorted {
                    ($0.visit, $0.diaSourceId, $0.commitSeq) < ($1.visit, $1.diaSourceId, $1.commitSeq)
                }
                #expect(try database.solarChanges(night: night) == expected)
            }
        }
    }

    @Test(arguments: Engine.allCases) func claimsFollowTheirCandidates(engine: Engine) throws {
        let test = try TestDatabase(engine)
        let (model, _) = try SolarTests.tell(test.database, seed: 11)
        let visits = model.visits.keys.sorted()
        let ends: [VisitID?] = [nil, visits[2], visits[visits.count - 2]]
        for orbits in [SolarModel.orbits, [SolarModel.orbits[3]], [SolarModel.orbits[1], SolarModel.orbits[1]], []] {
            for start in ends {
                for stop in ends {
                    let expected = model.claims.filter { claim in
                        orbits.contains(claim.ssObjectId) && start.map { claim.visit >= $0 } ?? true
                            && stop.map { claim.visit < $0 } ?? true
                    }.sorted { left, right in
                        let (a, b) = ((left.visit, left.ssObjectId), (right.visit, right.ssObjectId))
                        return a == b ? left.precedes(right) : a < b
                    }
                    #expect(try test.database.solarClaims(on: orbits, start: start, stop: stop) == expected)
                }
            }
        }
    }

    /// A write's alerts come back as they were committed, with the views that filters saw, write after write.
    @Test(arguments: Engine.allCases) func theAlertsOfANightComeBack(engine: Engine) throws {
        let test = try TestDatabase(engine)
        let database = test.database
        let (_, alerts) = try SolarTests.tell(database, seed: 21)
        var found: [DiaSourceID: Int] = [:]
        for night in Set(alerts.map { Night(visit: VisitID(rawValue: $0.integer("visit"))) }) {
            var write = CommitSeq(rawValue: 0)
            while let one = try database.committedAlerts(night: night, after: write) {
                #expect(one.write > write && one.outcomes.count == one.rows.count && one.batch.count == one.rows.count)
                write = one.write
                // Nothing but duplicates.
                guard !one.outcomes.isEmpty else { continue }
                let sso = try #require(one.sso)
                #expect(sso.rowCount == one.rows.count && one.isOutdated.count == one.rows.count)
                #expect(one.rows == one.rows.sorted())
                for (row, outcome) in one.outcomes.enumerated() {
                    found[outcome.diaSourceId, default: 0] += 1
                    #expect(Night(visit: outcome.visit) == night)
                    #expect(one.batch.source.column("diaSourceId").int64(row) == outcome.diaSourceId.rawValue)
                    let status = sso.string("status", row)
                    #expect(sso.column("ssObjectId").hasValue(row) == (status == "matched"))
                    #expect(sso.column("ssObjectId").state(row) != .absent)
                    #expect((sso.column("candidates").int32(row) == nil) == (status == "unknown"))
                    let newest = try database.alert(outcome.diaSourceId)?.known.commitSeq
                    #expect(one.isOutdated[row] == (newest != one.commitSeqs[row]))
                    // The place in the write, whatever other nights are in it.
                    let partition = one.batch.partitions[Int(one.batch.origins[row].partition)]
                    #expect(partition.topic == "alerts" && one.batch.origins[row].offset % 7 == Int64(one.rows[row]))
                }
            }
        }
        #expect(Set(found.keys.map(\.rawValue)) == Set(alerts.map { $0.integer("diaSourceId") }))
        #expect(found.values.contains { $0 > 1 })
    }

    @Test(arguments: Engine.allCases) func anAlertShowsItsOrbitsThenAndNow(engine: Engine) throws {
        let test = try TestDatabase(engine)
        let (model, _) = try SolarTests.tell(test.database, seed: 31)
        var differing = 0
        for (place, source) in model.sources {
            let alert = try #require(try test.database.annotatedAlert(place.id))
            let isSame = stored(alert.solar) == [place: source]
            #expect(isSame)
            let then = try #require(alert.sso)
            let wasMatched = then.string("status", 0) == "matched"
            if wasMatched == source.rows.isEmpty { differing += 1 }
        }
        #expect(differing > 0)
        #expect(try test.database.annotatedAlert(DiaSourceID(rawValue: 3)) == nil)
    }

    @Test(arguments: Engine.allCases) func detectionsAreFoundWhereverTheyAre(engine: Engine) throws {
        let test = try TestDatabase(engine)
        let story = TestStory(seed: 41, objects: 5, visits: 12)
        try TestPlanner(database: test.database).ingest(story.alerts, batchSize: 5)
        var model = ModelDatabase()
        for alert in story.alerts { model.add(alert) }
        var ids = story.alerts.map { DiaSourceID(rawValue: $0.integer("diaSourceId")) }
        ids.append(DiaSourceID(rawValue: 1))
        let curve = try test.database.detections(ids)
        let times = (0..<curve.detections.rowCount).map { curve.detections.column("midpointMjdTai").double($0) ?? 0 }
        #expect(times == times.sorted() && curve.detectionsKnownFrom.count == times.count)
        // The newest content, which an alert of another detection may have brought.
        let solar = Set(model.solar.values.flatMap { $0 })
        var expected = Set(solar.compactMap { model.sources[$0]?.last })
        for object in model.objects() { expected.formUnion(model.detections(of: object)) }
        let isSame = Set((0..<times.count).map { AlertMaker.read(curve.detections, $0) }) == expected
        #expect(isSame && times.count == expected.count)
        for row in 0..<times.count {
            let id = DiaSourceID(rawValue: curve.detections.column("diaSourceId").int64(row) ?? 0)
            #expect(try #require(try test.database.alert(id)).known.commitSeq <= curve.detectionsKnownFrom[row])
        }
        #expect(try test.database.detections([]).detections.rowCount == 0)
    }
}
