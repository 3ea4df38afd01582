import Core

/// What the publisher of one topic does next: it never skips a record, and moves its cursor only behind acknowledged ones.
struct PublisherStateMachine: Sendable, Equatable {
    enum Event: Sendable, Equatable {
        /// The database's cursor at the start.
        case cursor(Int64)
        /// Records of the topic from the cursor on: how many, and the offset behind the last.
        case records(count: Int, next: Int64)
        case acknowledged
        case cursorStored
        /// A dependency did not do its part.
        case failed(isRetriable: Bool)
        /// The wait is over.
        case woken
        case stop
    }

    enum Action: Sendable, Equatable {
        case loadCursor
        case read(from: Int64)
        case send
        case storeCursor(Int64)
        /// Until more is published, or this long.
        case waitForRecords(seconds: Double)
        /// Back-off after a fault: nothing wakes it but its end or a stop.
        case backOff(seconds: Double)
        case finish
    }

    private enum Step: Sendable, Equatable {
        case loading, reading, sending(next: Int64), storing(next: Int64), waiting, finished
    }

    private var step: Step = .loading
    private var cursor: Int64 = 0
    private var failures = 0

    /// Records are looked for this often when nobody says that there are some.
    static let pollSeconds = 0.1

    init() {}

    static func start() -> (PublisherStateMachine, Action) { (PublisherStateMachine(), .loadCursor) }

    mutating func handle(_ event: Event) -> Action {
        if event == .stop { step = .finished }
        switch (step, event) {
        case (.finished, _): return .finish
        case (.loading, .cursor(let next)):
            cursor = next
            return read()
        case (.reading, .records(let count, let next)):
            if count == 0 {
                failures = 0
                step = .waiting
                return .waitForRecords(seconds: PublisherStateMachine.pollSeconds)
            }
            step = .sending(next: next)
            return .send
        case (.sending(let next), .acknowledged):
            failures = 0
            step = .storing(next: next)
            return .storeCursor(next)
        case (.storing(let next), .cursorStored):
            failures = 0
            cursor = next
            return read()
        case (.waiting, .woken): return read()
        case (_, .failed(let isRetriable)):
            failures += 1
            return .backOff(seconds: PublisherStateMachine.backOffSeconds(failures, isRetriable: isRetriable))
        case (_, .woken): return again()
        default: preconditionFailure("a publisher that is \(step) cannot meet \(event)")
        }
    }

    /// The offset behind the last acknowledged and stored record.
    var nextOffset: Int64 { cursor }

    private mutating func read() -> Action {
        step = .reading
        return .read(from: cursor)
    }

    /// What failed is done again: the same records, the same cursor.
    private func again() -> Action {
        switch step {
        case .loading: .loadCursor
        case .reading, .waiting: .read(from: cursor)
        case .sending: .send
        case .storing(let next): .storeCursor(next)
        case .finished: .finish
        }
    }

    /// 0.1 s doubling to 10 s; what an operator must mend is tried each 30 s.
    static func backOffSeconds(_ failures: Int, isRetriable: Bool) -> Double {
        isRetriable ? min(10, 0.1 * Double(1 << min(failures - 1, 10))) : 30
    }
}
