import Core
import Glibc
import Testing

@testable import Storage

@Suite struct DirectoryTests {
    @Test func aSecondOwnerIsRefusedByPid() throws {
        let directory = TemporaryDirectory()
        let first = try EmbeddedDatabase.open(directory: directory.path)
        let fault = #expect(throws: UserFault.self) { try EmbeddedDatabase.open(directory: directory.path) }
        #expect(fault?.kind == .conflict && fault?.detail.contains("\(getpid())") ?? false)
        first.close()
        try EmbeddedDatabase.open(directory: directory.path).close()
    }

    /// RocksDB ends the process when it is closed before its families: whoever lets go without closing must not.
    @Test func whatIsLetGoClosesItself() throws {
        let directory = TemporaryDirectory()
        for _ in 0..<2 {
            let database = try EmbeddedDatabase.open(directory: directory.path)
            try TestPlanner(database: database).ingest(TestStory(seed: 36, objects: 2, visits: 2).alerts, batchSize: 4)
            #expect(try database.check().isSound)
        }
        // An initialiser that throws after the engine is open: a number of the family `meta` that is too short.
        let database = try EmbeddedDatabase.open(directory: directory.path)
        let batch = StoreBatch()
        batch.key.append(byte: MetaKey.lastCommitSeq)
        batch.value.append(byte: 1)
        batch.put(.meta)
        try database.store.write(batch)
        database.close()
        for _ in 0..<2 {
            #expect(throws: DependencyFault.self) { try EmbeddedDatabase.open(directory: directory.path) }
        }
    }

    @Test func aNewerFormatIsRefusedByName() throws {
        let directory = TemporaryDirectory()
        try EmbeddedDatabase.open(directory: directory.path).close()
        try FileSystem.replace(directory.path + "/FORMAT", with: Array("nightjar 99\n".utf8))
        let fault = #expect(throws: UserFault.self) { try EmbeddedDatabase.open(directory: directory.path) }
        #expect(fault?.detail.contains("99") ?? false)
    }

    @Test func everythingSurvivesReopeningAndReadOnly() throws {
        let directory = TemporaryDirectory()
        let story = TestStory(seed: 31, objects: 4, visits: 10)
        var database = try EmbeddedDatabase.open(directory: directory.path)
        try TestPlanner(database: database).ingest(story.alerts, batchSize: 9)
        #expect(try database.replaceFilterRegistry([1, 2, 3], expectedVersion: 0))
        #expect(try !database.replaceFilterRegistry([4], expectedVersion: 0))
        try database.setPublisherCursor("kafka", topic: "even", next: 2)
        let before = try HistoryTests.text(database)
        let id = DiaSourceID(rawValue: story.alerts[0].integer("diaSourceId"))
        #expect(try database.alert(id)?.message == story.alerts[0].message)
        database.close()
        database = try EmbeddedDatabase.open(directory: directory.path)
        #expect(try HistoryTests.text(database) == before)
        #expect(try database.publisherCursor("kafka", topic: "even") == 2)
        #expect(try database.alert(id)?.message == story.alerts[0].message)
        #expect(try database.recentAlerts(limit: 3).count == 3)
        try database.expirePublications(topic: "even", olderThan: MJD(99_999), maxBytes: 0)
        #expect(try database.topics().first?.earliest == 2)
        #expect(try database.check().isSound)
        database.close()
        database = try EmbeddedDatabase.openReadOnly(directory: directory.path)
        #expect(try database.topics().first?.earliest == 2)
        database.close()
    }

