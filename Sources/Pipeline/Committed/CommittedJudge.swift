import Avro
import Core
import FilterEngine

/// Judges committed alerts anew and says what follows: settled verdicts, publications, and how counters move.
struct CommittedJudge {
    /// A verdict that is to be looked at.
    struct Case {
        let entry: WaitingVerdict
        /// The alert's row of the scene; nil where it is not found.
        let row: Int?
        let previous: FilterVerdict
        /// Whether it is among the verdicts that wait.
        let isWaiting: Bool
        /// What is known now and was not.
        let why: String
    }

    /// What follows for one filter.
    struct Findings {
        var settled: [SettledVerdict] = []
        var publications: [PublicationWrite] = []
        var counters = BatchCounters()
    }

    let database: any Database
    /// Of the commit that will write it; catalogues and the orbit set are those that each alert was compared with.
    let lineage: Lineage
    let commitSeq: CommitSeq
    private var encoder = PublicationEncoder()

    init(database: any Database, lineage: Lineage, commitSeq: CommitSeq) {
        self.database = database
        self.lineage = lineage
        self.commitSeq = commitSeq
    }

    /// Verdicts that nobody wants to know any more.
    func abandon(_ cases: [Case], _ key: CommittedFilters.Key) -> Findings {
        var findings = Findings()
        for one in cases { note(one, .notRun, key, &findings) }
        return findings
    }

    mutating func judge(
        _ cases: [Case], _ key: CommittedFilters.Key, _ running: CommittedFilters.Running, _ scene: CommittedScene
    ) throws(DependencyFault) -> Findings {
        var findings = Findings()
        let catalogues = scene.nearest.map { "\($0.catalogue)@\($0.versionID)" }.sorted()
        // Another revision came since: it was judged by itself.
        let current = cases.filter { one in one.row.map { !scene.alerts.isOutdated[$0] } ?? false }
        let rows = current.compactMap(\.row)
        let result = running.evaluator.evaluate(scene.input(rows: rows.map(Int32.init)))
        var selected: [Int: Int] = [:]
        for (index, row) in result.passedRows.enumerated() { selected[Int(row)] = index }
        for one in cases where !(one.row.map { !scene.alerts.isOutdated[$0] } ?? false) {
            if one.isWaiting { note(one, .notRun, key, &findings) }
        }
        for (one, found) in zip(current, result.verdicts) {
            guard let row = one.row else { continue }
            let outcome = scene.alerts.outcomes[row]
            var verdict = found
            if verdict == .passed, try isWithdrawn(outcome) { verdict = .rejected }
            // What was known is not given up because something else cannot be asked today.
            if verdict == .undetermined, !one.isWaiting { continue }
            if one.isWaiting || verdict != one.previous { note(one, verdict, key, &findings) }
            guard let choice = choice(verdict, one, scene, outcome, running) else { continue }
            var lineage = lineage
            lineage.catalogues = catalogues
            lineage.orbitSet = scene.sso.orbitSets.isEmpty ? scene.alerts.orbitSet : scene.sso.orbitSets[row]
            let envelope = PublicationEncoder.Envelope(
                subject: PublicationEncoder.Subject(outcome), choice: choice, commitSeq: commitSeq.rawValue,
                filter: key.name, filterVersion: key.version, lineage: lineage)
            let payload = encoder.encode(
                envelope, row: verdict == .passed ? selected[row] : nil, of: result.selected)
            if choice.kind == .update, !one.isWaiting, try saysTheSame(payload, outcome, running, scene) { continue }
            findings.publications.append(
                PublicationWrite(
                    topic: running.version.topic, kind: choice.kind, diaSourceId: outcome.diaSourceId,
                    diaObjectId: outcome.diaObjectId, ssObjectId: outcome.ssObjectId, round: 0,
                    revision: outcome.revision, schemaVersion: key.version, payload: payload,
                    producedAtUnixSeconds: 0, batchRow: Int32(row)))
            findings.counters.add("published/\(running.version.topic)", visit: one.entry.visit)
            let word = choice.kind == .retraction ? "retracted" : "published"
            findings.counters.add("filter/\(key.name)/\(word)", visit: one.entry.visit)
            // The pass was counted and published before.
            if verdict == .passed, one.previous == .passed {
                findings.counters.add("filter/\(key.name)/superseded", visit: one.entry.visit)
            }
        }
        return findings
    }

    /// The verdict moves from what it was to what it is now.
    private func note(
        _ one: Case, _ verdict: FilterVerdict, _ key: CommittedFilters.Key, _ findings: inout Findings
    ) {
        findings.settled.append(SettledVerdict(waiting: one.entry, previous: one.previous, verdict: verdict))
        let (name, visit) = ("filter/\(key.name)", one.entry.visit)
        if one.isWaiting { findings.counters.add("\(name)/waiting", visit: visit, -1) }
        findings.counters.add("\(name)/reevaluated", visit: visit)
        guard verdict != one.previous else { return }
        findings.counters.add("\(name)/\(one.previous.counterName)", visit: visit, -1)
        findings.counters.add("\(name)/\(verdict.counterName)", visit: visit)
        if one.previous == .passed { findings.counters.add("\(name)/superseded", visit: visit) }
    }

    /// What to publish of a verdict, if anything.
    private func choice(
        _ verdict: FilterVerdict, _ one: Case, _ scene: CommittedScene, _ outcome: AlertOutcome,
        _ running: CommittedFilters.Running
    ) -> PublicationLedger.Choice? {
        let topic = running.version.topic
        switch verdict {
        case .passed:
            var choice = scene.ledger.passing(outcome.diaSourceId, in: topic, revision: outcome.revision)
            choice.reason = choice.reason.map { "\($0); \(one.why)" } ?? one.why
            return choice
        case .rejected, .failed:
            let reason = PublicationLedger.reason(verdict, revision: outcome.revision)
            return scene.ledger.retracting(outcome.diaSourceId, in: topic, because: "\(reason); \(one.why)")?.0
        case .notRun, .undetermined: return nil
        }
    }

    /// Whether the record that stands published selects the very same.
    private func saysTheSame(
        _ payload: [UInt8], _ outcome: AlertOutcome, _ running: CommittedFilters.Running, _ scene: CommittedScene
    ) throws(DependencyFault) -> Bool {
        let topic = running.version.topic
        guard let standing = scene.ledger.standing(outcome.diaSourceId, in: topic),
            standing.filterVersion == running.version.number, standing.revision == outcome.revision,
            let stored = try database.publications(topic: topic, from: standing.offset, limit: 1, maxBytes: .max).first,
            stored.offset == standing.offset
        else { return false }
        guard let reader = running.reader else { return false }
        let values = [payload, stored.payload].map { bytes in
            bytes.withUnsafeBytes { try? reader.read($0) }?["selected"]
        }
        return values[0] != nil && values[0] == values[1]
    }

    /// Whether a later packet took the detection back.
    private func isWithdrawn(_ outcome: AlertOutcome) throws(DependencyFault) -> Bool {
        guard !outcome.diaObjectId.isNone else { return false }
        var query = LightCurveQuery(.diaObject(outcome.diaObjectId))
        query.kind = .detection
        (query.start, query.stop) = (outcome.midpoint, MJD(outcome.midpoint.days.nextUp))
        guard let curve = try database.lightCurve(query) else { return true }
        let ids = curve.detections.column("diaSourceId")
        return !(0..<curve.detections.rowCount).contains { ids.int64($0) == outcome.diaSourceId.rawValue }
    }
}

extension FilterVerdict {
    /// As counters spell it.
    var counterName: String { self == .notRun ? "not_run" : name }
}
