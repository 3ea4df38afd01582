import CKafka
import Core
import Synchronization

/// Publishes records to Kafka: idempotent, all replicas acknowledge, one partition order a key.
///
/// `send` returns when every record is acknowledged. When one is not, nothing of that call is under way any more, and the same
/// records may be sent again: consumers tell by the header `nightjar-id`.
public final class KafkaSink: AlertSink {
    public static let identityHeader = "nightjar-id"

    private let connection: KafkaConnection
    /// Made again after a fatal error, which an idempotent producer cannot leave.
    private let producer: Mutex<KafkaProducer?>
    private let callbacks = DeliveryCallbacks()
    private let isClosing = Atomic(false)
    private let closedAt = Atomic<UInt64>(0)

    /// - Throws: `UserFault` for settings that librdkafka refuses. No broker needs to be up.
    public init(_ connection: KafkaConnection) throws(UserFault) {
        self.connection = connection
        producer = Mutex(try KafkaProducer(connection, callbacks: callbacks))
    }

    /// The topic of a filter: `nightjar_<owner>_<name>`, with what Kafka does not allow replaced by `_`.
    public static func topicName(owner: String, name: String) -> String {
        let allowed = "\(owner)_\(name)".utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: byte
            default: UInt8(ascii: "_")
            }
        }
        return String("nightjar_\(String(decoding: allowed, as: UTF8.self))".prefix(249))
    }

    public func send(_ records: [OutgoingRecord], topic: String) throws(DependencyFault) {
        guard !records.isEmpty else { return }
        let current = try open()
        let pending = PendingSend()
        let opaque = Unmanaged.passUnretained(pending).toOpaque()
        var queued = 0
        var refused: DependencyFault?
        for record in records {
            let message = KafkaMessage(
                topic: topic, key: record.key, header: (KafkaSink.identityHeader, record.identity),
                timestampMilliseconds: record.timestampMilliseconds)
            do throws(DependencyFault) {
                try record.value.withUnsafeBytes { bytes in
                    Result { () throws(DependencyFault) in
                        try current.produce(message, value: bytes, opaque: opaque)
                    }
                }.get()
                queued += 1
            } catch {
                refused = error
                break
            }
        }
        // Every queued record gets its report, at the latest when it times out: nothing of this call is left behind.
        while pending.reports < queued {
            rd_kafka_poll(current.handle.raw, 10)
            if isClosing.load(ordering: .relaxed) { abandonWhenLate(current) }
        }
        withExtendedLifetime(pending) {}
        if let refused { throw replaceIfFatal(current, refused) }
        if let code = pending.firstError {
            throw replaceIfFatal(current, KafkaFaults.fault(connection.bootstrapServers, code, "topic \(topic)"))
        }
    }

    /// Lets sends under way have 3 s more; what is not acknowledged then faults there, and is sent again after the next start.
    public func close() {
        closedAt.store(UInt64(SystemClock().monotonicSeconds), ordering: .relaxed)
        isClosing.store(true, ordering: .relaxed)
        let last = producer.withLock { producer in
            defer { producer = nil }
            return producer
        }
        if let last { rd_kafka_flush(last.handle.raw, 3000) }
    }

    private func abandonWhenLate(_ current: KafkaProducer) {
        let deadline = closedAt.load(ordering: .relaxed) + 3
        guard UInt64(SystemClock().monotonicSeconds) >= deadline else { return }
        // RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT, macros.
        rd_kafka_purge(current.handle.raw, 3)
    }

    private func open() throws(DependencyFault) -> KafkaProducer {
        guard !isClosing.load(ordering: .relaxed) else {
            throw DependencyFault("kafka \(connection.bootstrapServers)", "the sink is closed", isRetriable: false)
        }
        if let existing = producer.withLock({ $0 }) { return existing }
        do {
            let made = try KafkaProducer(connection, callbacks: callbacks)
            producer.withLock { $0 = made }
            return made
        } catch {
            throw DependencyFault("kafka \(connection.bootstrapServers)", error.description, isRetriable: false)
        }
    }

    private func replaceIfFatal(_ failed: KafkaProducer, _ fault: DependencyFault) -> DependencyFault {
        var text = [CChar](repeating: 0, count: 256)
        guard rd_kafka_fatal_error(failed.handle.raw, &text, text.count) != RD_KAFKA_RESP_ERR_NO_ERROR else {
            return fault
        }
        producer.withLock { if $0 === failed { $0 = nil } }
        return DependencyFault(fault.dependency, fault.detail, hint: "the producer is made anew", isRetriable: true)
    }
}

/// Reports of one call of `send`, counted.
private final class PendingSend: Sendable {
    private let state = Mutex<(reports: Int, firstError: rd_kafka_resp_err_t?)>((0, nil))

    func delivered(_ code: rd_kafka_resp_err_t) {
        state.withLock { state in
            state.reports += 1
            if code != RD_KAFKA_RESP_ERR_NO_ERROR && state.firstError == nil { state.firstError = code }
        }
    }

    var reports: Int { state.withLock { $0.reports } }
    var firstError: rd_kafka_resp_err_t? { state.withLock { $0.firstError } }
}

private final class DeliveryCallbacks: KafkaCallbacks, @unchecked Sendable {
    private let log = Log("kafka")

    override func delivered(_ message: UnsafePointer<rd_kafka_message_t>) {
        guard let opaque = message.pointee._private else { return }
        Unmanaged<PendingSend>.fromOpaque(opaque).takeUnretainedValue().delivered(message.pointee.err)
    }

    override func failed(_ code: rd_kafka_resp_err_t, _ reason: String) {
        log.warning("kafka error", ["error": .text(String(cString: rd_kafka_err2str(code))), "reason": .text(reason)])
    }

    override func logged(level: Int32, _ text: String) {
        if level <= 4 { log.warning(text) } else { log.debug(text) }
    }
}
