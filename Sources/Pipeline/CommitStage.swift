import Core
import FilterEngine

/// The stage that owns the database: asks for histories, plans, filters, and commits, one batch at a time, in order.
///
/// A dependency that fails is waited for; nothing is dropped.
final class CommitStage {
    enum Result {
        case committed
        /// Another owner moved the offsets: everything in flight must be read again.
        case stale
        case stopped
    }

    private let database: any Database
    private let filters: FilterHost
    private let clock: any WallClock
    private let stop: StopFlag
    private let log = Log("commit")
    private var backoff: Backoff
    private var requests = HistoryRequests()
    private let lineage: Lineage
    private let startedAt: Double
    private let health: PipelineHealth
    private(set) var totals = PipelineTotals()
    private let gate: CommitGate
    /// Nil where nothing is associated with orbits.
    private let book: SolarBook?
    /// Work beside batches, and whose turn it is.
    private let steps: [any BackgroundStep]
    private var turn = 0
    private var stepAt = 0.0

    init(
        database: any Database, filters: FilterHost, lineage: Lineage, clock: any WallClock, stop: StopFlag,
        health: PipelineHealth = PipelineHealth(), seed: UInt64, gate: CommitGate = CommitGate(),
        book: SolarBook? = nil, steps: [any BackgroundStep] = []
    ) {
        self.health = health
        self.gate = gate
        self.book = book
        self.steps = steps
        self.database = database
        self.filters = filters
        self.lineage = lineage
        self.clock = clock
        self.stop = stop
        backoff = Backoff(seed: seed)
        startedAt = clock.monotonicSeconds
    }

    func process(_ decoded: DecodedBatch) -> Result { gate.alone { processAlone(decoded) } }

    private func processAlone(_ decoded: DecodedBatch) -> Result {
        guard let last = retrying({ () throws(DependencyFault) in try self.database.lastCommitSeq() }) else {
            return .stopped
        }
        filters.refresh(from: database, nearest: decoded.nearest)
        requests.fill(from: decoded.batch, points: decoded.points, wantsMissingPoints: filters.readsHistory)
        guard
            let histories = retrying({ () throws(DependencyFault) in
                try self.database.histories(of: self.requests, asOf: nil)
            })
        else { return .stopped }
        guard let planner = makePlanner(decoded, histories, CommitSeq(rawValue: last.rawValue + 1)) else {
            return .stopped
        }
        guard let plan = makePlan(decoded, histories, planner, after: last) else { return .stopped }
        let result = commit(plan)
        if result == .committed {
            book?.didCommit(plan)
            record(plan, histories, decoded)
        } else {
            book?.removeAll()
        }
        return result
    }

    // MARK: Work beside batches

    /// Whether there is such work to do now.
    var hasStep: Bool { clock.monotonicSeconds >= stepAt && steps.contains { $0.isPending } }

    /// Takes one step, of each kind in turn. True when something was committed. After a fault the next step comes later: the
    /// stream goes on.
    func takeStep() -> Bool {
        guard clock.monotonicSeconds >= stepAt else { return false }
        do throws(DependencyFault) {
            for _ in steps.indices {
                let step = steps[turn % steps.count]
                turn += 1
                try step.look(isUrgent: false)
                guard step.isPending else { continue }
                guard let plan = try gate.alone({ () throws(DependencyFault) in try take(step) }) else { return false }
                record(plan)
                return true
            }
        } catch {
            let seconds = backoff.nextSeconds()
            log.error("\(error); what is done beside the stream goes on later", ["in_seconds": .real(seconds)])
            stepAt = clock.monotonicSeconds + seconds
        }
        return false
    }

    private func take(_ step: any BackgroundStep) throws(DependencyFault) -> CommitPlan? {
        let plan = try step.step()
        if let plan { book?.didCommitStep(plan) }
        return plan
    }

    /// Does all that can be done now: no more alerts come.
    /// - Parameter progress: called after each commit.
    func takeAllSteps(progress: () -> Void) {
        // What one kind does may be another's work.
        var isSettled = false
        while !isSettled, !stop.isRequested {
            isSettled = true
            for step in steps {
                guard retrying({ () throws(DependencyFault) in try step.look(isUrgent: true) }) != nil else { return }
                while step.isPending, !stop.isRequested {
                    let taken = retrying { () throws(DependencyFault) in
                        try self.gate.alone { () throws(DependencyFault) in try self.take(step) }
                    }
                    guard let found = taken else { return }
                    guard let plan = found else { continue }
                    isSettled = false
                    record(plan)
                    progress()
                }
            }
        }
    }

