import CKafka
import Core
import Glibc

@testable import Streams

/// The Kafka cluster of one test: librdkafka's mock in a process of its own, or the one that KAFKA_BOOTSTRAP names.
///
/// On that one every test has topics and groups of names of its own, and deletes the topics in the end. Tests that stop brokers
/// take a `MockProcess`.
final class TestCluster {
    let connection: KafkaConnection
    private let token: String
    private let mock: MockProcess?
    private var made: [String] = []

    static let real = getenv("KAFKA_BOOTSTRAP").map { String(cString: $0) }

    init(topics: [(name: String, partitions: Int)]) throws {
        guard let servers = TestCluster.real else {
            let mock = try MockProcess(topics: topics)
            (self.mock, token, connection) = (mock, "", mock.connection)
            return
        }
        (mock, connection) = (nil, KafkaConnection(bootstrapServers: servers))
        token = "_" + String(UInt32.random(in: 0 ... .max), radix: 16)
        for topic in topics { try make(name(topic.name), topic.partitions) }
    }

    deinit {
        if !made.isEmpty, let handle = try? admin() { delete(made, handle) }
    }

    /// What a test's topic or group is called here.
    func name(_ name: String) -> String { name + token }

    /// As many as asked for, or as the cluster makes of itself.
    func partitionCount(_ topic: String) throws -> Int {
        let handle = try admin()
        guard let reference = rd_kafka_topic_new(handle.raw, name(topic), nil) else { return 0 }
        defer { rd_kafka_topic_destroy(reference) }
        var metadata: UnsafePointer<rd_kafka_metadata>?
        guard rd_kafka_metadata(handle.raw, 0, reference, &metadata, 10_000) == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata
        else { return 0 }
        defer { rd_kafka_metadata_destroy(metadata) }
        return metadata.pointee.topic_cnt > 0 ? Int(metadata.pointee.topics[0].partition_cnt) : 0
    }

    private func admin() throws -> KafkaHandle {
        try KafkaHandle(RD_KAFKA_PRODUCER, settings: connection.settings(), callbacks: KafkaCallbacks())
    }

    /// Asks the cluster for a topic. One that has no such request (librdkafka's mock) makes it when it is looked for.
    private func make(_ name: String, _ partitions: Int) throws {
        let handle = try admin()
        var topic = rd_kafka_NewTopic_new(name, Int32(partitions), -1, nil, 0)
        defer { rd_kafka_NewTopic_destroy(topic) }
        let code = answer(handle) { options, queue in
            rd_kafka_CreateTopics(handle.raw, &topic, 1, options, queue)
        }
        if code == RD_KAFKA_RESP_ERR_NO_ERROR { made.append(name) }
        let deadline = SystemClock().monotonicSeconds + 20
        while try partitionCount(String(name.dropLast(token.count))) == 0 {
            guard SystemClock().monotonicSeconds < deadline else {
                throw MockProcess.Failure(what: "no topic \(name): \(String(cString: rd_kafka_err2str(code)))")
            }
            SystemClock().sleep(seconds: 0.2)
        }
    }

    private func delete(_ names: [String], _ handle: KafkaHandle) {
        var topics = names.map { rd_kafka_DeleteTopic_new($0) }
        defer { for topic in topics { rd_kafka_DeleteTopic_destroy(topic) } }
        _ = answer(handle) { options, queue in
            rd_kafka_DeleteTopics(handle.raw, &topics, topics.count, options, queue)
        }
    }

    /// The error of a request to the cluster's controller as a whole.
    private func answer(_ handle: KafkaHandle, _ ask: (OpaquePointer?, OpaquePointer?) -> Void) -> rd_kafka_resp_err_t {
        let queue = rd_kafka_queue_new(handle.raw)
        defer { rd_kafka_queue_destroy(queue) }
        let options = rd_kafka_AdminOptions_new(handle.raw, RD_KAFKA_ADMIN_OP_ANY)
        defer { rd_kafka_AdminOptions_destroy(options) }
        rd_kafka_AdminOptions_set_request_timeout(options, 5000, nil, 0)
        ask(options, queue)
        let event = rd_kafka_queue_poll(queue, 10_000)
        defer { rd_kafka_event_destroy(event) }
        return event == nil ? RD_KAFKA_RESP_ERR__TIMED_OUT : rd_kafka_event_error(event)
    }
}
