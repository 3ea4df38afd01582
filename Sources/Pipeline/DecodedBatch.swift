import Core

/// A batch between the decoder and the commit, with its buffers; a run has a few of them, used again and again.
final class DecodedBatch {
    let batch: AlertBatch
    var points = PacketPoints()
    var deadLetters: [DeadLetter] = []
    var advances: [PartitionAdvance] = []
    /// Ids of dead letters that were read at last.
    var retried: [Int64] = []
    var nearest: [NearestMatches] = []
    /// Nil where the pipeline was given no orbits at all.
    var solar: SolarCandidates?
    /// Version of the orbit set that the alerts were compared with; empty where none was.
    var orbitSet: String { solar?.orbitSet ?? "" }
    /// Which rewind of the source it was read after; older ones are thrown away.
    var generation = 0
    /// Why the source must stop after this batch, when too much of a visit cannot be read.
    var stop: UserFault?
    /// When the first of its messages was read, seconds of the monotonic clock.
    var readAt = 0.0

    init(capacity: Int) { batch = AlertBatch(capacity: capacity) }

    var isEmpty: Bool { batch.isEmpty && deadLetters.isEmpty }

    func removeAll() {
        batch.removeAll()
        deadLetters.removeAll(keepingCapacity: true)
        advances.removeAll(keepingCapacity: true)
        retried.removeAll(keepingCapacity: true)
        nearest.removeAll(keepingCapacity: true)
        solar = nil
        stop = nil
    }
}

/// Hands a batch from thread to thread: only one of them has it at a time.
struct BatchBox: @unchecked Sendable {
    let batch: DecodedBatch
}
