import Core
import Synchronization

@testable import Streams

/// An outbox in memory that faults when told to.
final class MemoryOutbox: Sendable {
    private struct State {
        var publications: [StoredPublication] = []
        var cursor: Int64 = 0
        var faults = 0
    }

    private let state = Mutex(State())

    /// The next `count` calls fault.
    func fail(_ count: Int) { state.withLock { $0.faults = count } }
    var cursor: Int64 { state.withLock { $0.cursor } }

    func publish(_ numbers: Range<Int>) {
        state.withLock { state in
            for number in numbers {
                state.publications.append(
                    StoredPublication(
                        offset: Int64(number), kind: .new, diaSourceId: DiaSourceID(rawValue: Int64(number) + 1000),
                        diaObjectId: DiaObjectID(rawValue: Int64(number % 3)), ssObjectId: SSObjectID(rawValue: 0),
                        commitSeq: CommitSeq(rawValue: 1), schemaVersion: 2, payload: Make.body(number),
                        recordedAt: MJD(unixSecondsUTC: 1_770_000_000.5), producedAtUnixSeconds: 1_770_000_000))
            }
        }
    }

    private func attempt<Value: Sendable>(_ body: (inout State) -> Value) throws(DependencyFault) -> Value {
        let isFaulty = state.withLock { state in
            defer { state.faults = max(0, state.faults - 1) }
            return state.faults > 0
        }
        if isFaulty { throw DependencyFault("database", "away") }
        return state.withLock { body(&$0) }
    }

    var outbox: Outbox {
        Outbox(
            read: { _, offset, limit, _ throws(DependencyFault) in
                try self.attempt { state in Array(state.publications.filter { $0.offset >= offset }.prefix(limit)) }
            },
            cursor: { _, _ throws(DependencyFault) in try self.attempt { $0.cursor } },
            setCursor: { _, _, next throws(DependencyFault) in try self.attempt { $0.cursor = next } })
    }
}

/// Takes records, faulting when told to, after having taken some of them.
final class MemorySink: AlertSink {
    private let state = Mutex<(records: [OutgoingRecord], faults: Int)>(([], 0))

    func fail(_ count: Int) { state.withLock { $0.faults = count } }
    var records: [OutgoingRecord] { state.withLock { $0.records } }

    func send(_ records: [OutgoingRecord], topic: String) throws(DependencyFault) {
        let isFaulty = state.withLock { state in
            if state.faults > 0 {
                state.faults -= 1
                state.records += records.prefix(records.count / 2)
                return true
            }
            state.records += records
            return false
        }
        if isFaulty { throw DependencyFault("kafka", "away") }
    }
    func close() {}
}
