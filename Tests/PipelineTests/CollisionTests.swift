import Core
import FilterEngine
import Glibc
import Testing

@testable import Pipeline
@testable import Storage

/// Random collisions of ids through the commit stage, in batches of 1, 7 and 1024, in memory and on disk: every way must
/// give one database, and a sound one. The seed of each is its argument.
@Suite struct CollisionTests {
    private static let objects: [Int64] = [11, 22, 33]

    /// Commits the stream through the stage with a filter that reads history.
    static func ingest(_ stream: [TestAlert], into database: any Database, batchSize: Int) {
        let stage = CommitStage(
            database: database, filters: FilterHost(), lineage: Lineage(software: "test"), clock: SleeplessClock(),
            stop: StopFlag(), seed: 1)
        let partition = InputPartition(topic: "test", partition: 0)
        for first in stride(from: 0, to: stream.count, by: batchSize) {
            let end = min(first + batchSize, stream.count)
            let decoded = DecodedBatch(capacity: 8)
            decoded.batch.partitions = [partition]
            for index in first..<end {
                AlertWriter.append(stream[index], to: decoded.batch)
                decoded.batch.origins[index - first] = AlertOrigin(partition: 0, offset: Int64(index))
                decoded.batch.detections.table.appendRow(index - first, of: decoded.batch.source)
            }
            decoded.points.read(decoded.batch)
            decoded.advances = [
                PartitionAdvance(
                    partition: partition, expectedNext: first == 0 ? nil : Int64(first), newNext: Int64(end))
            ]
            #expect(stage.process(decoded) == .committed)
        }
    }

    private static func curve(_ database: EmbeddedDatabase, _ object: Int64) throws -> [String] {
        guard let curve = try database.lightCurve(LightCurveQuery(.diaObject(DiaObjectID(rawValue: object)))) else {
            return []
        }
        func lines(_ table: ColumnTable, _ name: String, _ id: String) -> [String] {
            (0..<table.rowCount).map {
                let flux = table.column("psfFlux").float($0) ?? .nan
                let midpoint = table.column("midpointMjdTai").double($0) ?? .nan
                return "\(name) \(table.column(id).int64($0) ?? 0) \(midpoint) \(flux)"
            }
        }
        return (lines(curve.detections, "d", "diaSourceId") + lines(curve.forced, "f", "visit")).sorted()
    }

    /// Ingests and checks; the dump, and what the filter saw.
    private static func result(
        _ stream: [TestAlert], _ database: EmbeddedDatabase, batchSize: Int, _ name: Comment
    ) throws -> (dump: [String], sights: [Harness.Sight]) {
        try Harness.deploy(to: database)
        ingest(stream, into: database, batchSize: batchSize)
        let report = try database.check()
        #expect(report.isSound, "\(name): \(report.problems.prefix(5))")
        return (try Harness.dump(database), try Harness.sights(database))
    }

    private static func expectOneResult(_ stream: [TestAlert], _ name: String, onDisk: Bool) throws {
        var first: (dump: [String], sights: [Harness.Sight])?
        for size in [1, 7, 1024] {
            let directory = ScratchDirectory()
            var options = EmbeddedOptions()
            options.archive.isEnabled = false
            let database =
                onDisk ? try EmbeddedDatabase.open(directory: directory.path, options: options) : try EmbeddedDatabase()
            defer { database.close() }
            let found = try result(stream, database, batchSize: size, "\(name), batches of \(size)")
            if let first {
                let differing = zip(first.dump, found.dump).filter { $0 != $1 }.prefix(4).map { "\($0) | \($1)" }
                #expect(first.dump == found.dump, "\(name), batches of \(size): \(differing)")
                let seen = zip(first.sights, found.sights).filter { !$0.isAlike($1) }.prefix(2)
                #expect(seen.isEmpty, "\(name), batches of \(size): \(Array(seen))")
            }
            first = first ?? found
        }
    }

    @Test(arguments: 1...8) func oneDatabaseWhereverBatchesAreCut(seed: UInt64) throws {
        var stream = CollidingStream(seed: seed, spanDays: 250)
        let alerts = stream.make(36)
        try Self.expectOneResult(alerts, "seed \(seed)", onDisk: false)
        let database = try EmbeddedDatabase()
        Self.ingest(alerts, into: database, batchSize: 7)
        let model = CollisionModel(alerts)
        for object in Self.objects {
            #expect(try Self.curve(database, object) == model.curve(of: object), "seed \(seed), object \(object)")
        }
    }

    /// Over years packets' windows cut months, in which the directory alone decides.
    @Test(arguments: 101...105) func oneDatabaseOverYears(seed: UInt64) throws {
        var stream = CollidingStream(seed: seed, spanDays: 1100)
        try Self.expectOneResult(stream.make(36), "seed \(seed)", onDisk: false)
    }

    @Test(arguments: [201]) func oneDatabaseOnDisk(seed: UInt64) throws {
        var stream = CollidingStream(seed: seed, spanDays: 250)
        try Self.expectOneResult(stream.make(30), "seed \(seed)", onDisk: true)
    }
}

final class ScratchDirectory {
    let path: String

    init() {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? P_tmpdir
        var template = Array((parent + "/nightjar-pipeline-XXXXXX").utf8CString)
        path = String(cString: mkdtemp(&template))
    }

    deinit { FileSystem.removeTree(path) }
}
