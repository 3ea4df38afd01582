import Avro
import Core
import Synchronization
import TestSupport
import Testing

@testable import Pipeline
@testable import Storage

/// Whatever fails on the way, the database ends as if nothing had.
@Suite struct FaultTests {
    @Test(arguments: Seeds.ofRound(2, 3)) func faultsChangeNothing(seed: UInt64) throws {
        let messages = Harness.messages(Harness.configuration(seed: 21))
        let calm = try EmbeddedDatabase()
        try Harness.deploy(to: calm)
        try Harness.run(messages, into: calm, batchSize: 16)
        let stormy = try EmbeddedDatabase()
        try Harness.deploy(to: stormy)
        let faulty = FaultyDatabase(stormy, seed: seed, faultShare: 0.25)
        try Harness.run(messages, into: faulty, batchSize: 16)
        #expect(faulty.faults.load(ordering: .relaxed) > 10)
        let (expected, found) = (try Harness.dump(calm), try Harness.dump(stormy))
        let differing = zip(expected, found).filter { $0 != $1 }.prefix(4).map { "\($0) | \($1)" }
        #expect(expected == found, "\(differing)")
        let report = try stormy.check()
        #expect(report.isSound, "\(report.problems.prefix(5))")
    }

    /// Whoever asks while a dependency is away hears of it, and no longer when it is back.
    @Test func whatIsWaitedForIsTold() throws {
        let health = PipelineHealth()
        let clock = WatchingClock(health)
        let faulty = FaultyDatabase(try EmbeddedDatabase(), seed: 5, faultShare: 0.25)
        try Self.run(
            ListSource(Harness.messages(Harness.configuration(seed: 21))), BundledProvider(), into: faulty, clock, health)
        let seen = clock.seen.withLock { $0 }
        #expect(seen.contains { $0.hasPrefix("nothing is committed: ") && $0.contains("before the commit") })
        #expect(health.reasonsNotReady == [])
    }

    /// Dead letters that are retried while the stream goes on are committed once each, through the filters.
    @Test func lettersAreRetriedBesideARunningPipeline() throws {
        let messages = Harness.messages(Harness.configuration(seed: 22))
        let calm = try EmbeddedDatabase()
        try Harness.deploy(to: calm)
        try Harness.run(messages, into: calm, batchSize: 16)
        var strange = messages
        let places = stride(from: 3, to: messages.count, by: 10)
        for place in places { strange[place].replaceSubrange(1..<5, with: LateProvider.strangeFrame) }
        let database = try EmbeddedDatabase()
        try Harness.deploy(to: database)
        let isDone = Atomic<Bool>(false)
        let sent = strange
        let main = NamedThread("test-pipeline") {
            _ = try? Self.run(ListSource(sent), BundledProvider(), into: database, SleeplessClock(), PipelineHealth())
            isDone.store(true, ordering: .releasing)
        }
        let late = LateProvider(messages[0])
        var retried: Int64 = 0
        while true {
            let wasDone = isDone.load(ordering: .acquiring)
            retried += try Self.run(
                DeadLetterSource(database: database), late, into: database, SleeplessClock(), PipelineHealth()
            ).count("retried")
            if wasDone { break }
        }
        main.join()
        #expect(retried == Int64(Array(places).count))
        #expect(try database.deadLetters(from: 0, limit: 9, openOnly: true).isEmpty)
        #expect(
            Set(try Harness.sights(database).map(\.diaSourceId)) == Set(try Harness.sights(calm).map(\.diaSourceId)))
        let report = try database.check()
        #expect(report.isSound, "\(report.problems.prefix(5))")
    }

    @discardableResult
    private static func run(
        _ source: any AlertSource, _ schemas: any SchemaProvider, into database: any Database, _ clock: any WallClock,
        _ health: PipelineHealth
    ) throws -> PipelineTotals {
        var options = PipelineOptions()
        options.batchAlerts = 16
        options.batchSeconds = 1e9
        options.acceptsDeadLetters = true
        return try PipelineRunner(
            PipelineRunner.Parts(
                source: source, schemas: schemas, database: database, catalogues: nil, filters: FilterHost(),
                clock: clock, health: health), options: options
        ).run()
    }
}

/// Asks whenever somebody waits.
private final class WatchingClock: WallClock {
    private let base = SleeplessClock()
    private let health: PipelineHealth
    let seen = Mutex<Set<String>>([])

    init(_ health: PipelineHealth) { self.health = health }

    var unixSeconds: Double { base.unixSeconds }
    var monotonicSeconds: Double { base.monotonicSeconds }
    func sleep(seconds: Double) {
        seen.withLock { $0.formUnion(health.reasonsNotReady) }
        base.sleep(seconds: seconds)
    }
}

/// Knows one schema under another id too, as a registry that learnt it later.
private struct LateProvider: SchemaProvider {
    static let strangeFrame: [UInt8] = [0, 0, 0x12, 0x67]
    private let knownID: Int32

    init(_ message: [UInt8]) { knownID = message[1..<5].reduce(0) { $0 << 8 | Int32($1) } }

    func schema(id: Int32) throws(AlertFault) -> AvroSchema {
        try BundledProvider().schema(id: id == 0x1267 ? knownID : id)
    }
}
