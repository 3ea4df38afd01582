import Avro
import Core

/// Reads messages from the source and makes batches of alerts: decode, check, hash. Runs on the reader's thread.
final class DecodeStage {
    private let source: any AlertSource
    private let decoder: AlertFrameDecoder
    private let options: PipelineOptions
    private let clock: any WallClock
    private let stop: StopFlag
    private let log = Log("decode")
    private var messages = MessageBatch()
    private var backoff: Backoff
    private var deadLetterGuard = DeadLetterGuard()
    private let health: PipelineHealth
    /// The next offset of each partition: where the database stands, moved on by what was read since.
    private var positions: [InputPartition: Int64] = [:]
    private var known: Set<InputPartition> = []
    private let storedNext: (InputPartition) throws(DependencyFault) -> Int64?

    enum Result {
        case batch
        case idle
        case ended
        case stopped
    }

    init(
        source: any AlertSource, schemas: any SchemaProvider, options: PipelineOptions, clock: any WallClock,
        stop: StopFlag, health: PipelineHealth, storedNext: @escaping (InputPartition) throws(DependencyFault) -> Int64?
    ) {
        self.source = source
        self.health = health
        decoder = AlertFrameDecoder(schemas: schemas)
        self.options = options
        self.clock = clock
        self.stop = stop
        self.storedNext = storedNext
        backoff = Backoff(seed: options.seed &+ 1)
    }

    /// Forgets positions: the source was rewound to what the database holds.
    func rewind(to offsets: [(partition: InputPartition, next: Int64?)]) throws(DependencyFault) {
        try source.rewind(to: offsets)
        positions.removeAll()
        known.removeAll()
    }

    /// Nothing is read now: the database is slow.
    func keepAlive() {
        do throws(DependencyFault) {
            try source.keepAlive()
        } catch {
            log.warning("\(error)")
        }
    }

    func didCommit(_ advances: [PartitionAdvance]) { source.didCommit(advances) }

    /// Fills `decoded` until a limit closes it.
    func fill(_ decoded: DecodedBatch) -> Result {
        decoded.removeAll()
        var bytes = 0
        var deadline = clock.monotonicSeconds + options.batchSeconds
        var result = Result.idle
        while decoded.batch.count + decoded.deadLetters.count < options.batchAlerts, bytes < options.batchBytes {
            if stop.isRequested { result = .stopped; break }
            let rest = deadline - clock.monotonicSeconds
            if rest <= 0 { break }
            guard let event = read(limit: options.batchAlerts - decoded.batch.count - decoded.deadLetters.count, rest)
            else {
                result = .stopped
                break
            }
            if event == .ended { result = .ended; break }
            guard event == .messages, !messages.messages.isEmpty else { continue }
            if decoded.isEmpty {
                decoded.readAt = clock.monotonicSeconds
                deadline = decoded.readAt + options.batchSeconds
            }
            bytes += messages.arena.count
            guard take(into: decoded) else { result = .stopped; break }
            result = .batch
            if decoded.stop != nil { break }
        }
        guard !decoded.isEmpty else { return result == .batch ? .idle : result }
        decoder.finish(decoded.batch)
        decoded.points.read(decoded.batch)
        return .batch
    }

    // MARK: Reading

    private func read(limit: Int, _ timeout: Double) -> SourceEvent? {
        while true {
            do throws(DependencyFault) {
                messages.removeAll()
                let event = try source.read(into: &messages, limit: limit, timeoutSeconds: timeout)
                backoff.succeeded()
                health.set(.read, nil)
                return event
            } catch {
                guard wait(after: error) else { return nil }
            }
        }
    }

    private func wait(after fault: DependencyFault) -> Bool {
        health.set(.read, fault)
        let seconds = backoff.nextSeconds()
        log.error("\(fault); trying again", ["in_seconds": .real(seconds)])
        guard stop.sleep(seconds: seconds, by: clock) else { return false }
        keepAlive()
        return !stop.isRequested
    }

    // MARK: Decoding