    @Test func aLostArchiveSegmentIsAProblemAndAnExpiredOneIsNot() throws {
        let directory = TemporaryDirectory()
        let story = TestStory(seed: 33, objects: 4, visits: 12)
        var database = try EmbeddedDatabase.open(directory: directory.path)
        let planner = TestPlanner(database: database)
        try planner.ingest(Array(story.alerts.prefix(20)), batchSize: 6)
        database.close()
        database = try EmbeddedDatabase.open(directory: directory.path)
        try TestPlanner(database: database).ingest(story.alerts, batchSize: 6)
        let archive = try #require(database.archive)
        #expect(archive.segments(.packets) == [1, 2])
        archive.expire(now: SystemClock().now) { true }
        #expect(archive.segments(.packets) == [2])
        #expect(archive.lastExpired(.packets) == 1)
        #expect(try database.check().problems == [])
        try database.backup(to: directory.path + ".backup")
        database.close()
        unlink(directory.path + "/archive/packets-2")
        for (place, problems) in [(directory.path, 1), (directory.path + ".backup", 0)] {
            let database = try EmbeddedDatabase.openReadOnly(directory: place)
            defer { database.close() }
            let report = try database.check()
            #expect(report.problemCount == problems)
            #expect(report.problems.allSatisfy { $0.hasPrefix("archive segment packets-2 is missing") })
        }
        FileSystem.removeTree(directory.path + ".backup")
    }

