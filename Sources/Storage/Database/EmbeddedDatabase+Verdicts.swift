import Core

extension EmbeddedDatabase {
    public func waitingVerdicts(after: WaitingVerdict?, limit: Int) throws(DependencyFault) -> [WaitingVerdict] {
        guard limit > 0 else { return [] }
        return try reading { (view) throws(DependencyFault) in
            let from = ByteWriter()
            if let after {
                VerdictCodec.writeKey(after, to: from)
                from.append(byte: 0)
            }
            var found: [WaitingVerdict] = []
            try view.scan(.waitingVerdicts, KeyRange(from: from.array, to: nil)) { (key, value) throws(DependencyFault) in
                found.append(
                    try decoding("waiting verdict") { () throws(DamagedBytes) in try VerdictCodec.read(key, value) })
                return found.count < limit
            }
            return found
        }
    }

    /// What became of an alert's verdicts after its commit.
    func settledVerdicts(
        of id: DiaSourceID, _ commitSeq: CommitSeq, _ view: any StoreView
    ) throws(DependencyFault) -> [AnnotatedAlert.Verdict] {
        let prefix = ByteWriter()
        VerdictCodec.writeSettledPrefix(id, commitSeq, to: prefix)
        var found: [AnnotatedAlert.Verdict] = []
        try view.scan(.settledVerdicts, .prefix(prefix.array)) { (key, value) throws(DependencyFault) in
            found.append(
                try decoding("settled verdict of \(id)") { () throws(DamagedBytes) in
                    try VerdictCodec.readSettled(key, value).verdict
                })
            return true
        }
        return found
    }
}
