import Core

extension CommitWriter {
    func writeCounters(_ plan: CommitPlan, view: any StoreView) throws(DependencyFault) {
        struct Name: Hashable {
            let visit: VisitID
            let name: String
        }
        var sums: [Name: Int64] = [:]
        for delta in plan.counters { sums[Name(visit: delta.visit, name: delta.name), default: 0] += delta.amount }
        let names = sums.keys.sorted { ($0.visit, $0.name) < ($1.visit, $1.name) }
        var keys = KeyList()
        for name in names {
            keys.buffer.append(big: name.visit.rawValue)
            keys.buffer.append(bytes: Array(name.name.utf8))
            keys.finishKey()
        }
        try view.multiGet(.counters, keys) { (index, value) throws(DependencyFault) in
            let old: Int64 =
                try value.map { (bytes) throws(DependencyFault) in
                    try decoding("counter") { () throws(DamagedBytes) in
                        var reader = ByteReader(bytes)
                        return try reader.little(Int64.self)
                    }
                } ?? 0
            batch.key.append(bytes: keys[index])
            batch.value.append(little: old + sums[names[index]]!)
            batch.put(.counters)
        }
    }

    /// Verdicts that wait from now on, and those that do no longer.
    func writeVerdicts(_ plan: CommitPlan) {
        for one in plan.waiting {
            let outcome = plan.outcomes[Int(one.batchRow)]
            let waiting = WaitingVerdict(
                write: plan.firstCommitSeq, row: one.batchRow, filter: one.filter, version: one.version,
                commitSeq: CommitSeq(rawValue: plan.firstCommitSeq.rawValue + Int64(outcome.round)),
                diaSourceId: outcome.diaSourceId, visit: outcome.visit)
            VerdictCodec.writeKey(waiting, to: batch.key)
            VerdictCodec.write(waiting, to: batch.value)
            batch.put(.waitingVerdicts)
        }
        for one in plan.settled {
            VerdictCodec.writeKey(one.waiting, to: batch.key)
            batch.delete(.waitingVerdicts)
            VerdictCodec.writeSettledKey(one.waiting, to: batch.key)
            VerdictCodec.writeSettled(one.verdict, in: plan.firstCommitSeq, to: batch.value)
            batch.put(.settledVerdicts)
        }
    }

    func writeDeadLetters(
        _ plan: CommitPlan, view: any StoreView, state: inout DatabaseState
    ) throws(DependencyFault) {
        for letter in plan.deadLetters {
            let stored = StoredDeadLetter(
                id: state.nextDeadLetter, letter: letter, commitSeq: plan.firstCommitSeq, recordedAt: plan.recordedAt,
                retriedIn: nil)
            batch.key.append(big: stored.id)
            DeadLetterCodec.write(stored, to: batch.value)
            batch.put(.deadLetters)
            state.nextDeadLetter += 1
        }
        if !plan.deadLetters.isEmpty {
            batch.key.append(byte: MetaKey.nextDeadLetter)
            batch.value.append(little: state.nextDeadLetter)
            batch.put(.meta)
        }
        for id in plan.retriedDeadLetters {
            let key = ByteWriter()
            key.append(big: id)
            try view.get(.deadLetters, key.bytes) { (value) throws(DependencyFault) in
                guard let value else { return }
                let old = try decoding("dead letter \(id)") { () throws(DamagedBytes) in
                    try DeadLetterCodec.read(value, id: id)
                }
                let stored = StoredDeadLetter(
                    id: id, letter: old.letter, commitSeq: old.commitSeq, recordedAt: old.recordedAt,
                    retriedIn: plan.firstCommitSeq)
                batch.key.append(big: id)
                DeadLetterCodec.write(stored, to: batch.value)
                batch.put(.deadLetters)
            }
        }
    }

    /// Offsets and the number of the last commit.
    func writeProgress(_ plan: CommitPlan, state: inout DatabaseState) {
        for advance in plan.advances {
            state.offsets[advance.partition] = advance.newNext
            MetaKey.offset(advance.partition, to: batch.key)
            batch.value.append(little: advance.newNext)
            batch.put(.meta)
        }
        state.lastCommitSeq = plan.lastCommitSeq
        batch.key.append(byte: MetaKey.lastCommitSeq)
        batch.value.append(little: plan.lastCommitSeq.rawValue)
        batch.put(.meta)
    }
}

extension Optional where Wrapped == UnsafeRawBufferPointer {
    /// `map` with a typed error.
    func map<Result>(
        _ body: (UnsafeRawBufferPointer) throws(DependencyFault) -> Result
    ) throws(DependencyFault) -> Result? {
        guard let self else { return nil }
        return try body(self)
    }
}