    private func record(_ plan: CommitPlan) {
        totals.add(plan, storedReads: 0, latency: nil, elapsed: clock.monotonicSeconds - startedAt)
        PipelineMetrics.record(plan, latency: nil)
    }

    // MARK: Planning

    /// Plans the batch; when it revises points or may move some, once more with what the database holds of them.
    /// Nil when told to stop.
    private func makePlanner(_ decoded: DecodedBatch, _ histories: Histories, _ first: CommitSeq) -> BatchPlanner? {
        var contents = Contents()
        while true {
            var planner = BatchPlanner(
                batch: decoded.batch, hashes: decoded.points, requests: requests, histories: histories,
                contents: contents, firstCommitSeq: first)
            planner.plan()
            let needs = planner.needs
            guard !needs.isEmpty else { return planner }
            guard
                let found = retrying({ () throws(DependencyFault) in try self.database.contents(of: needs) })
            else { return nil }
            let isElsewhere = found.places.values.contains { $0 != nil }
            guard !needs.objects.isEmpty || isElsewhere else { return planner }
            contents.merge(found)
        }
    }

    /// Nil when told to stop.
    private func makePlan(
        _ decoded: DecodedBatch, _ histories: Histories, _ planner: BatchPlanner, after last: CommitSeq
    ) -> CommitPlan? {
        let batch = decoded.batch
        var lineage = lineage
        lineage.schemaIDs = Array(Set(batch.writerSchemaIDs)).sorted()
        lineage.catalogues = decoded.nearest.map { "\($0.catalogue)@\($0.versionID)" }.sorted()
        lineage.orbitSet = decoded.orbitSet
        lineage.filterRegistryVersion = filters.registryVersion
        var plan = CommitPlan(
            batch: batch, firstCommitSeq: CommitSeq(rawValue: planner.firstCommitSeq), lineage: lineage,
            recordedAt: clock.now)
        plan.advances = decoded.advances
        plan.roundCount = planner.roundCount
        plan.outcomes = planner.outcomes
        plan.points = planner.points
        plan.removals = planner.removals
        plan.places = planner.keptPlaces
        plan.objects = planner.objects
        plan.nearest = decoded.nearest
        plan.deadLetters = decoded.deadLetters
        plan.retriedDeadLetters = decoded.retried
        guard associate(&plan, decoded, histories, after: last) else { return nil }
        guard runFilters(&plan, histories, planner.stale) else { return nil }
        plan.publications += plan.deadLetters.map { PublicationEncoder.publication(of: $0) }
        plan.counters = counters(of: plan)
        return plan
    }

    /// Puts the claims of the batch's alerts on their orbits; false when told to stop.
    private func associate(
        _ plan: inout CommitPlan, _ decoded: DecodedBatch, _ histories: Histories, after last: CommitSeq
    ) -> Bool {
        guard let candidates = decoded.solar, let book else { return true }
        let outcomes = plan.outcomes
        let isReady: Void? = retrying { () throws(DependencyFault) in
            try book.prepare(outcomes, histories, after: last)
        }
        guard isReady != nil else { return false }
        plan.solar = book.writes(of: candidates, outcomes, recordedAt: plan.recordedAt)
        return true
    }

    /// False when told to stop.
    private func runFilters(
        _ plan: inout CommitPlan, _ histories: Histories, _ stale: [BatchPlanner.StalePoint]
    ) -> Bool {
        guard filters.hasFilters else { return true }
        let withdrawals = Withdrawal.all(in: plan)
        guard let ledger = ledger(plan, withdrawals) else { return false }
        HistoryAssembly.addTriggers(to: plan.batch)
        if filters.readsHistory {
            HistoryAssembly(plan: plan, requests: requests, histories: histories, stale: stale).merge()
        }
        filters.run(&plan, ledger: ledger, withdrawals: withdrawals)
        return true
    }

