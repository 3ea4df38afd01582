import CKafka
import Core
import Glibc

/// librdkafka's mock cluster in this process: brokers on loopback that speak the real protocol over TCP.
///
/// What it shows: produce, fetch, groups, rebalances, idempotent producers, lost brokers, expired offsets. What it does not:
/// transactions, fencing of zombie producers, static members, offsets by time, access rights, SASL, TLS. It keeps about 5 MB a
/// partition, and after a member has left, the next one waits for that one's session timeout.
public final class MockCluster {
    private let handle: KafkaHandle
    private let cluster: OpaquePointer
    public let bootstrapServers: String

    /// - Throws: `UserFault` when the mock cannot be made or a topic is refused.
    public init(topics: [(name: String, partitions: Int)], brokers: Int = 1) throws(UserFault) {
        handle = try KafkaHandle(RD_KAFKA_PRODUCER, settings: [], callbacks: KafkaCallbacks())
        guard let cluster = rd_kafka_mock_cluster_new(handle.raw, Int32(brokers)) else {
            throw UserFault(.unavailable, "the mock cluster does not start")
        }
        self.cluster = cluster
        bootstrapServers = String(cString: rd_kafka_mock_cluster_bootstraps(cluster))
        for topic in topics { try create(topic: topic.name, partitions: topic.partitions) }
    }

    deinit { rd_kafka_mock_cluster_destroy(cluster) }

    public func create(topic: String, partitions: Int) throws(UserFault) {
        let code = rd_kafka_mock_topic_create(cluster, topic, Int32(partitions), 1)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw UserFault(
                .usage, "the mock refuses topic '\(topic)'", detail: String(cString: rd_kafka_err2str(code)))
        }
    }

    /// Carries out one line of the control protocol: `down N`, `up N` (brokers count from 1), `rtt N MILLISECONDS`,
    /// `topic NAME PARTITIONS`. False when it is not understood.
    func execute(_ line: String) -> Bool {
        let words = line.split(separator: " ").map(String.init)
        guard words.count >= 2 else { return false }
        switch (words[0], Int32(words[1]), words.count > 2 ? Int32(words[2]) : nil) {
        case ("down", let broker?, _):
            return rd_kafka_mock_broker_set_down(cluster, broker) == RD_KAFKA_RESP_ERR_NO_ERROR
        case ("up", let broker?, _): return rd_kafka_mock_broker_set_up(cluster, broker) == RD_KAFKA_RESP_ERR_NO_ERROR
        case ("rtt", let broker?, let milliseconds?):
            return rd_kafka_mock_broker_set_rtt(cluster, broker, milliseconds) == RD_KAFKA_RESP_ERR_NO_ERROR
        case ("topic", _, let partitions?): return (try? create(topic: words[1], partitions: Int(partitions))) != nil
        default: return false
        }
    }
}

/// Serves a mock cluster until stdin closes. Prints one line of JSON, `{"bootstrap_servers":"…"}`, then answers each line of stdin
/// (`down 1`, `up 1`, `rtt 1 50`, `topic NAME PARTITIONS`) with `ok` or `refused`.
public func runMockCluster(topics: [(name: String, partitions: Int)], brokers: Int = 1) throws(UserFault) {
    let cluster = try MockCluster(topics: topics, brokers: brokers)
    var writer = TextWriter()
    writer.append("{\"bootstrap_servers\":")
    writer.append(jsonString: cluster.bootstrapServers)
    writer.append("}\n")
    writeStandardOutput(writer.bytes)
    while let line = readLine() { writeStandardOutput(Array((cluster.execute(line) ? "ok\n" : "refused\n").utf8)) }
}

private func writeStandardOutput(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { _ = write(STDOUT_FILENO, $0.baseAddress, $0.count) }
}