    @Test func aBackupOfALiveDatabaseRestores() throws {
        let directory = TemporaryDirectory()
        let story = TestStory(seed: 32, objects: 4, visits: 12)
        let database = try EmbeddedDatabase.open(directory: directory.path + "/data")
        defer { database.close() }
        let planner = TestPlanner(database: database)
        try planner.ingest(Array(story.alerts.prefix(20)), batchSize: 6)
        let then = try HistoryTests.text(database)
        try database.backup(to: directory.path + "/backup")
        #expect(throws: UserFault.self) { try database.backup(to: directory.path + "/backup") }
        try planner.ingest(Array(story.alerts.dropFirst(20)), batchSize: 6)
        try EmbeddedDatabase.restore(from: directory.path + "/backup", to: directory.path + "/restored")
        let restored = try EmbeddedDatabase.open(directory: directory.path + "/restored")
        defer { restored.close() }
        #expect(try HistoryTests.text(restored) == then)
        #expect(try restored.check().isSound)
        let id = DiaSourceID(rawValue: story.alerts[0].integer("diaSourceId"))
        #expect(try restored.alert(id)?.message == story.alerts[0].message)
        #expect(throws: UserFault.self) {
            try EmbeddedDatabase.restore(from: directory.path + "/backup", to: directory.path + "/restored")
        }
    }

    @Test func backupsAndRestoresKnowTheirPlace() throws {
        let directory = TemporaryDirectory()
        let database = try EmbeddedDatabase.open(directory: directory.path + "/data")
        defer { database.close() }
        #expect(throws: UserFault.self) { try database.backup(to: directory.path + "/data/inside") }
        // A slash at the end is what completion of a path writes; somebody else's directory beside it is left alone.
        try FileSystem.makeDirectories(directory.path + "/backup.partial/precious")
        try database.backup(to: directory.path + "/backup/")
        for inside in ["/backup/x", "/backup/../backup/x/", "/backup"] {
            #expect(throws: UserFault.self) {
                try EmbeddedDatabase.restore(from: directory.path + "/backup", to: directory.path + inside)
            }
        }
        try FileSystem.makeDirectories(directory.path + "/empty")
        try EmbeddedDatabase.restore(from: directory.path + "/backup/", to: directory.path + "/empty/")
        let restored = try EmbeddedDatabase.openReadOnly(directory: directory.path + "/empty")
        defer { restored.close() }
        #expect(try restored.check().isSound)
        #expect(FileSystem.list(directory.path) == ["backup", "backup.partial", "data", "empty"])
        #expect(FileSystem.exists(directory.path + "/backup.partial/precious"))
        #expect(!FileSystem.list(directory.path + "/backup").contains("x"))
    }

    @Test(arguments: Engine.allCases) func aStalePlanWritesNothing(engine: Engine) throws {
        let test = try TestDatabase(engine)
        let story = TestStory(seed: 33, objects: 3, visits: 4)
        try TestPlanner(database: test.database).ingest(Array(story.alerts.prefix(4)), batchSize: 4)
        let before = try HistoryTests.text(test.database)
        let partition = InputPartition(topic: "alerts", partition: 0)
        var plan = CommitPlan(
            batch: AlertBatch.make([], firstOffset: 0),
            firstCommitSeq: CommitSeq(rawValue: try test.database.lastCommitSeq().rawValue + 1),
            lineage: Lineage(software: "test"), recordedAt: MJD(61_000))
        plan.advances = [PartitionAdvance(partition: partition, expectedNext: nil, newNext: 9)]
        #expect(try test.database.commit(plan) == .stale(partition, storedNext: 4))
        plan.advances = [PartitionAdvance(partition: partition, expectedNext: 4, newNext: 9)]
        plan.firstCommitSeq = CommitSeq(rawValue: 1)
        #expect(try test.database.commit(plan) == .stale(nil, storedNext: nil))
        #expect(try HistoryTests.text(test.database) == before)
    }

    @Test(arguments: Engine.allCases) func conesFindCurrentPositions(engine: Engine) throws {
        let test = try TestDatabase(engine)
        let story = TestStory(seed: 34, objects: 40, visits: 3)
        try TestPlanner(database: test.database).ingest(story.alerts, batchSize: 16)
        var random = SeededRandom(seed: 35)
        for _ in 0..<40 {
            let query = ConeQuery(
                raDegrees: random.uniform() * 360, decDegrees: random.uniform() * 160 - 80,
                radiusArcsec: random.uniform() * 150_000, limit: 1000)
            let hits = try test.database.cone(query)
            var expected: [Int64] = []
            for object in 1...40 {
                guard let record = try test.database.object(DiaObjectID(rawValue: Int64(object) * 7))?.record else {
                    continue
                }
                // Independent of the engine's own separation: the spherical law of cosines.
                let d = Double.pi / 180
                let cosine =
                    sin(record.dec * d) * sin(query.decDegrees * d)
                    + cos(record.dec * d) * cos(query.decDegrees * d) * cos((record.ra - query.raDegrees) * d)
                if acos(max(-1, min(1, cosine))) / d * 3600 <= query.radiusArcsec { expected.append(Int64(object) * 7) }
            }
            #expect(Set(hits.map(\.record.diaObjectId.rawValue)) == Set(expected))
            #expect(hits.map(\.separationArcsec) == hits.map(\.separationArcsec).sorted())
        }
    }

    @Test(arguments: Engine.allCases) func deadLettersAreDenseAndRetried(engine: Engine) throws {
        let test = try TestDatabase(engine)
        let partition = InputPartition(topic: "alerts", partition: 0)
        for round in 0..<3 {
            var plan = CommitPlan(
                batch: AlertBatch.make([], firstOffset: 0), firstCommitSeq: CommitSeq(rawValue: Int64(round + 1)),
                lineage: Lineage(software: "test"), recordedAt: MJD(61_000))
            let fault = RecordFault(.truncated, "short", byteOffset: 7, fieldPath: "diaSource.ra")
            plan.deadLetters = (0..<2).map {
                DeadLetter(partition: partition, offset: $0, fault: fault, message: [1, 2])
            }
            plan.counters = ["received", "dead_lettered"].map {
                CounterDelta(visit: VisitID(rawValue: 0), name: $0, amount: 2)
            }
            if round == 2 { plan.retriedDeadLetters = [1] }
            #expect(try test.database.commit(plan) == .committed)
        }
        let all = try test.database.deadLetters(from: 0, limit: 100, openOnly: false)
        #expect(all.map(\.id) == Array(0..<6))
        #expect(all[1].retriedIn == CommitSeq(rawValue: 3) && all[0].retriedIn == nil)
        #expect(all[4].letter.fault.fieldPath == "diaSource.ra")
        #expect(try test.database.deadLetters(from: 0, limit: 100, openOnly: true).map(\.id) == [0, 2, 3, 4, 5])
        #expect(try test.database.check().isSound)
    }
}
