import Avro
import Core
import FilterEngine
import TestSupport
import Testing

@testable import Pipeline
@testable import Storage

/// What is published about alerts that are revised and withdrawn.
@Suite struct PublicationKindTests {
    private static let text = """
        -- owner: test
        SELECT a.psfFlux FROM alert AS a WHERE a.psfFlux > 500
        """
    private static let topic = "nightjar_test_bright"

    /// Sends alerts through the stage that plans, filters and commits.
    private static func run(_ alerts: [TestAlert], batchSize: Int, wrapping: (any Database) -> any Database = { $0 })
        throws -> EmbeddedDatabase
    {
        let database = try EmbeddedDatabase()
        var registry = FilterRegistry()
        for (name, condition) in [("bright", "> 500"), ("dim", "<= 500")] {
            let text = text.replacing("> 500", with: condition)
            let definition = try FilterDefinition(text: text, name: name, catalog: FilterHost.catalog(of: nil))
            _ = try registry.deploy(definition, at: MJD(61_000))
        }
        #expect(try database.replaceFilterRegistry(registry.encoded(), expectedVersion: 0))
        let stage = CommitStage(
            database: wrapping(database), filters: FilterHost(), lineage: Lineage(software: "test"),
            clock: SleeplessClock(), stop: StopFlag(), seed: 1)
        for start in stride(from: 0, to: alerts.count, by: batchSize) {
            let rows = start..<min(start + batchSize, alerts.count)
            while true {
                let result = stage.process(decoded(alerts, rows))
                if case .committed = result { break }
                guard case .stale = result else { throw DependencyFault("test", "stopped") }
            }
        }
        return database
    }

    private static func decoded(_ alerts: [TestAlert], _ rows: Range<Int>) -> DecodedBatch {
        let partition = InputPartition(topic: "list", partition: 0)
        let decoded = DecodedBatch(capacity: 8)
        decoded.batch.partitions = [partition]
        for alert in alerts[rows] {
            AlertWriter.append(alert, to: decoded.batch)
            // As the decoder leaves it: the trigger after its history.
            decoded.batch.detections.table.appendRow(decoded.batch.count - 1, of: decoded.batch.source)
        }
        for row in 0..<rows.count { decoded.batch.origins[row].offset = Int64(rows.lowerBound + row) }
        decoded.points.read(decoded.batch)
        let expected = rows.lowerBound == 0 ? nil : Int64(rows.lowerBound)
        decoded.advances = [
            PartitionAdvance(partition: partition, expectedNext: expected, newNext: Int64(rows.upperBound))
        ]
        return decoded
    }

    private static func records(_ database: any Database) throws -> [String] {
        let json = OutputSchema.avroJSON(topic: topic, columns: [OutputColumn(name: "psfFlux", type: .float32)])
        let reader = AvroValueReader(writer: try AvroSchema(json: Array(json.utf8)))
        return try database.publications(topic: topic, from: 0, limit: .max, maxBytes: .max).map { one in
            let value = try one.payload.withUnsafeBytes { try reader.read($0) }
            #expect(word(value["kind"]) == one.kind.name)
            let words = [
                "\(one.offset)", one.kind.name, "\(one.diaSourceId)", "r" + word(value["revision"]),
                word(value["supersedes"]), word(value["selected"]?["psfFlux"]),
            ]
            return words.joined(separator: " ") + ": " + word(value["lineage"]?["reason"])
        }
    }

    private static func word(_ value: AvroValue?) -> String {
        switch value?.unwrapped {
        case .int(let value): "\(value)"
        case .long(let value): "\(value)"
        case .float(let value): "\(value)"
        case .string(let value): "\(value)"
        default: "-"
        }
    }

    private static func detection(_ id: Int64, _ flux: Float, _ step: Double, withdrawn: Bool = false) -> TestDetection {
        TestDetection(
            id: id, object: 11, mjd: 61_400 + Double(id), flux: flux, processed: 61_500 + step,
            withdrawn: withdrawn ? 61_500 + step : nil)
    }