    /// What stands published about revised and withdrawn alerts: one question, in batches that have some. Nil when told to stop.
    private func ledger(_ plan: CommitPlan, _ withdrawals: [Withdrawal]) -> PublicationLedger? {
        var alerts = Set(withdrawals.map(\.diaSourceId))
        for outcome in plan.outcomes where outcome.kind == .revised { alerts.insert(outcome.diaSourceId) }
        guard !alerts.isEmpty else { return PublicationLedger() }
        return retrying { () throws(DependencyFault) in
            PublicationLedger(
                watching: alerts, last: try self.database.lastPublications(of: alerts.sorted(), in: self.filters.topics),
                topics: try self.database.topics())
        }
    }

    private func counters(of plan: CommitPlan) -> [CounterDelta] {
        var counters = BatchCounters()
        counters.addOutcomes(plan.outcomes)
        for verdicts in plan.verdicts { counters.addVerdicts(verdicts, outcomes: plan.outcomes) }
        for matches in plan.nearest { counters.addMatches(matches, outcomes: plan.outcomes) }
        if let solar = plan.solar { counters.addSolar(solar.views, outcomes: plan.outcomes) }
        for one in plan.waiting {
            counters.add("filter/\(one.filter)/waiting", visit: plan.outcomes[Int(one.batchRow)].visit)
        }
        for publication in plan.publications {
            let row = Int(publication.batchRow)
            let visit = row < 0 ? VisitID(rawValue: 0) : plan.outcomes[row].visit
            counters.add("published/\(publication.topic)", visit: visit)
            if let filter = filters.name(publishingTo: publication.topic) {
                counters.add("filter/\(filter)/\(publication.kind == .retraction ? "retracted" : "published")", visit: visit)
            }
        }
        let nowhere = VisitID(rawValue: 0)
        counters.add("received", visit: nowhere, Int64(plan.deadLetters.count))
        counters.add("retried", visit: nowhere, Int64(plan.retriedDeadLetters.count))
        counters.add("dead_lettered", visit: nowhere, Int64(plan.deadLetters.count))
        for letter in plan.deadLetters { counters.add("dead_lettered/\(letter.fault.reason.rawValue)", visit: nowhere) }
        return counters.deltas
    }

    // MARK: Writing

    /// Commits; after a fault it asks the database what became of the write before it tries again.
    private func commit(_ plan: CommitPlan) -> Result {
        while true {
            do throws(DependencyFault) {
                switch try database.commit(plan) {
                case .committed:
                    succeeded()
                    return .committed
                case .stale(let partition, let stored):
                    if try isCommitted(plan) {
                        succeeded()
                        return .committed
                    }
                    log.warning(
                        "the offsets moved under this batch; reading again",
                        ["topic": "\(partition?.topic ?? "")", "stored_next": "\(stored.map(String.init) ?? "none")"])
                    return .stale
                }
            } catch {
                guard wait(after: error) else { return .stopped }
            }
        }
    }

    /// Whether an earlier try of this very plan was written although its answer was lost.
    private func isCommitted(_ plan: CommitPlan) throws(DependencyFault) -> Bool {
        guard try database.lastCommitSeq() == plan.lastCommitSeq, !plan.advances.isEmpty else { return false }
        for advance in plan.advances where try database.nextOffset(of: advance.partition) != advance.newNext {
            return false
        }
        return true
    }

    private func retrying<T>(_ body: () throws(DependencyFault) -> T) -> T? {
        while true {
            do throws(DependencyFault) {
                let value = try body()
                succeeded()
                return value
            } catch {
                guard wait(after: error) else { return nil }
            }
        }
    }

    private func succeeded() {
        backoff.succeeded()
        health.set(.commit, nil)
    }

    /// Waits before the next try; false when told to stop meanwhile.
    private func wait(after fault: DependencyFault) -> Bool {
        health.set(.commit, fault)
        let seconds = backoff.nextSeconds()
        log.error("\(fault); trying again", ["in_seconds": .real(seconds)])
        return stop.sleep(seconds: seconds, by: clock)
    }

    // MARK: Figures

    private func record(_ plan: CommitPlan, _ histories: Histories, _ decoded: DecodedBatch) {
        let produced = plan.batch.origins.lazy.map(\.producedAtUnixSeconds).filter { $0 > 0 }.min()
        let latency = produced.map { clock.unixSeconds - $0 }
        totals.add(
            plan, storedReads: histories.storedReads, latency: latency,
            elapsed: clock.monotonicSeconds - startedAt)
        PipelineMetrics.record(plan, latency: latency)
    }
}
