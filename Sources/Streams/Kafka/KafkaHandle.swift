import CKafka
import Core

/// Owns one librdkafka instance and the context of its callbacks.
final class KafkaHandle: @unchecked Sendable {
    // librdkafka's instances are thread-safe.
    let raw: OpaquePointer
    private let isConsumer: Bool
    private var isAbandoned = false
    private let context: Unmanaged<KafkaCallbacks>

    /// - Parameter callbacks: kept alive until the instance is destroyed.
    init(
        _ kind: rd_kafka_type_t, settings: [(String, String)], callbacks: KafkaCallbacks
    ) throws(UserFault) {
        guard let configuration = rd_kafka_conf_new() else { preconditionFailure("librdkafka refused a configuration") }
        for (name, value) in settings {
            do {
                try KafkaHandle.set(configuration, name, value)
            } catch {
                rd_kafka_conf_destroy(configuration)
                throw error
            }
        }
        context = Unmanaged.passRetained(callbacks)
        rd_kafka_conf_set_opaque(configuration, context.toOpaque())
        rd_kafka_conf_set_error_cb(configuration, kafkaErrorCallback)
        rd_kafka_conf_set_log_cb(configuration, kafkaLogCallback)
        isConsumer = kind == RD_KAFKA_CONSUMER
        if isConsumer {
            rd_kafka_conf_set_rebalance_cb(configuration, kafkaRebalanceCallback)
        } else {
            rd_kafka_conf_set_dr_msg_cb(configuration, kafkaDeliveryCallback)
        }
        let (instance, why) = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { text in
            text.initialize(repeating: 0)
            let made = rd_kafka_new(kind, configuration, text.baseAddress, text.count)
            return (made, text.baseAddress.map { String(cString: $0) } ?? "")
        }
        guard let instance else {
            rd_kafka_conf_destroy(configuration)
            context.release()
            throw UserFault(
                .usage, "the Kafka settings do not fit together", detail: why,
                hint: "see the 'kafka' section of the configuration")
        }
        raw = instance
    }

    deinit {
        guard !isAbandoned else { return }
        rd_kafka_destroy(raw)
        context.release()
    }

    /// Leaves the instance to the end of the process, where destroying it is not safe.
    func abandon() { isAbandoned = true }

    private static func set(_ configuration: OpaquePointer, _ name: String, _ value: String) throws(UserFault) {
        let (status, why) = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { text in
            text.initialize(repeating: 0)
            let status = rd_kafka_conf_set(configuration, name, value, text.baseAddress, text.count)
            return (status, text.baseAddress.map { String(cString: $0) } ?? "")
        }
        guard status == RD_KAFKA_CONF_OK else {
            throw UserFault(
                .usage, "the Kafka property '\(name)' is refused", detail: why,
                hint: "see the 'kafka' section of the configuration")
        }
    }
}

/// What librdkafka's callbacks reach: subclasses take what concerns them.
class KafkaCallbacks: @unchecked Sendable {
    // Callbacks come on the thread that polls; subclasses guard what other threads see.
    init() {}
    func failed(_ code: rd_kafka_resp_err_t, _ reason: String) {}
    func rebalance(
        _ instance: OpaquePointer, _ code: rd_kafka_resp_err_t,
        _ partitions: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>
    ) {}
    func delivered(_ message: UnsafePointer<rd_kafka_message_t>) {}
    func logged(level: Int32, _ text: String) {}
}

private func callbacks(_ opaque: UnsafeMutableRawPointer?) -> KafkaCallbacks? {
    opaque.map { Unmanaged<KafkaCallbacks>.fromOpaque($0).takeUnretainedValue() }
}

private func kafkaErrorCallback(
    _ instance: OpaquePointer?, _ code: Int32, _ reason: UnsafePointer<CChar>?, _ opaque: UnsafeMutableRawPointer?
) {
    callbacks(opaque)?.failed(rd_kafka_resp_err_t(rawValue: code), reason.map { String(cString: $0) } ?? "")
}

private func kafkaRebalanceCallback(
    _ instance: OpaquePointer?, _ code: rd_kafka_resp_err_t,
    _ partitions: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?, _ opaque: UnsafeMutableRawPointer?
) {
    guard let instance, let partitions else { return }
    callbacks(opaque)?.rebalance(instance, code, partitions)
}

private func kafkaDeliveryCallback(
    _ instance: OpaquePointer?, _ message: UnsafePointer<rd_kafka_message_t>?, _ opaque: UnsafeMutableRawPointer?
) {
    guard let message else { return }
    callbacks(opaque)?.delivered(message)
}

private func kafkaLogCallback(
    _ instance: OpaquePointer?, _ level: Int32, _ facility: UnsafePointer<CChar>?, _ text: UnsafePointer<CChar>?
) {
    guard let instance, let text else { return }
    callbacks(rd_kafka_opaque(instance))?.logged(level: level, String(cString: text))
}
