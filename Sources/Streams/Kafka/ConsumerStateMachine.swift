import Core

/// What a Kafka consumer does with its partitions, without Kafka: events in, actions out.
///
/// A partition is read from the offset that the database holds and from nowhere else. When that offset has expired, the partition
/// stops until an operator accepts the gap; the others go on.
struct ConsumerStateMachine: Sendable, Equatable {
    enum Position: Sendable, Equatable {
        /// Assigned by the group; the database has not said yet where to begin.
        case waiting
        /// The next offset to be read; nil when the database never saw the partition and nothing came yet.
        case reading(next: Int64?)
        /// The gap was accepted: whatever comes first counts, also below the stored offset.
        case readingAnew
        /// The stored offset has expired.
        case stopped(next: Int64?)
    }

    enum Event: Sendable, Equatable {
        case assigned([InputPartition])
        case revoked([InputPartition])
        /// The database's answer for one partition.
        case storedOffset(InputPartition, Int64?)
        case offsetExpired(InputPartition)
        /// A message came that cannot be used now; it must come again.
        case returned(InputPartition, offset: Int64)
        /// What was read since is discarded: the database's word counts again.
        case rewound(InputPartition, Int64?)
        /// The caller reads no more for a while, or reads again.
        case held
        case released
    }

    enum Start: Sendable, Equatable {
        case offset(Int64)
        /// The oldest message that the broker still has.
        case earliest
    }

    /// What is to be done with a message.
    enum Admission: Sendable, Equatable {
        /// Of a lost partition, or read before.
        case refused
        case taken
        /// The first after an accepted gap.
        case takenAnew
    }

    enum Action: Sendable, Equatable {
        /// Ask the database for its next offsets of these.
        case lookUp([InputPartition])
        case startReading(InputPartition, Start)
        /// Give up fetching, then fetch from here.
        case restartReading(InputPartition, Start)
        case stopReading([InputPartition])
        case reportExpired(InputPartition, stored: Int64?, isAccepted: Bool)
        case pause([InputPartition])
        case resume([InputPartition])
    }

    let acceptsGap: Bool
    private(set) var isHeld = false
    private var positions: [InputPartition: Position] = [:]
    /// Behind the last message read of a partition that was lost: what came before may still be on its way to the database.
    private var readBefore: [InputPartition: Int64] = [:]

    init(acceptsGap: Bool) { self.acceptsGap = acceptsGap }

    func position(of partition: InputPartition) -> Position? { positions[partition] }

    /// Partitions of which something may be in flight, owned or not, in order.
    var touched: [InputPartition] { sorted(Set(positions.keys).union(readBefore.keys)) }
    /// Partitions of which the group made this consumer the owner, in order.
    var owned: [InputPartition] { sorted(positions.keys) }
    var waiting: [InputPartition] { sorted(positions.filter { $0.value == .waiting }.keys) }
    var reading: [InputPartition] {
        sorted(
            positions.filter {
                switch $0.value {
                case .reading, .readingAnew: true
                case .waiting, .stopped: false
                }
            }.keys)
    }
    var stopped: [InputPartition] {
        sorted(positions.filter { if case .stopped = $0.value { true } else { false } }.keys)
    }

    mutating func handle(_ event: Event) -> [Action] {
        switch event {
        case .assigned(let partitions):
            let new = sorted(partitions.filter { positions[$0] == nil })
            for partition in new { positions[partition] = .waiting }
            return new.isEmpty ? [] : [.lookUp(new)]
        case .revoked(let partitions): return revoke(partitions)
        case .storedOffset(let partition, let next): return begin(partition, next)
        case .offsetExpired(let partition): return expire(partition)
        case .returned(let partition, let offset): return giveBack(partition, offset)
        case .rewound(let partition, let next): return rewind(partition, next)
        case .held:
            guard !isHeld else { return [] }
            isHeld = true
            return reading.isEmpty ? [] : [.pause(reading)]
        case .released:
            guard isHeld else { return [] }
            isHeld = false
            return reading.isEmpty ? [] : [.resume(reading)]
        }
    }

    /// A message came. It is taken when the partition is due to give it, and then the next one is due.
    mutating func admit(_ partition: InputPartition, offset: Int64) -> Admission {
        guard let index = positions.index(forKey: partition) else { return .refused }
        switch positions.values[index] {
        case .reading(let next):
            guard next.map({ offset >= $0 }) ?? true else { return .refused }
            positions.values[index] = .reading(next: offset + 1)
            return .taken
        case .readingAnew:
            positions.values[index] = .reading(next: offset + 1)
            return .takenAnew
        case .waiting, .stopped: return .refused
        }
    }

    private mutating func revoke(_ partitions: [InputPartition]) -> [Action] {
        let fetched = sorted(partitions.filter { positions[$0].map { $0 != .waiting } ?? false })
        for partition in fetched {
            if case .reading(let next?) = positions[partition] { readBefore[partition] = next }
        }
        for partition in partitions { positions[partition] = nil }
        return fetched.isEmpty ? [] : [.stopReading(fetched)]
    }

    private mutating func begin(_ partition: InputPartition, _ stored: Int64?) -> [Action] {
        guard positions[partition] == .waiting else { return [] }
        // A partition that comes back goes on behind what is in flight; if that is never committed, a rewind follows.
        let next = readBefore.removeValue(forKey: partition).map { max($0, stored ?? 0) } ?? stored
        positions[partition] = .reading(next: next)
        let start: Action = .startReading(partition, next.map(Start.offset) ?? .earliest)
        return isHeld ? [start, .pause([partition])] : [start]
    }

    private mutating func expire(_ partition: InputPartition) -> [Action] {
        let next: Int64?
        switch positions[partition] {
        case .reading(let due): next = due
        case .readingAnew: next = nil
        case .waiting, .stopped, nil: return []
        }
        guard acceptsGap else {
            positions[partition] = .stopped(next: next)
            return [.reportExpired(partition, stored: next, isAccepted: false)]
        }
        // The oldest message may also lie before the stored offset: a topic that was deleted and made again.
        positions[partition] = .readingAnew
        return [.reportExpired(partition, stored: next, isAccepted: true), .restartReading(partition, .earliest)]
    }

    private mutating func giveBack(_ partition: InputPartition, _ offset: Int64) -> [Action] {
        switch positions[partition] {
        case .reading(let next) where next.map({ offset >= $0 }) ?? true: positions[partition] = .reading(next: offset)
        case .readingAnew: break
        default: return []
        }
        let restart: Action = .restartReading(partition, .offset(offset))
        return isHeld ? [restart, .pause([partition])] : [restart]
    }

    private mutating func rewind(_ partition: InputPartition, _ next: Int64?) -> [Action] {
        readBefore[partition] = nil
        guard let position = positions[partition], position != .waiting else { return [] }
        if case .reading(let current) = position, current == next { return [] }
        positions[partition] = .reading(next: next)
        let restart: Action = .restartReading(partition, next.map(Start.offset) ?? .earliest)
        return isHeld ? [restart, .pause([partition])] : [restart]
    }

    private func sorted(_ partitions: some Sequence<InputPartition>) -> [InputPartition] {
        partitions.sorted { ($0.topic, $0.partition) < ($1.topic, $1.partition) }
    }
}
