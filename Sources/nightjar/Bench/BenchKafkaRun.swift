import Core
import Pipeline
import Streams

/// `bench kafka-run`: the ingest benchmark's steady state read from Kafka, in turns with a bare consume loop over the same
/// topic. Every run has a topic and visits of its own.
struct BenchKafkaRun {
    struct Pair {
        let bareAlertsPerSecond: Double
        let runAlertsPerSecond: Double
    }

    let ingest: BenchIngest
    let mock: MockBroker
    /// Messages of one run.
    var count: Int { ingest.fields * ingest.alertsPerVisit }
    /// About 14 kB each, and the mock keeps 5 MB a partition.
    var partitions: Int { max(1, (count * 15_000) / BenchKafkaConsume.partitionBytesMax * 3 / 2) }

    /// Bare consume loops alone: alerts a second of each run.
    func consume(runs: Int) throws -> [Double] {
        let topic = try fill("bench-consume", round: 1)
        return try (0..<runs).map { _ in Double(count) / (try topic.bareConsume(count: count)) }
    }

    func run(pairs: Int) throws -> [Pair] {
        let broker = try ingest.makeBroker(BenchIngest.Cell(name: "kafka"))
        defer { broker.close() }
        let generator = ingest.makeGenerator()
        _ = try broker.run(SteadyStateSource(generator, visits: 0..<ingest.fields), stop: StopFlag())
        return try (1...pairs).map { round in
            let topic = try fill("bench-run-\(round)", round: round)
            let bare = try topic.bareConsume(count: count)
            let seconds = try pipeline(broker, topic.topic)
            return Pair(bareAlertsPerSecond: Double(count) / bare, runAlertsPerSecond: Double(count) / seconds)
        }
    }

    /// Seconds from the first message to the last synced commit, merges drained.
    private func pipeline(_ broker: Broker, _ topic: String) throws -> Double {
        let database = broker.database
        let configuration = KafkaSourceConfiguration(
            connection: KafkaConnection(bootstrapServers: mock.bootstrapServers), topics: [topic], groupID: topic)
        let source = try KafkaSource(configuration) { (partition) throws(DependencyFault) in
            try database.nextOffset(of: partition)
        }
        defer { source.close() }
        let timed = TimedSource(source)
        let stop = StopFlag()
        let wanted = Int64(count)
        let totals = try broker.run(timed, stop: stop) { if $0.count("received") >= wanted { stop.request() } }
        try database.settle()
        guard totals.count("new") == wanted else {
            throw UserFault(.conflict, "\(totals.count("new")) of \(wanted) alerts came through Kafka")
        }
        return SystemClock().monotonicSeconds - timed.firstMessageAt
    }

    private func fill(_ topic: String, round: Int) throws -> BenchKafkaConsume {
        try mock.create(topic: topic, partitions: partitions)
        let consume = BenchKafkaConsume(
            connection: KafkaConnection(bootstrapServers: mock.bootstrapServers), topic: topic, partitions: partitions)
        let generator = ingest.makeGenerator()
        var messages: [[UInt8]] = []
        for visit in ingest.fields * round..<ingest.fields * (round + 1) {
            for index in 0..<generator.beginVisit(visit) { messages.append(Array(generator.packet(index))) }
        }
        _ = try consume.fill(messages)
        return consume
    }
}

/// Passes a source on and notes when its first message came: joining a group takes seconds that are no throughput.
private final class TimedSource: AlertSource {
    private let source: any AlertSource
    private(set) var firstMessageAt = 0.0

    init(_ source: any AlertSource) { self.source = source }

    func read(into batch: inout MessageBatch, limit: Int, timeoutSeconds: Double) throws(DependencyFault) -> SourceEvent {
        let event = try source.read(into: &batch, limit: limit, timeoutSeconds: timeoutSeconds)
        if event == .messages && firstMessageAt == 0 { firstMessageAt = SystemClock().monotonicSeconds }
        return event
    }

    func didCommit(_ advances: [PartitionAdvance]) { source.didCommit(advances) }
    func rewind(to offsets: [(partition: InputPartition, next: Int64?)]) throws(DependencyFault) {
        try source.rewind(to: offsets)
    }
    func close() { source.close() }
}
