import CPosix
import Core
import Glibc
import Synchronization

/// Sends the publications of one topic to a sink, in order of offset, on a thread of its own.
///
/// At least once: the cursor in the database moves after the acknowledgement, and `nightjar-id` (topic/offset) stays the same when a
/// record is sent again.
public final class Publisher: Sendable {
    /// What others may see.
    public struct Progress: Sendable, Equatable {
        public var acknowledged: Int64 = 0
        /// The next offset to be acknowledged.
        public var nextOffset: Int64 = 0
        /// Why it waits; nil when it does not.
        public var fault: String?
        /// From the causing message's production to the acknowledgement, of the newest record, in seconds; 0 when unknown.
        public var newestLatencySeconds = 0.0
    }

    public struct Options: Sendable {
        public var recordsMax = 500
        public var bytesMax = 4 << 20
        /// Under which name the cursor is stored.
        public var cursorName = "kafka"
        public init() {}
    }

    public let topic: String
    private let outbox: Outbox
    private let sink: any AlertSink
    private let form: PayloadForm
    private let options: Options
    private let signal = WakeSignal()
    private let progressState = Mutex(Progress())
    private let thread = Mutex<NamedThread?>(nil)

    public init(
        topic: String, outbox: Outbox, sink: any AlertSink, form: PayloadForm, options: Options = Options()
    ) {
        self.topic = topic
        self.outbox = outbox
        self.sink = sink
        self.form = form
        self.options = options
    }

    public convenience init(
        topic: String, database: any Database, sink: any AlertSink, form: PayloadForm, options: Options = Options()
    ) {
        self.init(topic: topic, outbox: Outbox(database), sink: sink, form: form, options: options)
    }

    public var progress: Progress { progressState.withLock { $0 } }

    public func start() {
        thread.withLock { thread in
            precondition(thread == nil, "a publisher starts once")
            thread = NamedThread("pub-" + topic.suffix(11)) { [self] in run() }
        }
    }

    /// Something was committed: look now.
    public func wake() { signal.wake() }

    /// Ends after the record under way and waits for that.
    public func stop() {
        signal.stop()
        thread.withLock { thread in
            defer { thread = nil }
            return thread
        }?.join()
    }

    private func run() {
        var (machine, action) = PublisherStateMachine.start()
        var records: [OutgoingRecord] = []
        var producedAt = 0.0
        let log = Log("publisher")
        while action != .finish {
            var event: PublisherStateMachine.Event
            do throws(DependencyFault) {
                event = try perform(action, &records, &producedAt)
                if case .backOff = action {} else { progressState.withLock { $0.fault = nil } }
            } catch {
                log.warning("publishing waits", ["topic": .text(topic), "why": .text(error.description)])
                progressState.withLock { $0.fault = error.description }
                event = .failed(isRetriable: error.isRetriable)
            }
            if signal.isStopped { event = .stop }
            action = machine.handle(event)
            let next = machine.nextOffset
            progressState.withLock { $0.nextOffset = next }
        }
    }

    private func perform(
        _ action: PublisherStateMachine.Action, _ records: inout [OutgoingRecord], _ producedAt: inout Double
    ) throws(DependencyFault) -> PublisherStateMachine.Event {
        switch action {
        case .loadCursor: return .cursor(try outbox.cursor(options.cursorName, topic))
        case .read(let offset):
            let stored = try outbox.read(topic, offset, options.recordsMax, options.bytesMax)
            records.removeAll(keepingCapacity: true)
            for publication in stored { records.append(try render(publication)) }
            producedAt = stored.last?.producedAtUnixSeconds ?? 0
            return .records(count: stored.count, next: (stored.last?.offset ?? offset - 1) + 1)
        case .send:
            try sink.send(records, topic: topic)
            acknowledged(records.count, producedAt)
            return .acknowledged
        case .storeCursor(let next):
            try outbox.setCursor(options.cursorName, topic, next)
            return .cursorStored
        case .waitForRecords(let seconds):
            signal.wait(seconds: seconds)
            return .woken
        case .backOff(let seconds):
            signal.waitForStop(seconds: seconds)
            return .woken
        case .finish: return .stop
        }
    }

    private func render(_ publication: StoredPublication) throws(DependencyFault) -> OutgoingRecord {
        OutgoingRecord(
            key: publication.messageKey, identity: "\(topic)/\(publication.offset)",
            value: try form.render(publication, topic: topic),
            timestampMilliseconds: Int64((publication.recordedAt.unixSecondsUTC * 1000).rounded()))
    }

    private func acknowledged(_ count: Int, _ producedAt: Double) {
        let now = SystemClock().unixSeconds
        progressState.withLock { progress in
            progress.acknowledged += Int64(count)
            progress.newestLatencySeconds = producedAt > 0 ? now - producedAt : 0
        }
    }
}
