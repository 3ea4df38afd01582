import Core

/// What the alert blocks of one night say of its visits, beside what is counted elsewhere: verdicts, and who is near an orbit.
struct NightTally {
    struct Visit {
        /// Alerts whose newest content is of the visit: those that were compared with orbits, and the others.
        var alerts = 0
        var unassociated = 0
        /// The newest contents of which nothing was known, and their commits.
        var unknown: [DiaSourceID: CommitSeq] = [:]
        /// Contents by status, every revision: matched, unmatched, unknown.
        var statuses: [Int64] = [0, 0, 0]
        /// By filter: contents by verdict as it stands now.
        var verdicts: [String: [Int64]] = [:]
    }

    let night: Night
    private(set) var visits: [VisitID: Visit] = [:]
    /// Verdicts that were settled after their commit.
    private(set) var settled = 0

    init(night: Night) { self.night = night }

    /// Takes a block. `newest` has the commit of each row's alert as known now, `settled` what became of a row's verdicts.
    mutating func add(
        _ block: AlertBlock, newest: [CommitSeq?],
        settled: (DiaSourceID, CommitSeq) throws(DependencyFault) -> [AnnotatedAlert.Verdict]
    ) throws(DependencyFault) {
        guard let alerts = block.table("alert") else { return }
        let (kinds, ids) = (alerts.column("outcome"), alerts.column("diaSourceId"))
        let (numbers, commits) = (alerts.column("visit"), alerts.column("commitSeq"))
        let sso = block.table("sso")
        for row in 0..<alerts.rowCount where kinds.int32(row) != Int32(AlertOutcome.Kind.duplicate.rawValue) {
            let id = DiaSourceID(rawValue: ids.int64(row) ?? 0)
            let commitSeq = CommitSeq(rawValue: commits.int64(row) ?? 0)
            let visit = VisitID(rawValue: numbers.int64(row) ?? 0)
            var tally = visits.removeValue(forKey: visit) ?? Visit()
            let status = sso.flatMap { $0.string("status", row) }.flatMap { MatchStatus(rawValue: $0) }
            tally.count(status, id, commitSeq, isNewest: newest[row] == commitSeq)
            let later = try settled(id, commitSeq)
            for one in EmbeddedDatabase.verdicts(row, of: block) {
                let now = later.first { $0.filter == one.filter && $0.version == one.version }
                if now != nil { self.settled += 1 }
                tally.verdicts[one.filter, default: [0, 0, 0, 0, 0]][Int((now ?? one).verdict.rawValue)] += 1
            }
            visits[visit] = tally
        }
    }
}

extension NightTally.Visit {
    fileprivate mutating func count(
        _ status: MatchStatus?, _ id: DiaSourceID, _ commitSeq: CommitSeq, isNewest: Bool
    ) {
        switch status {
        case .matched: statuses[0] += 1
        case .unmatched: statuses[1] += 1
        case .unknown: statuses[2] += 1
        case nil: break
        }
        guard isNewest else { return }
        if status == nil { unassociated += 1 } else { alerts += 1 }
        if status == .unknown { unknown[id] = commitSeq }
    }
}

extension Checker {
    /// Night by night: counters of verdicts and what blocks and settled verdicts say, and the counts of visits.
    func checkNights(_ database: EmbeddedDatabase, _ report: inout CheckReport) throws(DependencyFault) {
        var hasSettled = 0
        try view.scan(.settledVerdicts, .all) { (key, value) throws(DependencyFault) in
            _ = try decoding("settled verdict") { () throws(DamagedBytes) in try VerdictCodec.readSettled(key, value) }
            hasSettled += 1
            return true
        }
        var tally: NightTally?
        var settled = 0
        try database.scanAlertBlocks(view, night: nil, wanted: ["alert", "sso", "verdicts"]) {
            (block) throws(DependencyFault) in
            if tally?.night != block.night {
                settled += try tally.map { (one) throws(DependencyFault) in try check(one, database, &report) } ?? 0
                tally = NightTally(night: block.night)
            }
            try tally?.add(block, newest: try newestCommits(of: block)) { (id, commitSeq) throws(DependencyFault) in
                hasSettled == 0 ? [] : try database.settledVerdicts(of: id, commitSeq, view)
            }
            return true
        }
        settled += try tally.map { (one) throws(DependencyFault) in try check(one, database, &report) } ?? 0
        report.note("\(hasSettled) verdicts were settled, of which alert blocks know \(settled)", unless: hasSettled == settled)
        report.count("settled verdicts", hasSettled)
    }

