import Avro
import Core
import Pipeline
import Service
import Storage
import Streams
import Synchronization

/// One Kafka publisher a topic, started as topics appear; and the expiry of old publications.
final class Publishing: @unchecked Sendable {
    private let database: EmbeddedDatabase
    private let topics: RegistryTopics
    private let sink: KafkaSink?
    private let form: PayloadForm
    private let publishers = Mutex<[String: Publisher]>([:])
    private let stopping = StopFlag()
    private var thread: NamedThread?
    private let log = Log("publish")

    /// How often new topics are looked for.
    static let pollSeconds = 1.0
    /// How often old publications are dropped.
    static let expirySeconds = 60.0
    /// How long a stop lets publishers go on.
    static let drainSeconds = 2.0

    init(database: EmbeddedDatabase, topics: RegistryTopics, configuration: Configuration) throws {
        self.database = database
        self.topics = topics
        sink = try configuration.kafkaConnection("publish").map { (connection) throws(UserFault) in
            try KafkaSink(connection)
        }
        let registry = configuration.optionalText("publish.registry").map { SchemaRegistryClient(url: $0) }
        form = try Publishing.form(configuration.text("publish.format"), topics, registry)
        thread = NamedThread("nightjar-topics") { self.loop() }
    }

    static func form(
        _ name: String, _ topics: RegistryTopics, _ registry: SchemaRegistryClient?
    ) throws(UserFault) -> PayloadForm {
        let memo = SchemaMemo(topics, registry: registry)
        return switch name {
        case "avro": .confluent { (topic, version) throws(DependencyFault) in try memo.schema(topic, version).id }
        case "container":
            .container { (topic, version) throws(DependencyFault) in try memo.schema(topic, version).json }
        case "json":
            .json { (topic, publication) throws(DependencyFault) in
                try json(AvroPublicationRenderer(directory: topics), topic, publication)
            }
        default: throw UserFault(.usage, "publish.format is \"\(name)\"", hint: "avro, container or json")
        }
    }

    private static func json(
        _ renderer: AvroPublicationRenderer, _ topic: String, _ publication: StoredPublication
    ) throws(DependencyFault) -> [UInt8] {
        var writer = TextWriter()
        do {
            try renderer.appendJSON(publication, topic: topic, to: &writer)
        } catch {
            throw DependencyFault("filter registry", "\(error)")
        }
        return writer.bytes
    }

    func wake() { for publisher in publishers.withLock({ Array($0.values) }) { publisher.wake() } }

    private func loop() {
        let clock = SystemClock()
        var expireAt = clock.monotonicSeconds + Publishing.expirySeconds
        while !stopping.isRequested {
            do {
                if sink != nil { try startNew() }
                if clock.monotonicSeconds > expireAt {
                    expireAt = clock.monotonicSeconds + Publishing.expirySeconds
                    try expire(now: clock.now)
                }
            } catch {
                log.warning("topics cannot be read now", ["reason": "\(error)"])
            }
            let end = clock.monotonicSeconds + Publishing.pollSeconds
            while clock.monotonicSeconds < end, !stopping.isRequested { clock.sleep(seconds: 0.05) }
        }
    }

    private func startNew() throws {
        guard let sink else { return }
        for topic in try topics.topics().map(\.topic) {
            let isNew = publishers.withLock { $0[topic] == nil }
            guard isNew else { continue }
            let publisher = Publisher(topic: topic, database: database, sink: sink, form: form)
            publishers.withLock { $0[topic] = publisher }
            show(publisher)
            publisher.start()
        }
    }

    /// Why topics are not published, in sentences, in order of topic.
    var reasonsNotReady: [String] {
        publishers.withLock { $0.sorted { $0.key < $1.key } }.compactMap { topic, publisher in
            publisher.progress.fault.map { "topic \(topic) is not published: \($0)" }
        }
    }

    private func show(_ publisher: Publisher) {
        let registry = MetricRegistry.process
        let labels = [("topic", publisher.topic)]
        registry.counter(
            "nightjar_kafka_acknowledged_total", help: "Publications that Kafka acknowledged.", labels: labels
        ) { [weak publisher] in Double(publisher?.progress.acknowledged ?? 0) }
        registry.gauge(
            "nightjar_kafka_publish_latency_seconds",
            help: "From the production of the newest acknowledged record's alert to its acknowledgement.",
            labels: labels
        ) { [weak publisher] in publisher?.progress.newestLatencySeconds ?? 0 }
    }

    private func expire(now: MJD) throws {
        for topic in try topics.topics() {
            try database.expirePublications(
                topic: topic.topic, olderThan: MJD(now.days - topic.retentionDays), maxBytes: topic.retentionBytes)
        }
    }

    /// Sends what is committed for `drainSeconds` at most, unless Kafka is away; the rest follows after the next start.
    func stop() {
        stopping.request()
        thread?.join()
        let all = publishers.withLock { Array($0.values) }
        let clock = SystemClock()
        let deadline = clock.monotonicSeconds + Publishing.drainSeconds
        for publisher in all { publisher.wake() }
        while clock.monotonicSeconds < deadline, all.contains(where: { isBehind($0) }) { clock.sleep(seconds: 0.02) }
        // The sink first: a publisher that waits for an acknowledgement ends with it.
        sink?.close()
        for publisher in all { publisher.stop() }
    }

    /// Whether waiting for a publisher makes sense: it has records left, and nothing stands in its way.
    private func isBehind(_ publisher: Publisher) -> Bool {
        let progress = publisher.progress
        guard progress.fault == nil else { return false }
        let rest = try? database.publications(topic: publisher.topic, from: progress.nextOffset, limit: 1, maxBytes: 1)
        return rest.map { !$0.isEmpty } ?? false
    }
}
