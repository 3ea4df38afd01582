import Core
import Glibc
import Testing

@testable import Storage

/// The engines that must behave alike.
enum Engine: String, CaseIterable { case memory, rocks }

/// A directory of a test's own, removed at the end.
final class TemporaryDirectory {
    let path: String

    init() {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? P_tmpdir
        var template = Array((parent + "/nightjar-storage-XXXXXX").utf8CString)
        path = String(cString: mkdtemp(&template))
    }

    deinit { FileSystem.removeTree(path) }
}

/// A database of either engine with its directory.
final class TestDatabase {
    let directory = TemporaryDirectory()
    let database: EmbeddedDatabase

    init(_ engine: Engine) throws {
        switch engine {
        case .memory: database = try EmbeddedDatabase()
        case .rocks: database = try EmbeddedDatabase.open(directory: directory.path)
        }
    }

    deinit { database.close() }
}

@Suite struct ConformanceTests {
    @Test(arguments: Engine.allCases) func randomStoriesAgreeWithTheModel(engine: Engine) throws {
        for seed in UInt64(1)...3 {
            print("seed \(seed)")
            let test = try TestDatabase(engine)
            let story = TestStory(seed: seed, objects: 6, visits: 14)
            var model = ModelDatabase()
            for alert in story.alerts { model.add(alert) }
            try TestPlanner(database: test.database).ingest(story.alerts, batchSize: 7)
            for object in model.objects() {
                let curve = try #require(
                    try test.database.lightCurve(LightCurveQuery(.diaObject(DiaObjectID(rawValue: object)))))
                let detections = (0..<curve.detections.rowCount).map { AlertMaker.read(curve.detections, $0) }
                let forced = (0..<curve.forced.rowCount).map { AlertMaker.read(curve.forced, $0) }
                #expect(Set(detections) == model.detections(of: object))
                #expect(detections.count == Set(detections).count)
                #expect(Set(forced) == model.forced(of: object))
                #expect(forced.count == Set(forced).count)
            }
            for (id, sources) in model.solar {
                let query = LightCurveQuery(.ssObject(SSObjectID(rawValue: id)))
                let curve = try #require(try test.database.lightCurve(query))
                #expect(curve.detections.rowCount == sources.count)
            }
        }
    }

    @Test(arguments: Engine.allCases) func publicationsAreDenseAndOffsetsMove(engine: Engine) throws {
        let test = try TestDatabase(engine)
        let story = TestStory(seed: 4, objects: 5, visits: 12)
        try TestPlanner(database: test.database).ingest(story.alerts, batchSize: 5)
        let extent = try #require(try test.database.topics().first)
        let all = try test.database.publications(topic: "even", from: 0, limit: .max, maxBytes: .max)
        #expect(extent.topic == "even" && extent.next == Int64(all.count) && extent.earliest == 0)
        #expect(all.map(\.offset) == Array(0..<extent.next))
        let tail = try test.database.publications(topic: "even", from: 3, limit: 2, maxBytes: .max)
        #expect(tail.map(\.offset) == [3, 4])
        let offsets = try test.database.nextOffsets()
        #expect(offsets.map(\.next) == [Int64(story.alerts.count)])
    }
}
