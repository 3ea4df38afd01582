import Core
import Crossmatch
import FilterEngine
import Sky

extension Reevaluation {
    /// Alerts of one write with what filters see of them.
    private struct Scene {
        let alerts: CommittedAlerts
        let nearest: [NearestMatches]
        /// Whether every catalogue that a filter reads is among them.
        let isComplete: Bool
        /// By diaSourceId and commit.
        let rows: [AlertKey: Int]
        let ledger: PublicationLedger
    }

    private struct AlertKey: Hashable {
        let diaSourceId: DiaSourceID
        let commitSeq: CommitSeq
    }

    /// What some verdicts of one write come to; nil when a catalogue went bad meanwhile.
    func plan(_ entries: [WaitingVerdict]) throws(DependencyFault) -> CommitPlan? {
        let last = try database.lastCommitSeq()
        var groups: [FilterKey: [WaitingVerdict]] = [:]
        for entry in entries { groups[FilterKey(name: entry.filter, version: entry.version), default: []].append(entry) }
        let filters = groups.keys.sorted { ($0.name, $0.version) < ($1.name, $1.version) }
        let scene = try scene(of: entries, filters)
        guard scene?.isComplete ?? true else { return nil }
        var lineage = lineage
        lineage.catalogues = scene.map { $0.nearest.map { "\($0.catalogue)@\($0.versionID)" }.sorted() } ?? []
        lineage.orbitSet = scene?.alerts.orbitSet ?? ""
        lineage.filterRegistryVersion = registryVersion
        var plan = CommitPlan(
            batch: AlertBatch(capacity: 1), firstCommitSeq: CommitSeq(rawValue: last.rawValue + 1), lineage: lineage,
            recordedAt: clock.now)
        var publications: [PublicationWrite] = []
        for filter in filters {
            let (verdicts, writes) = try evaluate(filter, groups[filter] ?? [], scene, lineage, plan.firstCommitSeq)
            plan.settled += verdicts
            publications += writes
        }
        let order = publications.indices.sorted { (publications[$0].batchRow, $0) < (publications[$1].batchRow, $1) }
        plan.publications = order.map { publications[$0] }
        plan.counters = Reevaluation.counters(of: plan, topics: topics(filters))
        return plan
    }

    // MARK: What filters see

    private func scene(of entries: [WaitingVerdict], _ filters: [FilterKey]) throws(DependencyFault) -> Scene? {
        guard let alerts = try database.committedAlerts(of: entries), alerts.batch.count > 0 else { return nil }
        var programs: [FilterProgram] = []
        for filter in filters {
            if case .settle(let evaluator, _) = action(filter) { programs.append(evaluator.program) }
        }
        try fillHistory(alerts, isWanted: programs.contains { $0.readsHistory })
        let names = Set(programs.flatMap(\.catalogues)).sorted()
        let ids = Set(alerts.outcomes.map(\.diaSourceId))
        let ledger = PublicationLedger(
            watching: ids,
            last: try database.lastPublications(of: ids.sorted(), in: topics(filters).values.sorted()),
            topics: try database.topics())
        var rows: [AlertKey: Int] = [:]
        for (row, outcome) in alerts.outcomes.enumerated() {
            rows[AlertKey(diaSourceId: outcome.diaSourceId, commitSeq: alerts.commitSeqs[row])] = row
        }
        let nearest = matches(names, alerts)
        return Scene(
            alerts: alerts, nearest: nearest, isComplete: nearest.count == names.count, rows: rows, ledger: ledger)
    }

    private func topics(_ filters: [FilterKey]) -> [FilterKey: String] {
        var topics: [FilterKey: String] = [:]
        for filter in filters {
            if case .settle(_, let topic) = action(filter) { topics[filter] = topic }
        }
        return topics
    }

    /// What catalogues said then, and what those say now that could not be asked then.
    private func matches(_ names: [String], _ alerts: CommittedAlerts) -> [NearestMatches] {
        let sky = SkyBatch()
        sky.load(alerts.batch)
        return names.compactMap { name in
            guard let schema = catalogues.nearestSchema(name) else { return nil }
            if let stored = alerts.nearest.first(where: { $0.catalogue == name && !$0.versionID.isEmpty }) {
                return stored.converted(to: schema)
            }
            let matcher = NearestMatcher(
                set: catalogues, catalogue: name, radius: Angle(arcsec: radiusArcsec(name)),
                neededColumns: Set(schema.columns.map(\.name)))
            let found = matcher.match(sky)
            return found.versionID.isEmpty ? nil : found.converted(to: schema)
        }
    }

    /// The history of each alert as known at its commit, within the window that its packet had; the trigger is among it.
    private func fillHistory(_ alerts: CommittedAlerts, isWanted: Bool) throws(DependencyFault) {
        let batch = alerts.batch
        for (row, outcome) in alerts.outcomes.enumerated() {
            let (firstDetection, firstForced) = (batch.detections.table.rowCount, batch.forced.table.rowCount)
            if isWanted, outcome.diaObjectId.isNone {
                batch.detections.table.appendRow(row, of: batch.source)
            } else if isWanted {
                var query = LightCurveQuery(.diaObject(outcome.diaObjectId))
                query.start = MJD(outcome.midpoint.days - HistoryRequests.packetWindowDays)
                query.asOf = alerts.commitSeqs[row]
                if let curve = try database.lightCurve(query) {
                    for point in 0..<curve.detections.rowCount {
                        batch.detections.table.appendRow(point, of: curve.detections)
                    }
                    for point in 0..<curve.forced.rowCount { batch.forced.table.appendRow(point, of: curve.forced) }
                }
            }
            batch.detections.finishParent(firstRow: firstDetection, isGiven: true)
            batch.forced.finishParent(firstRow: firstForced, isGiven: true)
        }
    }

