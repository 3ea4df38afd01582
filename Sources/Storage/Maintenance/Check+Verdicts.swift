import Core

extension Checker {
    /// Verdicts that wait: as many as are counted, each of an alert whose block says undetermined, none settled already.
    func checkVerdicts(_ database: EmbeddedDatabase, _ report: inout CheckReport) throws(DependencyFault) {
        var counted: [String: Int] = [:]
        try database.scanCounters(view, .all) { (counter) throws(DependencyFault) in
            let parts = counter.name.split(separator: "/")
            if parts.count == 3, parts[0] == "filter", parts[2] == "waiting" {
                counted[String(parts[1]), default: 0] += Int(counter.value)
            }
        }
        var found: [String: Int] = [:]
        var block: (write: CommitSeq, night: Int32, block: AlertBlock?)?
        try view.scan(.waitingVerdicts, .all) { (key, value) throws(DependencyFault) in
            let one = try decoding("waiting verdict") { () throws(DamagedBytes) in try VerdictCodec.read(key, value) }
            found[one.filter, default: 0] += 1
            let night = Night(visit: one.visit)
            if block?.write != one.write || block?.night != night.dayObs {
                let holding = try database.alertBlock(night, holding: one.write, view)
                block = (one.write, night.dayObs, holding)
            }
            report.note(
                "filter \(one.filter) waits for alert \(one.diaSourceId) of commit \(one.commitSeq), which is not undetermined",
                unless: block?.block.map { Checker.isUndetermined(one, in: $0) } ?? false)
            try checkUnsettled(one, &report)
            return true
        }
        for filter in Set(counted.keys).union(found.keys).sorted() {
            let (wanted, got) = (counted[filter] ?? 0, found[filter] ?? 0)
            report.note("filter \(filter): \(got) verdicts wait, \(wanted) are counted", unless: wanted == got)
        }
        report.count("waiting verdicts", found.values.reduce(0, +))
    }

    private static func isUndetermined(_ waiting: WaitingVerdict, in block: AlertBlock) -> Bool {
        guard let row = EmbeddedDatabase.row(of: waiting.diaSourceId, waiting.commitSeq, in: block) else { return false }
        return EmbeddedDatabase.verdicts(row, of: block).contains {
            $0.filter == waiting.filter && $0.version == waiting.version && $0.verdict == .undetermined
        }
    }

    private func checkUnsettled(_ one: WaitingVerdict, _ report: inout CheckReport) throws(DependencyFault) {
        let key = ByteWriter()
        VerdictCodec.writeSettledKey(one, to: key)
        try view.get(.settledVerdicts, key.bytes) { (value) throws(DependencyFault) in
            report.note(
                "filter \(one.filter) still waits for alert \(one.diaSourceId), on which it is settled", unless: value == nil)
        }
    }
}
