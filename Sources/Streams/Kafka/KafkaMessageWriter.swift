import CKafka
import Core
import Synchronization

/// Writes raw alert messages as Rubin's producers do: no key, one header `producer_timestamp` (ASCII, ms). For simulated nights.
///
/// `write` only queues; `flush` waits for all reports.
public final class KafkaMessageWriter {
    private let producer: KafkaProducer
    private let callbacks = WriterCallbacks()
    private let servers: String
    private var unpolled = 0

    /// - Throws: `UserFault` for settings that librdkafka refuses.
    public init(_ connection: KafkaConnection) throws(UserFault) {
        servers = connection.bootstrapServers
        producer = try KafkaProducer(connection, callbacks: callbacks)
    }

    /// Queues one Confluent message; waits while the queue is full.
    /// - Parameters:
    ///   - partition: nil lets Kafka choose, as Rubin's producers do.
    ///   - producedAtUnixSeconds: goes into the header; nil writes none.
    public func write(
        _ message: UnsafeRawBufferPointer, topic: String, partition: Int32? = nil, producedAtUnixSeconds: Double?
    ) throws(DependencyFault) {
        var outgoing = KafkaMessage(topic: topic, partition: partition)
        if let seconds = producedAtUnixSeconds {
            outgoing.header = ("producer_timestamp", (seconds * 1000).description)
            outgoing.timestampMilliseconds = Int64(seconds * 1000)
        }
        try producer.produce(outgoing, value: message)
        unpolled += 1
        if unpolled >= 256 {
            unpolled = 0
            rd_kafka_poll(producer.handle.raw, 0)
        }
        try throwFirstFault()
    }

    /// Waits until every message is acknowledged.
    public func flush(timeoutSeconds: Double = 30) throws(DependencyFault) {
        let code = rd_kafka_flush(producer.handle.raw, Int32(timeoutSeconds * 1000))
        try throwFirstFault()
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw KafkaFaults.fault(
                servers, code, "\(rd_kafka_outq_len(producer.handle.raw)) messages are not acknowledged")
        }
    }

    /// Messages acknowledged so far.
    public var delivered: Int { callbacks.state.withLock { $0.delivered } }

    private func throwFirstFault() throws(DependencyFault) {
        let failed = callbacks.state.withLock { state in
            defer { state.firstError = nil }
            return state.firstError
        }
        if let failed { throw KafkaFaults.fault(servers, failed, "a message is lost") }
    }
}

private final class WriterCallbacks: KafkaCallbacks, @unchecked Sendable {
    let state = Mutex<(delivered: Int, firstError: rd_kafka_resp_err_t?)>((0, nil))

    override func delivered(_ message: UnsafePointer<rd_kafka_message_t>) {
        let code = message.pointee.err
        state.withLock { state in
            if code == RD_KAFKA_RESP_ERR_NO_ERROR {
                state.delivered += 1
            } else if state.firstError == nil {
                state.firstError = code
            }
        }
    }
}
