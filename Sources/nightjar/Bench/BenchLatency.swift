import Core
import Pipeline
import Simulator
import Storage
import Streams
import Synchronization

/// `bench latency`: messages on a schedule that does not wait for us, to acknowledged publication in Kafka and to the first
/// light curve that has the new point.
struct BenchLatency {
    struct Result {
        let alerts: Int
        /// Seconds, ascending.
        let toPublication: [Double]
        let toQuery: [Double]
        /// The part of the alerts that was asked for.
        let askedFraction: Double
    }

    var ingest: BenchIngest
    let mock: MockBroker
    /// Scheduled visits; the first contact of all objects comes before, unmeasured.
    var visits = 8
    var secondsBetweenVisits = 37.0
    /// The part of it in which a visit's alerts arrive.
    var burstSeconds = 20.0

    func run() throws -> Result {
        let broker = try ingest.makeBroker(BenchIngest.Cell(name: "latency"))
        defer { broker.close() }
        let generator = ingest.makeGenerator()
        _ = try broker.run(SteadyStateSource(generator, visits: 0..<ingest.fields), stop: StopFlag())
        let published = Samples()
        let sink = try KafkaSink(KafkaConnection(bootstrapServers: mock.bootstrapServers))
        let publishers = try broker.topics.topics().map { try publisher($0.topic, broker, sink, published) }
        for publisher in publishers { publisher.start() }
        let source = SteadyStateSource(
            generator, visits: ingest.fields..<ingest.fields + visits,
            pace: .visits(everySeconds: secondsBetweenVisits, overSeconds: burstSeconds))
        let asking = Asking(ingest.makeGenerator(), broker.database, firstVisit: ingest.fields, source: source)
        let thread = NamedThread("bench-ask") { asking.run() }
        _ = try broker.run(source, stop: StopFlag()) { _ in for publisher in publishers { publisher.wake() } }
        asking.stop.request()
        thread.join()
        for publisher in publishers { publisher.stop() }
        sink.close()
        guard asking.unansweredCount == 0 else {
            throw UserFault(.conflict, "\(asking.unansweredCount) alerts cannot be asked for after the run")
        }
        return Result(
            alerts: source.count, toPublication: published.sorted, toQuery: asking.samples.sorted,
            askedFraction: 1 / Double(Asking.step))
    }

    /// A publisher whose outbox tells when records of this run are acknowledged: its cursor is stored right after.
    private func publisher(_ topic: String, _ broker: Broker, _ sink: KafkaSink, _ samples: Samples) throws -> Publisher {
        let database = broker.database
        let waiting = Mutex<[(offset: Int64, producedAt: Double)]>([])
        let startedAt = SystemClock().unixSeconds
        let stored = Outbox(database)
        let outbox = Outbox(
            read: { (topic, offset, limit, bytes) throws(DependencyFault) in
                let records = try stored.read(topic, offset, limit, bytes)
                waiting.withLock { $0 += records.map { ($0.offset, $0.producedAtUnixSeconds) } }
                return records
            },
            cursor: stored.cursor,
            setCursor: { (name, topic, next) throws(DependencyFault) in
                let now = SystemClock().unixSeconds
                let done = waiting.withLock { list in
                    defer { list.removeAll { $0.offset < next } }
                    return list.filter { $0.offset < next && $0.producedAt >= startedAt }
                }
                samples.add(done.map { now - $0.producedAt })
                try stored.setCursor(name, topic, next)
            })
        return Publisher(
            topic: topic, outbox: outbox, sink: sink, form: try Publishing.form("avro", broker.topics, nil))
    }
}

/// Latencies that several threads add to.
private final class Samples: Sendable {
    private let values = Mutex<[Double]>([])

    func add(_ more: [Double]) { values.withLock { $0 += more } }
    var sorted: [Double] { values.withLock { $0.sorted() } }
}

/// Asks for the light curves of every fiftieth alert from the moment it is due, until the new point is in it.
private final class Asking: @unchecked Sendable {
    /// How often it asks: what it adds to a latency at most.
    private static let intervalSeconds = 0.01
    /// So few that the questions cost little: at 500 alerts a second and half a second of latency, five are open at a time.
    static let step = 50

    let samples = Samples()
    /// Requested when the last alert is committed: what is not there after one more round never will be.
    let stop = StopFlag()
    // Used by the asking thread only, until it ended.
    private let generator: SteadyStateGenerator
    private let database: EmbeddedDatabase
    private let firstVisit: Int
    /// Its schedule only, which the first read of the reader's thread fixes.
    private let source: SteadyStateSource
    private var open: [(id: DiaSourceID, dueAt: Double)] = []
    private var next = 0

    var unansweredCount: Int { open.count }

    init(_ generator: SteadyStateGenerator, _ database: EmbeddedDatabase, firstVisit: Int, source: SteadyStateSource) {
        self.generator = generator
        self.database = database
        self.firstVisit = firstVisit
        self.source = source
    }

    func run() {
        let clock = SystemClock()
        while true {
            let isLast = stop.isRequested
            takeDue(now: isLast ? .infinity : clock.unixSeconds)
            var waiting: [(id: DiaSourceID, dueAt: Double)] = []
            for one in open {
                if isAnswered(one.id) { samples.add([clock.unixSeconds - one.dueAt]) } else { waiting.append(one) }
            }
            open = waiting
            if isLast { return }
            clock.sleep(seconds: Asking.intervalSeconds)
        }
    }

    private func takeDue(now: Double) {
        let size = generator.configuration.alertsPerVisit
        while let dueAt = source.dueAt(next), dueAt <= now {
            _ = generator.beginVisit(firstVisit + next / size)
            open.append((Asking.diaSourceID(generator.packet(next % size)), dueAt))
            next += Asking.step
        }
    }

    private func isAnswered(_ id: DiaSourceID) -> Bool {
        guard let alert = try? database.alert(id),
            let curve = try? database.lightCurve(LightCurveQuery(.diaObject(alert.known.diaObjectId)))
        else { return false }
        let ids = curve.detections.column("diaSourceId")
        return (0..<curve.detections.rowCount).contains { ids.int64($0) == id.rawValue }
    }

    /// The alert's first field, a zigzag varint after five bytes of framing.
    private static func diaSourceID(_ message: UnsafeRawBufferPointer) -> DiaSourceID {
        var value: UInt64 = 0
        for (index, byte) in message.dropFirst(5).prefix(10).enumerated() {
            value |= UInt64(byte & 0x7F) << UInt64(7 * index)
            if byte < 0x80 { break }
        }
        return DiaSourceID(rawValue: Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1))
    }
}
