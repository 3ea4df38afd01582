import CKafka
import Core

/// The consumer's state and the shell that carries out its actions; touched only by the thread that reads, which is also the one
/// that librdkafka calls back.
final class KafkaConsumerCore: KafkaCallbacks, @unchecked Sendable {
    var state: ConsumerStateMachine
    let servers: String
    let metrics: KafkaSourceMetrics
    let log = Log("kafka")
    private let nextOffset: (InputPartition) throws(DependencyFault) -> Int64?
    /// What went wrong in a callback; the next read throws it.
    private var pendingFault: DependencyFault?
    /// Every broker was lost, and none has answered since.
    private(set) var isDown = false
    /// Why the brokers do not let us in, when they said so: "all brokers down" comes in its wake and explains nothing.
    private var refusal: DependencyFault?
    /// One past the newest message of partitions that stopped, as the brokers said then.
    private(set) var endOfStopped: [InputPartition: Int64] = [:]

    init(
        acceptsGap: Bool, servers: String, metrics: KafkaSourceMetrics,
        nextOffset: @escaping (InputPartition) throws(DependencyFault) -> Int64?
    ) {
        state = ConsumerStateMachine(acceptsGap: acceptsGap)
        self.servers = servers
        self.metrics = metrics
        self.nextOffset = nextOffset
    }

    func takeFault() -> DependencyFault? {
        defer { pendingFault = nil }
        return pendingFault
    }

    func brokerAnswered() {
        isDown = false
        refusal = nil
    }

    /// What keeps all brokers away.
    var downFault: DependencyFault {
        refusal ?? KafkaFaults.fault(servers, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, "no broker answers")
    }

    /// The group has answered with an assignment, if only an empty one.
    private(set) var wasAssigned = false

    /// Partitions are there, the database has said where to begin, and a broker answers.
    var isReading: Bool { !isDown && !state.owned.isEmpty && state.waiting.isEmpty }

    override func failed(_ code: rd_kafka_resp_err_t, _ reason: String) {
        metrics.errors.add()
        log.warning("kafka error", ["error": .text(String(cString: rd_kafka_err2str(code))), "reason": .text(reason)])
        if KafkaFaults.isRefusal(code) { refusal = KafkaFaults.fault(servers, code, reason) }
        if code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN {
            isDown = true
            pendingFault = refusal ?? KafkaFaults.fault(servers, code, reason)
            return
        }
        if KafkaFaults.isRefusal(code) || !KafkaFaults.isRetriable(code) {
            pendingFault = KafkaFaults.fault(servers, code, reason)
        }
    }

    override func logged(level: Int32, _ text: String) {
        // syslog levels: 3 error, 4 warning.
        if level <= 4 { log.warning(text) } else { log.debug(text) }
    }

    override func rebalance(_ instance: OpaquePointer, _ code: rd_kafka_resp_err_t, _ partitions: KafkaPartitions.List) {
        let named = KafkaPartitions.read(partitions)
        metrics.rebalances.add()
        if code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
            wasAssigned = true
            log.info("partitions assigned", ["count": .count(named.count)])
            // The assignment must be answered at once; what the database cannot say yet follows later.
            report(KafkaPartitions.with([]) { rd_kafka_incremental_assign(instance, $0) }, "assign")
            perform(state.handle(.assigned(named)), on: instance)
        } else {
            log.info("partitions revoked", ["count": .count(named.count)])
            let stopped = state.handle(.revoked(named))
            if stopped.isEmpty {
                report(KafkaPartitions.with([]) { rd_kafka_incremental_unassign(instance, $0) }, "unassign")
            }
            perform(stopped, on: instance)
        }
    }

    /// Asks the database again for partitions that still wait for it.
    func lookUpWaiting(on instance: OpaquePointer) {
        let waiting = state.waiting
        if !waiting.isEmpty { perform([.lookUp(waiting)], on: instance) }
    }

    func perform(_ actions: [ConsumerStateMachine.Action], on instance: OpaquePointer) {
        for action in actions {
            switch action {
            case .lookUp(let partitions): lookUp(partitions, on: instance)
            case .startReading(let partition, let start): assign([(partition, start.kafkaOffset)], on: instance)
            case .restartReading(let partition, let start):
                unassign([partition], on: instance)
                assign([(partition, start.kafkaOffset)], on: instance)
            case .stopReading(let partitions): unassign(partitions, on: instance)
            case .pause(let partitions):
                _ = KafkaPartitions.with(partitions.map { ($0, 0) }) { rd_kafka_pause_partitions(instance, $0) }
            case .resume(let partitions):
                _ = KafkaPartitions.with(partitions.map { ($0, 0) }) { rd_kafka_resume_partitions(instance, $0) }
            case .reportExpired(let partition, let stored, let isAccepted):
                reportExpired(partition, stored: stored, isAccepted: isAccepted, on: instance)
            }
        }
    }

    private func lookUp(_ partitions: [InputPartition], on instance: OpaquePointer) {
        for partition in partitions {
            do {
                let next = try nextOffset(partition)
                perform(state.handle(.storedOffset(partition, next)), on: instance)
            } catch {
                pendingFault = error
                return
            }
        }
    }

    private func assign(_ partitions: [(partition: InputPartition, offset: Int64)], on instance: OpaquePointer) {
        report(KafkaPartitions.with(partitions) { rd_kafka_incremental_assign(instance, $0) }, "assign")
    }

    private func unassign(_ partitions: [InputPartition], on instance: OpaquePointer) {
        report(
            KafkaPartitions.with(partitions.map { ($0, 0) }) { rd_kafka_incremental_unassign(instance, $0) }, "unassign"
        )
    }

    private func report(_ error: OpaquePointer?, _ what: String) {
        guard let (code, text) = KafkaFaults.take(error) else { return }
        pendingFault = KafkaFaults.fault(servers, code, "\(what): \(text)")
    }

    private func reportExpired(
        _ partition: InputPartition, stored: Int64?, isAccepted: Bool, on instance: OpaquePointer
    ) {
        metrics.expired.add()
        var oldest: Int64 = -1
        var end: Int64 = -1
        _ = rd_kafka_query_watermark_offsets(instance, partition.topic, partition.partition, &oldest, &end, 1000)
        endOfStopped[partition] = end >= 0 ? end : nil
        let isAnew = end >= 0 && stored ?? -1 > end
        let fields: KeyValuePairs<String, LogValue> = [
            "topic": .text(partition.topic), "partition": .count(partition.partition), "offset": .count(stored ?? -1),
            "oldest": .count(oldest), "end": .count(end),
        ]
        let what: String =
            isAnew
            ? "the stored offset is beyond the end: the topic was made anew" : "the stored offset has expired"
        if isAccepted {
            log.warning("\(what); reading goes on from the oldest message, as told", fields)
        } else {
            log.error("\(what): this partition stops; --accept-gap goes on from the oldest message", fields)
        }
    }
}