    /// Decodes what was read; false when told to stop while a dependency was away.
    private func take(into decoded: DecodedBatch) -> Bool {
        let trigger = PointColumns(decoded.batch.source)
        for message in messages.messages {
            let partition = messages.partitions[Int(message.partition)]
            let isRetry = partition.topic == DeadLetterSource.topic
            if !isRetry {
                guard let next = position(of: partition) else { return false }
                // Committed before: a source that starts from its beginning is caught up with here.
                if let next, message.offset < next, !message.beginsAnew { continue }
                advance(partition, past: message.offset, decoded)
            }
            if let fault = message.fault {
                bury(message, partition, fault, decoded)
                continue
            }
            guard let outcome = decode(message, partition, decoded) else { return false }
            if let fault = outcome ?? check(decoded.batch, trigger) {
                if !isRetry { bury(message, partition, fault, decoded) }
            } else {
                accept(decoded.batch, trigger)
                if isRetry { decoded.retried.append(message.offset) }
            }
            if decoded.stop != nil { return true }
        }
        return true
    }

    /// Nil when told to stop, else the record's fault or none.
    private func decode(_ message: MessageBatch.Message, _ partition: InputPartition, _ decoded: DecodedBatch)
        -> RecordFault??
    {
        let origin = AlertOrigin(
            partition: decoded.batch.partitionIndex(partition), offset: message.offset,
            producedAtUnixSeconds: message.producedAtUnixSeconds)
        while true {
            do throws(AlertFault) {
                switch message.framing {
                case .confluent:
                    try decoder.append(message: messages.arena.bytes(message.bytes), origin: origin, to: decoded.batch)
                case .bare(let schemaID):
                    try decoder.append(
                        body: messages.arena.bytes(message.bytes), schemaID: schemaID, origin: origin, to: decoded.batch
                    )
                }
                return .some(nil)
            } catch {
                switch error {
                case .record(let fault): return .some(fault)
                case .dependency(let fault): guard wait(after: fault) else { return nil }
                }
            }
        }
    }

    /// Checks the alert that was decoded last; an impossible one leaves the batch again.
    private func check(_ batch: AlertBatch, _ trigger: PointColumns) -> RecordFault? {
        let row = batch.count - 1
        guard let fault = AlertChecks.fault(of: batch, row: row, trigger: trigger, now: clock.now) else { return nil }
        batch.truncate(to: row)
        return fault
    }

    private func accept(_ batch: AlertBatch, _ trigger: PointColumns) {
        let row = batch.count - 1
        deadLetterGuard.received(visit: VisitID(rawValue: trigger.visit.int64(row) ?? 0))
        // The trigger's own row, right after its prvDiaSources: filters see both as one history.
        batch.detections.table.appendRow(row, of: batch.source)
    }

    private func bury(
        _ message: MessageBatch.Message, _ partition: InputPartition, _ fault: RecordFault, _ decoded: DecodedBatch
    ) {
        // A bare body gets the frame that names its schema, so that it can be read again on its own.
        var frame: [UInt8] = []
        if case .bare(let schemaID) = message.framing { frame = ConfluentFrame(schemaID: schemaID).header }
        decoded.deadLetters.append(
            DeadLetter(
                partition: partition, offset: message.offset, fault: fault,
                message: frame + messages.arena.bytes(message.bytes)))
        guard deadLetterGuard.deadLetter(fault.reason), !options.acceptsDeadLetters else { return }
        decoded.stop = UserFault(
            .conflict,
            "more than 1 % of a visit cannot be read (\(fault.reason.rawValue)); \(partition.topic) stops here",
            detail: "the last one: \(fault)",
            hint: "nightjar deadletters list shows them; --accept-dead-letters goes on in spite of them")
    }

    /// The next offset of a partition, none when it was never read; nil when told to stop while the database was away.
    private func position(of partition: InputPartition) -> Int64?? {
        if known.insert(partition).inserted {
            guard let next = storedOffset(partition) else { return nil }
            positions[partition] = next
        }
        return .some(positions[partition])
    }

    /// Moves the batch's advance of a partition past an offset.
    private func advance(_ partition: InputPartition, past offset: Int64, _ decoded: DecodedBatch) {
        if let index = decoded.advances.firstIndex(where: { $0.partition == partition }) {
            let before = decoded.advances[index]
            decoded.advances[index] = PartitionAdvance(
                partition: partition, expectedNext: before.expectedNext, newNext: offset + 1)
        } else {
            decoded.advances.append(
                PartitionAdvance(partition: partition, expectedNext: positions[partition], newNext: offset + 1))
        }
        positions[partition] = offset + 1
    }

    /// Nil when told to stop, else the stored offset or none.
    private func storedOffset(_ partition: InputPartition) -> Int64?? {
        while true {
            do throws(DependencyFault) {
                return .some(try storedNext(partition))
            } catch {
                guard wait(after: error) else { return nil }
            }
        }
    }
}
