import CKafka
import Core
import Glibc

/// One message on its way to Kafka.
struct KafkaMessage {
    let topic: String
    /// Any partition by the key's hash (or at random without a key) when nil.
    var partition: Int32?
    var key: String?
    var header: (name: String, value: String)?
    /// Now when nil.
    var timestampMilliseconds: Int64?
}

/// An idempotent producer; its delivery reports come as callbacks on the thread that polls.
final class KafkaProducer: @unchecked Sendable {
    // librdkafka's instances are thread-safe, and nothing else changes.
    let handle: KafkaHandle
    private let servers: String

    /// Bounds of the producer's queue: with the consumer's it stays below 128 MiB.
    static let queueBytesMax = 24 << 20

    init(_ connection: KafkaConnection, callbacks: KafkaCallbacks) throws(UserFault) {
        servers = connection.bootstrapServers
        let settings =
            [("linger.ms", "5"), ("compression.codec", "snappy"), ("message.timeout.ms", "10000")]
            + (try connection.settings()) + [
                ("enable.idempotence", "true"), ("acks", "all"), ("message.max.bytes", "16777216"),
                ("queue.buffering.max.kbytes", String(KafkaProducer.queueBytesMax >> 10)),
            ]
        handle = try KafkaHandle(RD_KAFKA_PRODUCER, settings: settings, callbacks: callbacks)
    }

    /// Queues a copy of the message; waits while the queue is full, at most `patienceSeconds`.
    func produce(
        _ message: KafkaMessage, value: UnsafeRawBufferPointer, opaque: UnsafeMutableRawPointer? = nil,
        patienceSeconds: Double = 30
    ) throws(DependencyFault) {
        let clock = SystemClock()
        let deadline = clock.monotonicSeconds + patienceSeconds
        while true {
            guard let (code, text) = KafkaFaults.take(enqueue(message, value: value, opaque: opaque)) else { return }
            guard code == RD_KAFKA_RESP_ERR__QUEUE_FULL, clock.monotonicSeconds < deadline else {
                throw KafkaFaults.fault(servers, code, text)
            }
            rd_kafka_poll(handle.raw, 50)
        }
    }

    private func enqueue(
        _ message: KafkaMessage, value: UnsafeRawBufferPointer, opaque: UnsafeMutableRawPointer?
    ) -> OpaquePointer? {
        message.topic.withCString { topic in
            (message.key ?? "").withCString { key in
                (message.header?.name ?? "").withCString { name in
                    (message.header?.value ?? "").withCString { headerValue in
                        var arguments: [rd_kafka_vu_t] = []
                        add(&arguments, RD_KAFKA_VTYPE_TOPIC) { $0.cstr = topic }
                        if let partition = message.partition {
                            add(&arguments, RD_KAFKA_VTYPE_PARTITION) { $0.i32 = partition }
                        }
                        add(&arguments, RD_KAFKA_VTYPE_VALUE) {
                            $0.mem.ptr = UnsafeMutableRawPointer(mutating: value.baseAddress)
                            $0.mem.size = value.count
                        }
                        if message.key != nil {
                            add(&arguments, RD_KAFKA_VTYPE_KEY) {
                                $0.mem.ptr = UnsafeMutableRawPointer(mutating: key)
                                $0.mem.size = strlen(key)
                            }
                        }
                        if message.header != nil {
                            add(&arguments, RD_KAFKA_VTYPE_HEADER) {
                                $0.header.name = name
                                $0.header.val = UnsafeRawPointer(headerValue)
                                $0.header.size = strlen(headerValue)
                            }
                        }
                        if let timestamp = message.timestampMilliseconds {
                            add(&arguments, RD_KAFKA_VTYPE_TIMESTAMP) { $0.i64 = timestamp }
                        }
                        add(&arguments, RD_KAFKA_VTYPE_OPAQUE) { $0.ptr = opaque }
                        // RD_KAFKA_MSG_F_COPY, a macro.
                        add(&arguments, RD_KAFKA_VTYPE_MSGFLAGS) { $0.i = 2 }
                        return rd_kafka_produceva(handle.raw, &arguments, arguments.count)
                    }
                }
            }
        }
    }

    private func add(
        _ arguments: inout [rd_kafka_vu_t], _ kind: rd_kafka_vtype_t,
        _ fill: (inout rd_kafka_vu_s.__Unnamed_union_u) -> Void
    ) {
        var argument = rd_kafka_vu_t()
        argument.vtype = kind
        fill(&argument.u)
        arguments.append(argument)
    }
}
