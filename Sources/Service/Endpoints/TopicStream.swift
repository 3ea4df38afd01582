import Core
import Synchronization

/// The records of a topic from an offset on, for as long as the reader stays: NDJSON lines or Server-Sent Events.
///
/// A stream that ends before its reader asked for it says so with a last line `{"end":…,"resume_from":…}`.
final class TopicStream: BodyStream, @unchecked Sendable {
    // One thread at a time calls `next`, as the protocol says; `isStopping` alone is shared.
    private let context: APIContext
    private let renderer: any PublicationRenderer
    private let topic: String
    private var next: Int64
    private var remaining: Int
    private let begin: Double
    private let deadline: Double?
    private let isEventStream: Bool
    private var lastSent: Double
    /// When the reader should have taken the last piece.
    private var expectedBack = Double.infinity
    private var hasBegun = false
    private let isStopping = Atomic<Bool>(false)

    /// How often a stream looks by itself, where no commit signal reaches it (a read-only server).
    private static let pollSeconds = 0.5
    private static let recordsPerPiece = 256
    private static let bytesPerPiece = 64 << 10

    init(
        context: APIContext, renderer: any PublicationRenderer, topic: String, from: Int64, limit: Int?,
        timeoutSeconds: Double?, isEventStream: Bool
    ) {
        self.context = context
        self.renderer = renderer
        self.topic = topic
        next = from
        remaining = limit ?? .max
        let now = context.clock.monotonicSeconds
        begin = now
        deadline = timeoutSeconds.map { now + $0 }
        lastSent = now
        self.isEventStream = isEventStream
    }

    deinit { context.openStreams.leave() }

    func stop() { isStopping.store(true, ordering: .relaxed) }

    func next(into output: inout [UInt8]) -> StreamStep {
        let now = context.clock.monotonicSeconds
        if now > expectedBack + context.limits.slowReaderSeconds {
            return end("the reader was too slow", &output)
        }
        if isStopping.load(ordering: .relaxed) { return end("the server is stopping", &output) }
        if !hasBegun {
            hasBegun = true
            // The first bytes make servers and proxies send the header at once.
            if isEventStream { output.append(contentsOf: "retry: 2000\n\n".utf8) }
        }
        let step = read(now, &output)
        if !output.isEmpty { lastSent = now }
        if case .wait(let seconds) = step { expectedBack = now + seconds } else { expectedBack = now }
        return step
    }

    private func read(_ now: Double, _ output: inout [UInt8]) -> StreamStep {
        let records: [StoredPublication]
        do throws(DependencyFault) {
            records = try context.database.publications(
                topic: topic, from: next, limit: min(remaining, TopicStream.recordsPerPiece),
                maxBytes: TopicStream.bytesPerPiece)
        } catch {
            return end("the database does not answer: \(error.detail)", &output)
        }
        guard let first = records.first else { return idle(now, &output) }
        if first.offset > next {
            next = first.offset
            return end("records have expired before they were read", &output)
        }
        var writer = TextWriter(capacity: records.count * 512)
        for record in records { append(record, to: &writer) }
        output.append(contentsOf: writer.bytes)
        next = records[records.count - 1].offset + 1
        remaining -= records.count
        if remaining <= 0 { return .end }
        if let deadline, deadline <= now, deadline > begin { return .end }
        return .more
    }

    private func idle(_ now: Double, _ output: inout [UInt8]) -> StreamStep {
        if let deadline, now >= deadline { return .end }
        let untilHeartbeat = lastSent + context.limits.heartbeatSeconds - now
        if untilHeartbeat <= 0 { output.append(contentsOf: isEventStream ? ": heartbeat\n\n".utf8 : "\n".utf8) }
        let heartbeat = untilHeartbeat <= 0 ? context.limits.heartbeatSeconds : untilHeartbeat
        return .wait(seconds: min(TopicStream.pollSeconds, heartbeat, (deadline ?? .infinity) - now))
    }

    private func append(_ record: StoredPublication, to writer: inout TextWriter) {
        if isEventStream { writer.append(string: "id: \(record.offset)\ndata: ") }
        TopicStream.append(record, topic: topic, renderer: renderer, to: &writer)
        writer.append(string: isEventStream ? "\n\n" : "\n")
    }

    private func end(_ reason: String, _ output: inout [UInt8]) -> StreamStep {
        var writer = TextWriter(capacity: 128)
        if isEventStream { writer.append("event: end\ndata: ") }
        writer.append("{\"end\":")
        writer.append(jsonString: reason)
        writer.append(string: ",\"resume_from\":\(next)}")
        writer.append(string: isEventStream ? "\n\n" : "\n")
        output.append(contentsOf: writer.bytes)
        return .end
    }

    /// One record with its envelope as JSON, on one line.
    static func append(
        _ record: StoredPublication, topic: String, renderer: any PublicationRenderer, to writer: inout TextWriter
    ) {
        writer.append(string: "{\"offset\":\(record.offset),\"kind\":\"\(record.kind.name)\",\"diaSourceId\":")
        writer.append(id: record.diaSourceId)
        writer.append(member: "diaObjectId")
        writer.append(id: record.diaObjectId)
        writer.append(member: "ssObjectId")
        writer.append(id: record.ssObjectId)
        writer.append(string: ",\"commit_seq\":\(record.commitSeq),\"schema_version\":\(record.schemaVersion)")
        writer.append(member: "recorded_at")
        writer.append(timestamp: record.recordedAt)
        var rendered = TextWriter(capacity: 512)
        do {
            try renderer.appendJSON(record, topic: topic, to: &rendered)
            writer.append(member: "record")
            writer.append(raw: rendered.bytes)
        } catch {
            writer.append(member: "error")
            writer.append(jsonString: String(describing: error))
        }
        writer.append("}")
    }
}
