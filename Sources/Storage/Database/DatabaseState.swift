import Core

/// What the database keeps in memory of its family `meta`, to save reads; the commit keeps both in step.
struct DatabaseState {
    struct Topic {
        var earliest: Int64 = 0
        var next: Int64 = 0
        var bytes: Int64 = 0
        /// Hour (since MJD 0) of the newest record.
        var lastHour: Int32 = 0
    }

    var lastCommitSeq = CommitSeq(rawValue: 0)
    var offsets: [InputPartition: Int64] = [:]
    var topics: [String: Topic] = [:]
    var nextDeadLetter: Int64 = 0
    var largestDriftArcsec = 0.0
    /// Night → epoch of the family that takes its forced points now.
    var forcedEpochs: [Int32: Int32] = [:]
    /// Families that are folded and may still be there.
    var foldedFamilies = Set<Family>()

    /// The family that takes points which arrive in a night.
    func forcedFamily(_ night: Night) -> Family {
        .forced(night: night.dayObs, epoch: forcedEpochs[night.dayObs] ?? 0)
    }

    init() {}

    init(_ view: any StoreView) throws(DependencyFault) {
        var state = DatabaseState()
        try view.scan(.meta, .all) { (key, value) throws(DependencyFault) in
            try decoding("meta") { () throws(DamagedBytes) in try state.take(key, value) }
            return true
        }
        self = state
    }

    private mutating func take(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws(DamagedBytes) {
        var name = ByteReader(key)
        var reader = ByteReader(value)
        switch try name.byte() {
        case MetaKey.lastCommitSeq: lastCommitSeq = CommitSeq(rawValue: try reader.little())
        case MetaKey.offset:
            let topic = String(decoding: try name.take(max(name.remaining - 5, 0)), as: UTF8.self)
            _ = try name.byte()
            offsets[InputPartition(topic: topic, partition: try name.big())] = try reader.little()
        case MetaKey.largestDrift: largestDriftArcsec = try reader.double()
        case MetaKey.topic: topics[String(decoding: try name.take(name.remaining), as: UTF8.self)] = try Topic(&reader)
        case MetaKey.nextDeadLetter: nextDeadLetter = try reader.little()
        case MetaKey.epoch: forcedEpochs[try name.big()] = try reader.little()
        case MetaKey.folded: foldedFamilies.insert(.forced(night: try name.big(), epoch: try name.big()))
        default: break
        }
    }
}

extension DatabaseState.Topic {
    init(_ reader: inout ByteReader) throws(DamagedBytes) {
        earliest = try reader.little()
        next = try reader.little()
        bytes = try reader.little()
        lastHour = try reader.little()
    }

    func write(to output: ByteWriter) {
        output.append(little: earliest)
        output.append(little: next)
        output.append(little: bytes)
        output.append(little: lastHour)
    }
}

/// A detector's exposure.
struct VisitDetector: Hashable, Sendable {
    let visit: Int64
    let detector: Int32
}

/// Runs a decoder and turns damage into a fault that says where.
func decoding<Result>(
    _ what: @autoclosure () -> String, _ body: () throws(DamagedBytes) -> Result
) throws(DependencyFault) -> Result {
    do throws(DamagedBytes) { return try body() } catch {
        throw DependencyFault(
            "database", "\(what()): \(error.detail)", hint: "run nightjar db check; restore a backup",
            isRetriable: false)
    }
}
