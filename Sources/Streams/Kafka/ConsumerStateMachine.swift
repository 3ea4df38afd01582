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
        /// The stored offset has expired.
        case stopped(next: Int64?)
    }

    enum Event: Sendable, Equatable {
        case assigned([InputPartition])
        case revoked([InputPartition])
        /// The database's answer for one partition.
        case storedOffset(InputPartition, Int64?)
        case read(InputPartition, offset: Int64)
        case offsetExpired(InputPartition)
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
        sorted(positions.filter { if case .reading = $0.value { true } else { false } }.keys)
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
        case .read(let partition, let offset):
            if case .reading = positions[partition] { positions[partition] = .reading(next: offset + 1) }
            return []
        case .offsetExpired(let partition): return expire(partition)
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

    /// Whether a message is one that the partition is due to give: neither of a lost partition nor read before.
    func accepts(_ partition: InputPartition, offset: Int64) -> Bool {
        guard case .reading(let next) = positions[partition] else { return false }
        return next.map { offset >= $0 } ?? true
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
        guard case .reading(let next) = positions[partition] else { return [] }
        guard acceptsGap else {
            positions[partition] = .stopped(next: next)
            return [.reportExpired(partition, stored: next, isAccepted: false)]
        }
        // The oldest message may also lie before the stored offset: a topic that was deleted and made again.
        positions[partition] = .reading(next: nil)
        return [.reportExpired(partition, stored: next, isAccepted: true), .restartReading(partition, .earliest)]
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
