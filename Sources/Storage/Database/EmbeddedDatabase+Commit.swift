import Core

extension EmbeddedDatabase {
    public func lastCommitSeq() throws(DependencyFault) -> CommitSeq {
        try currentState().lastCommitSeq
    }

    public func nextOffset(of partition: InputPartition) throws(DependencyFault) -> Int64? {
        try currentState().offsets[partition]
    }

    public func nextOffsets() throws(DependencyFault) -> [(partition: InputPartition, next: Int64)] {
        try currentState().offsets.map { (partition: $0.key, next: $0.value) }
            .sorted { ($0.partition.topic, $0.partition.partition) < ($1.partition.topic, $1.partition.partition) }
    }

    public func commit(_ plan: CommitPlan) throws(DependencyFault) -> CommitOutcome {
        precondition(plan.roundCount >= 1 && plan.outcomes.count == plan.batch.count, "a plan has one outcome a row")
        return try changing { () throws(DependencyFault) in
            var next = state.withLock { $0 }
            if let stale = EmbeddedDatabase.staleness(of: plan, next) { return stale }
            try store.createFamily(next.forcedFamily(Night(plan.recordedAt)))
            try writer.write(plan, view: store.makeView(), archive: archive, state: &next)
            try store.write(writer.batch)
            state.withLock { $0 = next }
            expireArchive()
            return .committed
        }
    }

    /// Whether another owner took the number or moved a partition.
    private static func staleness(of plan: CommitPlan, _ state: DatabaseState) -> CommitOutcome? {
        for advance in plan.advances where state.offsets[advance.partition] != advance.expectedNext {
            return .stale(advance.partition, storedNext: state.offsets[advance.partition])
        }
        guard plan.firstCommitSeq.rawValue == state.lastCommitSeq.rawValue + 1 else {
            return .stale(nil, storedNext: nil)
        }
        return nil
    }

    /// Segments go when they are too old or too many, or the disk passes its first watermark.
    private func expireArchive() {
        guard let archive, let files else { return }
        commitsSinceExpiry += 1
        guard commitsSinceExpiry >= 256 else { return }
        commitsSinceExpiry = 0
        archive.expire(now: SystemClock().now) {
            FileSystem.usedFraction(files.path) > EmbeddedDatabase.archiveWatermark
        }
    }

    /// Part of the disk above which archive segments go.
    public static let archiveWatermark = 0.80
    /// Part of the disk above which ingest shall pause.
    public static let ingestWatermark = 0.95

    /// Whether the disk is so full that ingest shall pause until it is not.
    public var shallPauseIngest: Bool {
        guard let files else { return false }
        return FileSystem.usedFraction(files.path) > EmbeddedDatabase.ingestWatermark
    }
}