    private func newestCommits(of block: AlertBlock) throws(DependencyFault) -> [CommitSeq?] {
        guard let alerts = block.table("alert") else { return [] }
        let ids = (0..<alerts.rowCount).map { DiaSourceID(rawValue: alerts.column("diaSourceId").int64($0) ?? 0) }
        return try EmbeddedDatabase.newestCommits(of: ids, view)
    }

    /// Answers how many settled verdicts the night has.
    private func check(
        _ tally: NightTally, _ database: EmbeddedDatabase, _ report: inout CheckReport
    ) throws(DependencyFault) -> Int {
        var learnt: [VisitID: [SolarChange]] = [:]
        for change in try database.solarChanges(night: tally.night, view) where change.wasUnknown {
            learnt[change.visit, default: []].append(change)
        }
        for visit in tally.visits.keys.sorted() {
            guard let one = tally.visits[visit] else { continue }
            let prefix = ByteWriter()
            prefix.append(big: visit.rawValue)
            var counters: [String: Int64] = [:]
            try database.scanCounters(view, .prefix(prefix.array)) { counters[$0.name] = $0.value }
            check(one, visit, counters, &report)
            let stored = try EmbeddedDatabase.solarVisits([visit], view).first
            check(one, visit, stored, learnt[visit] ?? [], counters, &report)
        }
        return tally.settled
    }

    private func check(
        _ tally: NightTally.Visit, _ visit: VisitID, _ counters: [String: Int64], _ report: inout CheckReport
    ) {
        for (filter, verdicts) in tally.verdicts.sorted(by: { $0.key < $1.key }) {
            for verdict in FilterVerdict.allCases {
                let word = verdict == .notRun ? "not_run" : verdict.name
                let counted = counters["filter/\(filter)/\(word)"] ?? 0
                let found = verdicts[Int(verdict.rawValue)]
                report.note(
                    "visit \(visit): of filter \(filter) \(found) alerts are \(verdict.name), \(counted) are counted",
                    unless: counted == found)
            }
        }
    }

    /// A visit's state and counters of associations. Of visits that were committed in part without any they are not the whole.
    private func check(
        _ tally: NightTally.Visit, _ visit: VisitID, _ stored: SolarVisit?, _ learnt: [SolarChange],
        _ counters: [String: Int64], _ report: inout CheckReport
    ) {
        guard let stored else {
            return report.note("visit \(visit) was associated with orbits and has no state", unless: tally.alerts == 0)
        }
        let total = tally.alerts + tally.unassociated
        report.note(
            "visit \(visit) says that it has \(stored.alerts) alerts, of which there are \(tally.alerts)",
            unless: tally.unassociated == 0 ? stored.alerts == total : stored.alerts <= total)
        guard tally.unassociated == 0 else { return }
        let known = learnt.filter { one in tally.unknown[one.diaSourceId].map { $0 < one.commitSeq } ?? false }
        let unknown = tally.unknown.count - Set(known.map(\.diaSourceId)).count
        report.note(
            "visit \(visit) says that nothing is known of \(stored.unknown) alerts, which are \(unknown)",
            unless: stored.unknown == unknown)
        let statuses = ["matched", "unmatched", "unknown"].map { counters["sso/\($0)"] ?? 0 }
        report.note(
            "visit \(visit) counts \(statuses.reduce(0, +)) alerts by orbit, of which there are \(tally.statuses.reduce(0, +))",
            unless: statuses.reduce(0, +) == tally.statuses.reduce(0, +))
        report.note(
            "visit \(visit) counts \(statuses[2]) alerts with unknown orbits of \(tally.statuses[2]), \(learnt.count) known since",
            unless: statuses[2] == tally.statuses[2] - Int64(learnt.count))
    }
}
