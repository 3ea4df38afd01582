import Core
import TestSupport
import Testing

@testable import Storage

@Suite struct HistoryTests {
    static func text(_ database: EmbeddedDatabase) throws -> String {
        let collected = Collector()
        try database.dump { collected.bytes.append(contentsOf: $0) }
        return String(decoding: collected.bytes, as: UTF8.self)
    }

    final class Collector { var bytes: [UInt8] = [] }

    @Test func batchSizesAndEnginesGiveTheSameDump() throws {
        let story = TestStory(seed: 11, objects: 5, visits: 12)
        var dumps: [String] = []
        for (engine, size) in [(Engine.memory, 1), (.memory, 7), (.rocks, 7), (.memory, 1024)] {
            let test = try TestDatabase(engine)
            try TestPlanner(database: test.database).ingest(story.alerts, batchSize: size)
            dumps.append(try HistoryTests.text(test.database))
            let report = try test.database.check()
            #expect(report.isSound, "\(engine) \(size): \(report.problems)")
        }
        // In pieces smaller than the story.
        let test = try TestDatabase(.memory)
        try TestPlanner(database: test.database).ingest(story.alerts, batchSize: 7)
        let pieces = Collector()
        try test.database.dump(linesAtOnce: 5) { pieces.bytes.append(contentsOf: $0) }
        dumps.append(String(decoding: pieces.bytes, as: UTF8.self))
        for dump in dumps.dropFirst() { #expect(dump == dumps[0]) }
        #expect(dumps[0].contains("\nforced ") && dumps[0].contains("\nannotated ") && dumps[0].contains("\nss "))
    }

    @Test(arguments: Engine.allCases) func foldsChangeNothing(engine: Engine) throws {
        let story = TestStory(seed: 12, objects: 5, visits: 30)
        let plain = try TestDatabase(.memory)
        try TestPlanner(database: plain.database).ingest(story.alerts, batchSize: 20)
        let expected = try HistoryTests.text(plain.database)
        let test = try TestDatabase(engine)
        var planner = TestPlanner(database: test.database)
        for (index, start) in stride(from: 0, to: story.alerts.count, by: 20).enumerated() {
            // Three arrival nights, of which the middle one gets late company after its fold.
            planner.recordedAt = MJD(61_000.1 + Double(index % 3))
            try planner.commit(Array(story.alerts[start..<min(start + 20, story.alerts.count)]))
            if index % 4 == 3 {
                let report = try test.database.fold(night: Night(planner.recordedAt))
                #expect(report.points > 0 && report.blocks > 0)
            }
        }
        #expect(try HistoryTests.text(test.database) == expected)
        let report = try test.database.fold(before: Night(MJD(62_000)))
        #expect(report.points > 0)
        #expect(try test.database.fold(before: Night(MJD(62_000))).points == 0)
        #expect(try HistoryTests.text(test.database) == expected)
        let years = try test.database.foldYears(before: 2027, pieceLimit: 3)
        #expect(years.blocks > 0)
        #expect(try HistoryTests.text(test.database) == expected)
        #expect(try test.database.foldYears(before: 2027).blocks == 0)
        #expect(try test.database.check().isSound)
    }

    @Test(arguments: Engine.allCases) func asOfIsWhatWasKnownThen(engine: Engine) throws {
        let story = TestStory(seed: 13, objects: 3, visits: 12)
        let test = try TestDatabase(engine)
        let planner = TestPlanner(database: test.database)
        var then: [(CommitSeq, Int64, Set<AlertMaker.Record>, Set<AlertMaker.Record>)] = []
        var model = ModelDatabase()
        for start in stride(from: 0, to: story.alerts.count, by: 5) {
            let alerts = Array(story.alerts[start..<min(start + 5, story.alerts.count)])
            try planner.commit(alerts)
            for alert in alerts { model.add(alert) }
            let last = try test.database.lastCommitSeq()
            for object in model.objects() {
                then.append((last, object, model.detections(of: object), model.forced(of: object)))
            }
            if start == 20 { _ = try test.database.fold(night: Night(planner.recordedAt)) }
        }
        for (commit, object, detections, forced) in then {
            var query = LightCurveQuery(.diaObject(DiaObjectID(rawValue: object)))
            query.asOf = commit
            let curve = try #require(try test.database.lightCurve(query))
            #expect(Set((0..<curve.detections.rowCount).map { AlertMaker.read(curve.detections, $0) }) == detections)
            #expect(Set((0..<curve.forced.rowCount).map { AlertMaker.read(curve.forced, $0) }) == forced)
        }
    }

    /// What the pipeline asks: a packet that repeats what is known reads nothing, a lacking point comes back in full.
    @Test(arguments: Engine.allCases) func historiesReadOnlyWhatTheDirectoryCannotTell(engine: Engine) throws {
        let story = TestStory(seed: 14, objects: 3, visits: 30)
        let test = try TestDatabase(engine)
        try TestPlanner(database: test.database).ingest(story.alerts, batchSize: 50)
        _ = try test.database.fold(night: Night(MJD(61_000.1)))
        let object = DiaObjectID(rawValue: 7)
        let record = try #require(try test.database.object(object)?.record)
        let all = try test.database.knownPoints(of: record)
        var requests = HistoryRequests()
        requests.wantsMissingPoints = true
        requests.points = all
        requests.alerts = [
            .init(
                diaSourceId: DiaSourceID(rawValue: 999_999), diaObjectId: object, windowStart: MJD(60_000),
                points: 0..<all.count)
        ]
        let whole = try test.database.histories(of: requests, asOf: nil)
        #expect(whole.storedReads == 0 && "\(whole.alerts[0].object!)" == "\(record)" && whole.alerts[0].alert == nil)
        let victim = try #require(all.firstIndex { CalendarMonth($0.midpoint) == record.months[1].month })
        requests.points.remove(at: victim)
        requests.alerts[0].points = 0..<all.count - 1
        let lacking = try test.database.histories(of: requests, asOf: nil)
        #expect(lacking.storedReads == 1 && lacking.alerts[0].readMonths == [record.months[1].month])
        #expect(lacking.alerts[0].readPoints.contains(all[victim]))
        let missing = lacking.missingDetections.table.rowCount + lacking.missingForced.table.rowCount
        #expect(missing <= 1)
    }

    /// What a packet lacks of the last commits is answered as a read would answer it, without one.
    @Test(arguments: Seeds.ofRound(15, 16, 17)) func recentPointsAreAnsweredLikeReads(seed: UInt64) throws {
        let story = TestStory(seed: seed, objects: 6, visits: 40)
        let half = story.alerts.count / 2
        let (warm, cold) = (try TestDatabase(.memory), try TestDatabase(.memory))
        for test in [warm, cold] {
            try TestPlanner(database: test.database).ingest(Array(story.alerts[..<half]), batchSize: 7)
            // Asking is what makes a database keep recent points.
            guard test.database === warm.database else { continue }
            for id in 1...6 { _ = try lacking(1, of: DiaObjectID(rawValue: Int64(id * 7)), test.database) }
        }
        for test in [warm, cold] {
            try TestPlanner(database: test.database).ingest(Array(story.alerts[half...]), batchSize: 7)
        }
        var reads = (warm: 0, cold: 0)
        for id in 1...6 {
            for count in 1...4 {
                let object = DiaObjectID(rawValue: Int64(id * 7))
                let fromMemory = try lacking(count, of: object, warm.database)
                let fromRows = try lacking(count, of: object, cold.database)
                #expect(rows(fromMemory.missingDetections) == rows(fromRows.missingDetections))
                #expect(rows(fromMemory.missingForced) == rows(fromRows.missingForced))
                reads.warm += fromMemory.storedReads
                reads.cold += fromRows.storedReads
            }
        }
        // Late points of a month that is long over are read even so.
        #expect(reads.warm * 4 < reads.cold && reads.cold == 24, "\(reads)")
    }

    /// The answer to a packet that lacks the last points of an object.
    private func lacking(_ count: Int, of object: DiaObjectID, _ database: EmbeddedDatabase) throws -> Histories {
        let record = try #require(try database.object(object)?.record)
        let newest = Set(record.newestMonthPoints.suffix(count).map(\.key))
        let packet = try database.knownPoints(of: record).filter { !newest.contains($0.key) }
        var requests = HistoryRequests()
        requests.wantsMissingPoints = true
        requests.points = packet
        requests.alerts = [
            .init(
                diaSourceId: DiaSourceID(rawValue: 999_999), diaObjectId: object, windowStart: MJD(60_000),
                points: 0..<packet.count)
        ]
        return try database.histories(of: requests, asOf: nil)
    }

    private func rows(_ child: ChildTable) -> [String] {
        (0..<child.table.rowCount).map { row in
            child.table.columns.indices.map { index in
                let column = child.table.columns[index]
                let text = column.type.isVariableLength ? child.table.string(index, row) : nil
                return text ?? column.number(row).map { "\($0)" } ?? "\(column.state(row))"
            }.joined(separator: ",")
        }
    }
}

/// What reads many objects at once, and what a stop ends.
@Suite struct LongWorkTests {
    @Test(arguments: Engine.allCases) func manyCurvesAreAsTheyAreOneByOne(engine: Engine) throws {
        let story = TestStory(seed: 21, objects: 6, visits: 12)
        let test = try TestDatabase(engine)
        try TestPlanner(database: test.database).ingest(story.alerts, batchSize: 5)
        let last = try test.database.lastCommitSeq().rawValue
        var queries: [LightCurveQuery?] = [nil]
        let ids = Set(story.alerts.map { $0.integer("diaObjectId") }).subtracting([0]).sorted()
        for id in ids.map(DiaObjectID.init(rawValue:)) {
            let whole = try #require(try test.database.lightCurve(LightCurveQuery(.diaObject(id))))
            let middle = whole.detections.column("midpointMjdTai").double(whole.detections.rowCount / 2)
            for (index, asOf) in [nil, 1, last / 2, last].enumerated() {
                var query = LightCurveQuery(.diaObject(id))
                query.asOf = asOf.map { CommitSeq(rawValue: $0) }
                query.kind = [nil, .detection, .forced, nil][index]
                query.start = index == 3 ? middle.map { MJD($0) } : nil
                queries.append(query)
            }
        }
        queries.append(LightCurveQuery(.diaObject(DiaObjectID(rawValue: 999))))
        let detections = ChildTable(schema: Tables.diaSource)
        let forced = ChildTable(schema: Tables.diaForcedSource)
        try test.database.appendCurves(of: queries, to: detections, forced)
        #expect(detections.parentCount == queries.count && forced.parentCount == queries.count)
        func hashes(_ table: ColumnTable) -> [UInt64] {
            var hashes: [UInt64] = []
            ContentHash.appendHashes(of: table, into: &hashes)
            return hashes
        }
        let (allDetections, allForced) = (hashes(detections.table), hashes(forced.table))
        var rows = 0
        for (parent, query) in queries.enumerated() {
            let curve = try query.flatMap { try test.database.lightCurve($0) } ?? LightCurve()
            #expect(Array(allDetections[detections.rows(of: parent)]) == hashes(curve.detections))
            #expect(Array(allForced[forced.rows(of: parent)]) == hashes(curve.forced))
            rows += curve.detections.rowCount
        }
        #expect(rows > 20)
    }

    /// The first question after the stop fails, whatever the work; short questions and commits go on.
    @Test(arguments: Engine.allCases) func aStopEndsLongWork(engine: Engine) throws {
        let story = TestStory(seed: 22, objects: 4, visits: 6)
        let test = try TestDatabase(engine)
        let planner = TestPlanner(database: test.database)
        try planner.ingest(Array(story.alerts.dropLast()), batchSize: 5)
        #expect(try test.database.check().isSound)
        test.database.interrupt()
        #expect(throws: DependencyFault.self) { try test.database.check() }
        #expect(throws: DependencyFault.self) { try test.database.fold(night: Night(planner.recordedAt)) }
        #expect(throws: DependencyFault.self) { try test.database.dump { _ in } }
        #expect(throws: DependencyFault.self) { try test.database.alertBlocks(night: nil) { _ in true } }
        try planner.commit([story.alerts[story.alerts.count - 1]])
        let known = try test.database.recentAlerts(limit: 1)
        #expect(known.count == 1)
    }
}