    // MARK: Verdicts

    private func evaluate(
        _ filter: FilterKey, _ entries: [WaitingVerdict], _ scene: Scene?, _ lineage: Lineage, _ commitSeq: CommitSeq
    ) throws(DependencyFault) -> ([SettledVerdict], [PublicationWrite]) {
        guard case .settle(let evaluator, let topic) = action(filter), let scene else {
            return (entries.map { SettledVerdict(waiting: $0, verdict: .notRun) }, [])
        }
        let current = entries.compactMap { entry in
            scene.rows[AlertKey(diaSourceId: entry.diaSourceId, commitSeq: entry.commitSeq)]
                .flatMap { scene.alerts.isOutdated[$0] ? nil : (entry: entry, row: $0) }
        }
        let result = evaluator.evaluate(
            FilterInput(
                batch: scene.alerts.batch, nearest: scene.nearest, recordedAt: scene.alerts.recordedAt,
                rows: current.map { Int32($0.row) }))
        var verdicts = [FilterVerdict](repeating: .notRun, count: scene.alerts.batch.count)
        for (one, verdict) in zip(current, result.verdicts) { verdicts[one.row] = verdict }
        var selectedRows: [Int: Int] = [:]
        for (index, row) in result.passedRows.enumerated() { selectedRows[Int(row)] = index }
        var writes: [PublicationWrite] = []
        for (_, row) in current {
            if verdicts[row] == .passed, try isWithdrawn(scene.alerts.outcomes[row]) { verdicts[row] = .rejected }
            guard let choice = choice(verdicts[row], scene, row, topic, evaluator.program) else { continue }
            let outcome = scene.alerts.outcomes[row]
            let envelope = PublicationEncoder.Envelope(
                subject: PublicationEncoder.Subject(outcome), choice: choice, commitSeq: commitSeq.rawValue,
                filter: filter.name, filterVersion: filter.version, lineage: lineage)
            let payload = encoder.encode(
                envelope, row: verdicts[row] == .passed ? selectedRows[row] : nil, of: result.selected)
            writes.append(
                PublicationWrite(
                    topic: topic, kind: choice.kind, diaSourceId: outcome.diaSourceId,
                    diaObjectId: outcome.diaObjectId, ssObjectId: outcome.ssObjectId, round: 0,
                    revision: outcome.revision, schemaVersion: filter.version, payload: payload,
                    producedAtUnixSeconds: 0, batchRow: Int32(row)))
        }
        let settled = entries.map { entry in
            let row = scene.rows[AlertKey(diaSourceId: entry.diaSourceId, commitSeq: entry.commitSeq)]
            return SettledVerdict(waiting: entry, verdict: row.map { verdicts[$0] } ?? .notRun)
        }
        return (settled, writes)
    }

    /// What to publish of a verdict, if anything.
    private func choice(
        _ verdict: FilterVerdict, _ scene: Scene, _ row: Int, _ topic: String, _ program: FilterProgram
    ) -> PublicationLedger.Choice? {
        let outcome = scene.alerts.outcomes[row]
        let missing = program.catalogues.filter { name in
            !scene.alerts.nearest.contains { $0.catalogue == name && !$0.versionID.isEmpty }
        }
        let why = "evaluated again, \(missing.joined(separator: " and ")) could not be asked when the alert came"
        switch verdict {
        case .passed:
            var choice = scene.ledger.passing(outcome.diaSourceId, in: topic, revision: outcome.revision)
            choice.reason = choice.reason.map { "\($0); \(why)" } ?? why
            return choice
        case .rejected, .failed:
            let reason = PublicationLedger.reason(verdict, revision: outcome.revision)
            return scene.ledger.retracting(outcome.diaSourceId, in: topic, because: "\(reason); \(why)")?.0
        case .notRun, .undetermined: return nil
        }
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

    // MARK: Counters

    /// The verdicts move from undetermined to what they are now.
    private static func counters(of plan: CommitPlan, topics: [FilterKey: String]) -> [CounterDelta] {
        var counters = BatchCounters()
        var visits: [DiaSourceID: VisitID] = [:]
        for one in plan.settled {
            let (filter, visit) = (one.waiting.filter, one.waiting.visit)
            visits[one.waiting.diaSourceId] = visit
            counters.add("filter/\(filter)/waiting", visit: visit, -1)
            counters.add("filter/\(filter)/reevaluated", visit: visit)
            guard one.verdict != .undetermined else { continue }
            counters.add("filter/\(filter)/undetermined", visit: visit, -1)
            counters.add("filter/\(filter)/\(one.verdict == .notRun ? "not_run" : one.verdict.name)", visit: visit)
        }
        for write in plan.publications {
            let visit = visits[write.diaSourceId] ?? VisitID(rawValue: 0)
            counters.add("published/\(write.topic)", visit: visit)
            guard let filter = topics.first(where: { $0.value == write.topic })?.key.name else { continue }
            counters.add("filter/\(filter)/\(write.kind == .retraction ? "retracted" : "published")", visit: visit)
        }
        return counters.deltas
    }
}
