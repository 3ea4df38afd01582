import CKafka
import Core

/// Alerts from Kafka topics, shared with the other members of a consumer group.
///
/// Where a partition is read from is the database's word alone; what is committed to Kafka serves lag tools. Prefetched
/// messages are bounded (`queueBytesMax`), so a caller that reads slowly holds the brokers back; one that stops for long
/// calls `keepAlive` meanwhile, or the group gives its partitions away.
public final class KafkaSource: AlertSource {
    private let configuration: KafkaSourceConfiguration
    private let core: KafkaConsumerCore
    private var handle: KafkaHandle?
    private let queue: OpaquePointer
    private let messages: UnsafeMutableBufferPointer<UnsafeMutablePointer<rd_kafka_message_t>?>
    private var intake: KafkaIntake
    private var lagsDue = 0.0
    public let metrics: KafkaSourceMetrics

    /// - Parameter nextOffset: the database's stored next offset, nil for a partition it never saw (read from the oldest message).
    /// - Throws: `UserFault` for settings that librdkafka refuses. No broker needs to be up.
    public init(
        _ configuration: KafkaSourceConfiguration, metrics: KafkaSourceMetrics = KafkaSourceMetrics(),
        nextOffset: @escaping (InputPartition) throws(DependencyFault) -> Int64?
    ) throws(UserFault) {
        guard !configuration.topics.isEmpty else {
            throw UserFault(.usage, "no Kafka topic is named", hint: "give names, or a pattern such as '^lsst-alerts-'")
        }
        self.configuration = configuration
        self.metrics = metrics
        core = KafkaConsumerCore(
            acceptsGap: configuration.acceptsGap, servers: configuration.connection.bootstrapServers, metrics: metrics,
            nextOffset: nextOffset)
        let handle = try KafkaHandle(RD_KAFKA_CONSUMER, settings: configuration.settings(), callbacks: core)
        rd_kafka_poll_set_consumer(handle.raw)
        guard let queue = rd_kafka_queue_get_consumer(handle.raw) else { preconditionFailure("a consumer has a queue") }
        let status = KafkaPartitions.with(configuration.topics.map { (InputPartition(topic: $0, partition: -1), 0) }) {
            rd_kafka_subscribe(handle.raw, $0)
        }
        self.handle = handle
        self.queue = queue
        messages = .allocate(capacity: 4096)
        intake = KafkaIntake(messageBytesMax: configuration.messageBytesMax)
        guard status == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw UserFault(
                .usage, "the Kafka topics cannot be subscribed", detail: String(cString: rd_kafka_err2str(status)),
                hint: "a pattern begins with ^ and is a POSIX extended regular expression")
        }
    }

    deinit {
        close()
        messages.deallocate()
    }

    public func read(
        into batch: inout MessageBatch, limit: Int, timeoutSeconds: Double
    ) throws(DependencyFault) -> SourceEvent {
        guard let handle else { return .ended }
        core.perform(core.state.handle(.released), on: handle.raw)
        core.lookUpWaiting(on: handle.raw)
        intake.begin(batch: &batch)
        let before = batch.messages.count
        var timeout = timeoutSeconds
        while batch.messages.count - before < limit && batch.arena.count < configuration.batchBytesMax {
            let room = min(limit - (batch.messages.count - before), messages.count)
            let taken = rd_kafka_consume_batch_queue(
                queue, Int32(timeout * 1000), messages.baseAddress, chunk(room, arenaBytes: batch.arena.count))
            if taken <= 0 { break }
            for index in 0..<taken { take(messages[index], into: &batch, on: handle.raw) }
            timeout = 0
        }
        updateLags(on: handle.raw)
        if batch.messages.count > before {
            core.brokerAnswered()
            metrics.set(nil)
            return .messages
        }
        do throws(DependencyFault) {
            try throwFault(on: handle.raw)
        } catch {
            metrics.set(error)
            throw error
        }
        if core.isReading { metrics.set(nil) }
        return .idle
    }

    public func didCommit(_ advances: [PartitionAdvance]) {
        guard let handle else { return }
        let owned = advances.filter { core.state.position(of: $0.partition) != nil }
        guard !owned.isEmpty else { return }
        // For lag tools: nobody waits for it, and its failure changes nothing.
        _ = KafkaPartitions.with(owned.map { ($0.partition, $0.newNext) }) { rd_kafka_commit(handle.raw, $0, 1) }
    }

    public func rewind(to offsets: [(partition: InputPartition, next: Int64?)]) throws(DependencyFault) {
        guard let handle else { return }
        // One that the database does not know was never committed: its messages are all read again.
        for partition in core.state.touched {
            let next = offsets.first { $0.partition == partition }?.next
            core.perform(core.state.handle(.rewound(partition, next)), on: handle.raw)
        }
        if let fault = core.takeFault() { throw fault }
    }

    /// Stays in the group without reading, while the caller waits for something else. The next read goes on.
    public func keepAlive() throws(DependencyFault) {
        guard let handle else { return }
        core.perform(core.state.handle(.held), on: handle.raw)
        var ignored = MessageBatch()
        intake.begin(batch: &ignored)
        // Paused partitions give nothing; a message that comes all the same is fetched again by the restart below.
        let taken = rd_kafka_consume_batch_queue(queue, 0, messages.baseAddress, 16)
        for index in 0..<max(0, taken) { putBack(messages[index], on: handle.raw) }
        if let fault = core.takeFault() { throw fault }
    }

    public func close() {
        guard let open = handle else { return }
        handle = nil
        rd_kafka_queue_destroy(queue)
        rd_kafka_consumer_close(open.raw)
        // librdkafka 2.0 asserts when a member is destroyed between joining and its first assignment.
        if !core.wasAssigned { open.abandon() }
        intake.close()
    }

    /// Owned partitions whose stored offset has expired.
    public var stoppedPartitions: [InputPartition] { core.state.stopped }
    /// Owned partitions, in order.
    public var ownedPartitions: [InputPartition] { core.state.owned }

    /// Few at a time when messages are large, so that a batch does not pass its bytes by far.
    private func chunk(_ room: Int, arenaBytes: Int) -> Int {
        let left = configuration.batchBytesMax - arenaBytes
        return max(1, min(room, left / max(1, intake.meanBytes)))
    }

    private func take(
        _ message: UnsafeMutablePointer<rd_kafka_message_t>?, into batch: inout MessageBatch, on instance: OpaquePointer
    ) {
        guard let message else { return }
        defer { rd_kafka_message_destroy(message) }
        let code = message.pointee.err
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { return take(error: code, message, on: instance) }
        let slot = intake.slot(of: message, in: &batch)
        let offset = message.pointee.offset
        let admission = core.state.admit(slot.partition, offset: offset)
        guard admission != .refused else { return }
        intake.append(message, slot: slot.index, to: &batch)
        if admission == .takenAnew { batch.messages[batch.messages.count - 1].beginsAnew = true }
        metrics.messages.add()
        metrics.bytes.add(Int64(message.pointee.len))
    }

    private func take(
        error code: rd_kafka_resp_err_t, _ message: UnsafeMutablePointer<rd_kafka_message_t>, on instance: OpaquePointer
    ) {
        if code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET || code == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE,
            let topic = message.pointee.rkt
        {
            let partition = InputPartition(
                topic: String(cString: rd_kafka_topic_name(topic)), partition: message.pointee.partition)
            return core.perform(core.state.handle(.offsetExpired(partition)), on: instance)
        }
        let reason = message.pointee.payload == nil ? "" : String(cString: rd_kafka_message_errstr(message))
        core.failed(code, reason)
    }

    private func putBack(_ message: UnsafeMutablePointer<rd_kafka_message_t>?, on instance: OpaquePointer) {
        guard let message else { return }
        defer { rd_kafka_message_destroy(message) }
        let code = message.pointee.err
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { return take(error: code, message, on: instance) }
        guard let topic = message.pointee.rkt else { return }
        let partition = InputPartition(
            topic: String(cString: rd_kafka_topic_name(topic)), partition: message.pointee.partition)
        core.perform(core.state.handle(.returned(partition, offset: message.pointee.offset)), on: instance)
    }

    /// A lost cluster is reported until it answers.
    private func throwFault(on instance: OpaquePointer) throws(DependencyFault) {
        let fault = core.takeFault()
        if core.isDown {
            var metadata: UnsafePointer<rd_kafka_metadata>?
            let code = rd_kafka_metadata(instance, 0, nil, &metadata, 200)
            if code == RD_KAFKA_RESP_ERR_NO_ERROR {
                rd_kafka_metadata_destroy(metadata)
                core.brokerAnswered()
                metrics.set(nil)
                return
            }
            throw fault ?? core.downFault
        }
        if let fault { throw fault }
    }

    private func updateLags(on instance: OpaquePointer) {
        let now = SystemClock().monotonicSeconds
        guard now >= lagsDue else { return }
        lagsDue = now + 1
        metrics.set(
            core.state.owned.map { partition in
                var low: Int64 = -1
                var high: Int64 = -1
                // What the last fetch response said: no request is made.
                _ = rd_kafka_get_watermark_offsets(instance, partition.topic, partition.partition, &low, &high)
                switch core.state.position(of: partition) {
                case .reading(let next):
                    return PartitionLag(partition: partition, next: next ?? -1, end: high, isStopped: false)
                case .stopped(let next):
                    let end = core.endOfStopped[partition] ?? high
                    return PartitionLag(partition: partition, next: next ?? -1, end: end, isStopped: true)
                case .readingAnew: return PartitionLag(partition: partition, next: -1, end: high, isStopped: false)
                default: return PartitionLag(partition: partition, next: -1, end: -1, isStopped: false)
                }
            })
    }
}
