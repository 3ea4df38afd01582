import Avro
import Core
import Crossmatch
import FilterEngine
import Simulator
import Synchronization
import Testing

@testable import Pipeline
@testable import Storage

/// A clock whose sleeps cost nothing.
final class SleeplessClock: WallClock {
    private let slept = Mutex(0.0)
    var unixSeconds: Double { 1_790_000_000 + slept.withLock { $0 } }
    var monotonicSeconds: Double { slept.withLock { $0 } }
    func sleep(seconds: Double) { slept.withLock { $0 += seconds } }
}

struct BundledProvider: SchemaProvider {
    func schema(id: Int32) throws(AlertFault) -> AvroSchema {
        guard let schema = BundledSchemas.schema(id: id) else {
            throw .record(RecordFault(.schema, "no schema \(id)"))
        }
        return schema
    }
}

/// Messages in a given order as one partition.
final class ListSource: AlertSource {
    private let messages: [[UInt8]]
    private var next = 0
    private let partition = InputPartition(topic: "list", partition: 0)

    init(_ messages: [[UInt8]]) { self.messages = messages }

    func read(into batch: inout MessageBatch, limit: Int, timeoutSeconds: Double) throws(DependencyFault) -> SourceEvent {
        guard next < messages.count else { return .ended }
        let index = batch.partitionIndex(partition)
        for offset in next..<min(next + limit, messages.count) {
            batch.messages.append(
                MessageBatch.Message(
                    bytes: messages[offset].withUnsafeBytes { batch.arena.append($0) }, partition: index,
                    offset: Int64(offset), producedAtUnixSeconds: 0, framing: .confluent))
            next = offset + 1
        }
        return .messages
    }

    func didCommit(_ advances: [PartitionAdvance]) {}
    func rewind(to offsets: [(partition: InputPartition, next: Int64?)]) throws(DependencyFault) {
        next = Int(offsets.first { $0.partition == partition }?.next ?? 0)
    }
    func close() {}
}

/// Simulated nights through the real runner into a database in memory.
enum Harness {
    /// Few objects that come often, with duplicates, revisions and withdrawals.
    static func configuration(seed: UInt64) -> SimulationConfiguration {
        var configuration = SimulationConfiguration()
        configuration.seed = seed
        configuration.alertsPerVisit = 24
        configuration.visits = 4
        configuration.nights = 4
        configuration.sparseVisits = 3
        configuration.sparseShare = 1
        configuration.duplicateFraction = 0.1
        configuration.revisionFraction = 0.25
        configuration.withdrawFraction = 0.15
        return configuration
    }

    static func messages(_ configuration: SimulationConfiguration) -> [[UInt8]] {
        let generator = AlertGenerator(configuration: configuration)
        var messages: [[UInt8]] = []
        while generator.nextVisit() != nil {
            generator.forEachPacket { message, _ in messages.append([UInt8](message)) }
        }
        return messages
    }

    /// Passes every alert and says what it saw of its history.
    static let countingFilter = """
        -- owner: test
        SELECT a.diaSourceId, a.psfFlux,
          (SELECT COUNT(*) FROM detections AS d WHERE d.diaObjectId = a.diaObjectId) AS n,
          (SELECT SUM(d.psfFlux) FROM detections AS d WHERE d.diaObjectId = a.diaObjectId) AS total,
          (SELECT COUNT(*) FROM forced AS f WHERE f.diaObjectId = a.diaObjectId) AS n_forced,
          (SELECT SUM(f.psfFlux) FROM forced AS f WHERE f.diaObjectId = a.diaObjectId) AS total_forced
        FROM alert AS a
        WHERE a.dec > -91
        """

    static func deploy(to database: any Database) throws {
        var registry = FilterRegistry()
        let definition = try FilterDefinition(text: countingFilter, name: "seen", catalog: FilterHost.catalog(of: nil))
        _ = try registry.deploy(definition, at: MJD(61_000))
        #expect(try database.replaceFilterRegistry(registry.encoded(), expectedVersion: 0))
    }

    @discardableResult
    static func run(
        _ messages: [[UInt8]], into database: any Database, batchSize: Int, catalogues: CatalogueSet? = nil
    ) throws -> PipelineTotals {
        var options = PipelineOptions()
        options.batchAlerts = batchSize
        options.batchSeconds = 1e9
        options.defaultRadiusArcsec = 3600
        let runner = PipelineRunner(
            PipelineRunner.Parts(
                source: ListSource(messages), schemas: BundledProvider(), database: database, catalogues: catalogues,
                filters: FilterHost(), clock: SleeplessClock()), options: options)
        return try runner.run()
    }

    static func dump(_ database: EmbeddedDatabase) throws -> [String] {
        final class Sink { var bytes: [UInt8] = [] }
        let sink = Sink()
        try database.dump { sink.bytes.append(contentsOf: $0) }
        return String(decoding: sink.bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// What the filter saw at one alert.
    struct Sight: Equatable {
        let commitSeq: Int64
        let diaSourceId: Int64
        let diaObjectId: Int64
        let midpoint: Double
        let flux: Double
        let count: Int64
        let total: Double
        let forcedCount: Int64
        let forcedTotal: Double

        func isAlike(_ other: Sight) -> Bool {
            diaSourceId == other.diaSourceId && count == other.count && forcedCount == other.forcedCount
                && Sight.isClose(total, other.total) && Sight.isClose(forcedTotal, other.forcedTotal)
        }

        static func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-4 * max(1, abs(a), abs(b)) }
    }

    static func sights(_ database: any Database) throws -> [Sight] {
        let definition = try FilterDefinition(text: countingFilter, name: "seen", catalog: FilterHost.catalog(of: nil))
        let json = OutputSchema.avroJSON(topic: definition.topic, columns: definition.outputColumns)
        let reader = AvroValueReader(writer: try AvroSchema(json: Array(json.utf8)))
        let records = try database.publications(topic: definition.topic, from: 0, limit: .max, maxBytes: .max)
        // A retraction selects nothing.
        return try records.filter { $0.kind != .retraction }.map { one in
            let value = try one.payload.withUnsafeBytes { try reader.read($0) }
            let selected = try #require(value["selected"])
            return Sight(
                commitSeq: one.commitSeq.rawValue, diaSourceId: one.diaSourceId.rawValue,
                diaObjectId: one.diaObjectId.rawValue, midpoint: number(value["midpointMjdTai"]),
                flux: number(selected["psfFlux"]), count: Int64(number(selected["n"])),
                total: number(selected["total"]),
                forcedCount: Int64(number(selected["n_forced"])), forcedTotal: number(selected["total_forced"]))
        }
    }

    private static func number(_ value: AvroValue?) -> Double {
        switch value?.unwrapped {
        case .int(let value): Double(value)
        case .long(let value): Double(value)
        case .float(let value): Double(value)
        case .double(let value): value
        default: 0
        }
    }
}
