import Core
import Simulator
import Synchronization

/// Visits of the steady-state generator as a source of alerts: packets are patched when they are read, and none repeats.
final class SteadyStateSource: AlertSource {
    /// When the messages come: at once, or on a schedule that a slow reader cannot stretch.
    enum Pace {
        case atOnce
        /// A visit each `everySeconds`, its alerts spread over the first `overSeconds`, stamped with the scheduled time.
        case visits(everySeconds: Double, overSeconds: Double)
    }

    static let partition = InputPartition(topic: "bench", partition: 0)

    private let generator: SteadyStateGenerator
    private let visits: Range<Int>
    private let pace: Pace
    private let clock = SystemClock()
    private var next: Int64
    /// Bits of the time of the first read, seconds since 1970; 0 before. Others ask for the schedule.
    private let startedAt = Atomic<UInt64>(0)
    /// Seconds spent making packets: the benchmark's own cost.
    private(set) var generatorSeconds = 0.0

    init(_ generator: SteadyStateGenerator, visits: Range<Int>, pace: Pace = .atOnce) {
        self.generator = generator
        self.visits = visits
        self.pace = pace
        next = Int64(visits.lowerBound * generator.configuration.alertsPerVisit)
    }

    var count: Int { visits.count * generator.configuration.alertsPerVisit }

    func read(into batch: inout MessageBatch, limit: Int, timeoutSeconds: Double) throws(DependencyFault) -> SourceEvent {
        let size = Int64(generator.configuration.alertsPerVisit)
        let visit = Int(next / size)
        guard visit < visits.upperBound else { return .ended }
        let began = clock.unixSeconds
        _ = startedAt.compareExchange(expected: 0, desired: began.bitPattern, ordering: .relaxed)
        let start = Double(bitPattern: startedAt.load(ordering: .relaxed))
        let first = Int(next % size)
        let ready = min(due(visit, now: began - start) - first, limit)
        guard ready > 0 else {
            clock.sleep(seconds: min(timeoutSeconds, 0.001))
            return .idle
        }
        let monotonic = clock.monotonicSeconds
        let partition = batch.partitionIndex(SteadyStateSource.partition)
        let last = min(Int(size), first + ready)
        _ = generator.beginVisit(visit)
        for index in first..<last {
            batch.messages.append(
                MessageBatch.Message(
                    bytes: batch.arena.append(generator.packet(index)), partition: partition,
                    offset: next + Int64(index - first),
                    producedAtUnixSeconds: scheduled(visit, index).map { start + $0 } ?? began, framing: .confluent))
        }
        next += Int64(last - first)
        generatorSeconds += clock.monotonicSeconds - monotonic
        return .messages
    }

    /// Seconds after the start at which a message is due.
    private func scheduled(_ visit: Int, _ index: Int) -> Double? {
        guard case .visits(let every, let over) = pace else { return nil }
        return Double(visit - visits.lowerBound) * every
            + over * Double(index) / Double(generator.configuration.alertsPerVisit)
    }

    /// How many alerts of a visit are due.
    private func due(_ visit: Int, now: Double) -> Int {
        guard case .visits(let every, let over) = pace else { return generator.configuration.alertsPerVisit }
        let part = (now - Double(visit - visits.lowerBound) * every) / over
        return part < 0 ? 0 : Int(min(part, 1) * Double(generator.configuration.alertsPerVisit))
    }

    /// When alert number `ordinal` of the schedule is due, seconds since 1970; nil after its end and before it has begun.
    func dueAt(_ ordinal: Int) -> Double? {
        let start = Double(bitPattern: startedAt.load(ordering: .relaxed))
        let size = generator.configuration.alertsPerVisit
        guard start > 0, ordinal < count else { return nil }
        return scheduled(visits.lowerBound + ordinal / size, ordinal % size).map { start + $0 }
    }

    func didCommit(_ advances: [PartitionAdvance]) {}

    func rewind(to offsets: [(partition: InputPartition, next: Int64?)]) throws(DependencyFault) {
        guard let wanted = offsets.first(where: { $0.partition == SteadyStateSource.partition })?.next else { return }
        next = wanted
    }

    func close() {}
}