    private static let stream: [TestAlert] = [
        TestAlert(trigger: detection(1, 1000, 0)),
        TestAlert(trigger: detection(1, 2000, 1)),
        TestAlert(trigger: detection(2, 10, 2), detections: [detection(1, 2000, 1)]),
        TestAlert(trigger: detection(1, 100, 3)),
        TestAlert(trigger: detection(2, 900, 4)),
        TestAlert(trigger: detection(1, 3000, 5)),
        TestAlert(trigger: detection(1, 3000, 5)),
        TestAlert(trigger: detection(3, 700, 6)),
        TestAlert(trigger: detection(4, 800, 7), detections: [detection(3, 700, 7, withdrawn: true)]),
        TestAlert(trigger: detection(1, 3000, 8, withdrawn: true)),
        TestAlert(trigger: detection(5, 900, 9), detections: [detection(1, 3000, 8, withdrawn: true)]),
    ]

    private static let expected = [
        "0 new 1 r0 - 1000.0: -",
        "1 update 1 r1 \(topic)/0 2000.0: revision 1 passes too",
        "2 retraction 1 r2 \(topic)/1 -: revision 2 does not pass",
        "3 new 2 r1 - 900.0: revision 1 passes, no earlier one was published",
        "4 new 1 r3 \(topic)/2 3000.0: revision 3 passes again",
        "5 new 3 r0 - 700.0: -",
        "6 retraction 3 r0 \(topic)/5 -: the detection was withdrawn",
        "7 new 4 r0 - 800.0: -",
        "8 retraction 1 r4 \(topic)/4 -: the detection was withdrawn",
        "9 new 5 r0 - 900.0: -",
    ]

    private static func counter(_ database: EmbeddedDatabase, _ name: String) throws -> Int64 {
        try database.counters(night: nil, visit: nil).filter { $0.name == name }.reduce(0) { $0 + $1.value }
    }

    @Test func revisionsUpdateAndRetractWhereverBatchesAreCut() throws {
        var first: [String]?
        for size in [1, 2, 3, 7, 1024] {
            let database = try Self.run(Self.stream, batchSize: size)
            #expect(try Self.records(database) == Self.expected, "batches of \(size)")
            let report = try database.check()
            #expect(report.isSound, "\(report.problems.prefix(5))")
            let dump = try Harness.dump(database)
            if let first { #expect(dump == first, "batches of \(size)") }
            first = first ?? dump
            #expect(try Self.counter(database, "filter/bright/passed") == 7)
            #expect(try Self.counter(database, "filter/bright/published") == 7)
            #expect(try Self.counter(database, "filter/bright/retracted") == 3)
            // 2 was dim first, 1 once; both were retracted.
            #expect(try Self.counter(database, "filter/dim/published") == 2)
            #expect(try Self.counter(database, "filter/dim/retracted") == 2)
        }
    }

    @Test(arguments: Seeds.ofRound(5, 6)) func faultsOnTheWayChangeNothing(seed: UInt64) throws {
        let database = try Self.run(Self.stream, batchSize: 2) { FaultyDatabase($0, seed: seed, faultShare: 0.3) }
        #expect(try Self.records(database) == Self.expected)
        #expect(try database.check().isSound)
    }

    /// What has expired from its topic is superseded all the same.
    @Test func anExpiredRecordIsStillSuperseded() throws {
        let database = try Self.run(Array(Self.stream[..<2]), batchSize: 1)
        try database.expirePublications(topic: Self.topic, olderThan: MJD(90_000), maxBytes: 0)
        #expect(try database.publications(topic: Self.topic, from: 0, limit: 9, maxBytes: .max).isEmpty)
        let id = DiaSourceID(rawValue: 1)
        let found = try database.lastPublications(of: [id], in: [Self.topic, "nightjar_test_dim"])
        let expected = LastPublication(offset: 1, kind: .update, filterVersion: 1, revision: 1)
        #expect(found == [PublicationKey(topic: Self.topic, diaSourceId: id): expected])
        #expect(try database.check().isSound)
    }
}
