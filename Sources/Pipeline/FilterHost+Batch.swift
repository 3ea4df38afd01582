import Core
import FilterEngine

extension FilterHost {
    /// Why a record about an alert is published.
    private enum Cause {
        /// The alert passes: its row among the selected columns.
        case passed(Int)
        /// A revision does not pass, for this reason.
        case lost(String)
        /// A later packet withdraws an alert.
        case withdrawn(Withdrawal)
    }

    /// Verdicts of every filter and, in order of arrival, a record for each alert that passed one, and for each that no longer
    /// does though it was published.
    ///
    /// A withdrawn alert passes no filter.
    func run(_ plan: inout CommitPlan, ledger: PublicationLedger, withdrawals: [Withdrawal]) {
        var ledger = ledger
        let withdrawn = plan.batch.source.column("timeWithdrawnMjdTai")
        let alerts = plan.outcomes.indices.filter { plan.outcomes[$0].kind != .duplicate }
        let rows = alerts.filter { withdrawn.number($0) == nil }.map(Int32.init)
        // Without a version nobody could look, and the table has no columns of the catalogue: unknown.
        let nearest = plan.nearest.filter { !$0.versionID.isEmpty }
        let input = FilterInput(
            batch: plan.batch, nearest: nearest, sso: plan.solar?.views, recordedAt: plan.recordedAt, rows: rows)
        var publications: [PublicationWrite] = []
        for filter in deployed {
            var verdicts = [FilterVerdict](repeating: .notRun, count: plan.outcomes.count)
            if let result = filter.evaluator?.evaluate(input) {
                if rows.count < alerts.count { for row in alerts { verdicts[row] = .rejected } }
                for (row, verdict) in zip(rows, result.verdicts) { verdicts[Int(row)] = verdict }
                plan.waiting += filter.waiting(verdicts, input)
                var causes = result.passedRows.enumerated().map { (row: Int($1), cause: Cause.passed($0)) }
                if ledger.isWatching { causes = FilterHost.causes(causes, verdicts, withdrawals, plan) }
                for (row, cause) in causes {
                    guard let write = publication(of: filter, row, cause, result.selected, plan, ledger) else { continue }
                    ledger.note(write)
                    publications.append(write)
                }
            }
            plan.verdicts.append(
                FilterVerdicts(filter: filter.name, version: filter.version.number, verdicts: verdicts))
        }
        let order = publications.indices.sorted { (publications[$0].batchRow, $0) < (publications[$1].batchRow, $1) }
        plan.publications = order.map { publications[$0] }
    }

    /// With the revisions that do not pass and the withdrawals, in order of arrival; what a packet withdraws goes before its own
    /// alert.
    private static func causes(
        _ passed: [(row: Int, cause: Cause)], _ verdicts: [FilterVerdict], _ withdrawals: [Withdrawal], _ plan: CommitPlan
    ) -> [(row: Int, cause: Cause)] {
        let withdrawn = plan.batch.source.column("timeWithdrawnMjdTai")
        var causes = withdrawals.map { (row: $0.batchRow, cause: Cause.withdrawn($0)) } + passed
        for (row, outcome) in plan.outcomes.enumerated() where outcome.kind == .revised {
            guard verdicts[row] == .rejected || verdicts[row] == .failed else { continue }
            let reason =
                withdrawn.number(row) != nil
                ? "the detection was withdrawn" : PublicationLedger.reason(verdicts[row], revision: outcome.revision)
            causes.append((row, .lost(reason)))
        }
        let order = causes.indices.sorted { (causes[$0].row, $0) < (causes[$1].row, $1) }
        return order.map { causes[$0] }
    }

    private func publication(
        of filter: Deployed, _ row: Int, _ cause: Cause, _ selected: ColumnTable, _ plan: CommitPlan,
        _ ledger: PublicationLedger
    ) -> PublicationWrite? {
        let outcome = plan.outcomes[row]
        let topic = filter.version.topic
        var subject = PublicationEncoder.Subject(outcome)
        var choice: PublicationLedger.Choice
        var (round, selectedRow) = (outcome.round, Int?.none)
        switch cause {
        case .passed(let index):
            choice = ledger.passing(outcome.diaSourceId, in: topic, revision: outcome.revision)
            selectedRow = index
        case .lost(let reason):
            guard let found = ledger.retracting(outcome.diaSourceId, in: topic, because: reason) else { return nil }
            choice = found.0
        case .withdrawn(let one):
            let reason = "the detection was withdrawn"
            guard let found = ledger.retracting(one.diaSourceId, in: topic, because: reason) else { return nil }
            choice = found.0
            round = one.round
            subject = PublicationEncoder.Subject(
                diaSourceId: one.diaSourceId, diaObjectId: one.diaObjectId, ssObjectId: one.ssObjectId,
                midpoint: one.midpoint, revision: found.1.revision)
        }
        let payload = encoder.encode(
            PublicationEncoder.Envelope(
                subject: subject, choice: choice, commitSeq: plan.firstCommitSeq.rawValue + Int64(round),
                filter: filter.name, filterVersion: filter.version.number, lineage: plan.lineage),
            row: selectedRow, of: selected)
        return PublicationWrite(
            topic: topic, kind: choice.kind, diaSourceId: subject.diaSourceId, diaObjectId: subject.diaObjectId,
            ssObjectId: subject.ssObjectId, round: round, revision: subject.revision,
            schemaVersion: filter.version.number, payload: payload,
            producedAtUnixSeconds: plan.batch.origins[row].producedAtUnixSeconds, batchRow: Int32(row))
    }
}

extension FilterHost.Deployed {
    /// The undetermined verdicts that may be settled once every catalogue that the filter reads can be used, and once it is known
    /// whose an alert is; where nothing was missing they are for good.
    fileprivate func waiting(_ verdicts: [FilterVerdict], _ input: FilterInput) -> [WaitingWrite] {
        guard let program = evaluator?.program else { return [] }
        return verdicts.indices.filter {
            verdicts[$0] == .undetermined && !program.unknownInputs(ofRow: $0, in: input).isEmpty
        }.map { WaitingWrite(filter: name, version: version.number, batchRow: Int32($0)) }
    }
}

extension PublicationLedger {
    /// Why a revision that does not pass is retracted.
    static func reason(_ verdict: FilterVerdict, revision: Int32) -> String {
        verdict == .failed ? "the filter failed on revision \(revision)" : "revision \(revision) does not pass"
    }
}

extension PublicationEncoder.Subject {
    init(_ outcome: AlertOutcome) {
        self.init(
            diaSourceId: outcome.diaSourceId, diaObjectId: outcome.diaObjectId, ssObjectId: outcome.ssObjectId,
            midpoint: outcome.midpoint, revision: outcome.revision)
    }
}
