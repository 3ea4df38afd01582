import CKafka
import Core
import Streams

/// A topic of many small partitions, and the plainest loop that reads it: what the broker's rate from Kafka is compared with.
///
/// Many partitions, because the mock cluster keeps about 5 MB of each.
struct BenchKafkaConsume {
    static let partitionBytesMax = 4 << 20

    let connection: KafkaConnection
    let topic: String
    let partitions: Int

    /// Writes `messages` to the partitions in turn. The topic must exist. Answers the number of bytes.
    func fill(_ messages: [[UInt8]]) throws -> Int {
        let bytes = messages.reduce(0) { $0 + $1.count }
        guard bytes / partitions < BenchKafkaConsume.partitionBytesMax else {
            throw UserFault(
                .tooLarge, "\(bytes) bytes do not fit into \(partitions) partitions",
                hint: "take fewer alerts or more partitions")
        }
        let writer = try KafkaMessageWriter(connection)
        let now = SystemClock().unixSeconds
        for (index, message) in messages.enumerated() {
            try message.withUnsafeBytes { bytes in
                try writer.write(
                    bytes, topic: topic, partition: Int32(index % partitions), producedAtUnixSeconds: now)
            }
        }
        try writer.flush(timeoutSeconds: 120)
        return bytes
    }

    /// Reads `count` messages from the beginning of all partitions and touches nothing of them but their lengths.
    /// - Returns: seconds from the first message to the last.
    func bareConsume(count: Int) throws -> Double {
        let instance = try makeConsumer()
        defer { rd_kafka_destroy(instance) }
        rd_kafka_poll_set_consumer(instance)
        guard let queue = rd_kafka_queue_get_consumer(instance),
            let list = rd_kafka_topic_partition_list_new(Int32(partitions))
        else { throw UserFault(.unavailable, "librdkafka refuses a consumer") }
        defer { rd_kafka_queue_destroy(queue) }
        for partition in 0..<partitions {
            rd_kafka_topic_partition_list_add(list, topic, Int32(partition)).pointee.offset = 0
        }
        rd_kafka_assign(instance, list)
        rd_kafka_topic_partition_list_destroy(list)
        return try drain(queue, count: count)
    }

    private func drain(_ queue: OpaquePointer, count: Int) throws -> Double {
        let clock = SystemClock()
        let messages = UnsafeMutablePointer<UnsafeMutablePointer<rd_kafka_message_t>?>.allocate(capacity: 1024)
        defer { messages.deallocate() }
        var seen = 0
        var bytes = 0
        var started = 0.0
        let deadline = clock.monotonicSeconds + 120
        while seen < count {
            let taken = rd_kafka_consume_batch_queue(queue, 100, messages, 1024)
            for index in 0..<max(0, taken) {
                guard let message = messages[index] else { continue }
                if message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR {
                    if seen == 0 { started = clock.monotonicSeconds }
                    seen += 1
                    bytes += message.pointee.len
                }
                rd_kafka_message_destroy(message)
            }
            guard clock.monotonicSeconds < deadline else {
                throw UserFault(
                    .unavailable, "only \(seen) of \(count) messages came in two minutes", detail: "\(bytes) bytes")
            }
        }
        return clock.monotonicSeconds - started
    }

    private func makeConsumer() throws -> OpaquePointer {
        let settings = rd_kafka_conf_new()
        let values = [
            ("bootstrap.servers", connection.bootstrapServers), ("group.id", "bench-bare"),
            ("enable.auto.commit", "false"),
            ("queued.max.messages.kbytes", "65536"), ("fetch.max.bytes", "16777216"), ("fetch.wait.max.ms", "100"),
        ]
        var why = [CChar](repeating: 0, count: 256)
        for (name, value) in values { rd_kafka_conf_set(settings, name, value, &why, why.count) }
        guard let instance = rd_kafka_new(RD_KAFKA_CONSUMER, settings, &why, why.count) else {
            throw UserFault(.unavailable, "librdkafka refuses a consumer")
        }
        return instance
    }
}
