import Avro
import Core
import Crossmatch
import FilterEngine
import SolarSystem
import Synchronization

/// The life of an alert, end to end: a reader thread decodes and matches, this thread plans, filters and commits.
///
/// At most `batchesAhead` batches wait between the two, so that what is in flight is bounded and the source is slowed
/// down when the database is.
public final class PipelineRunner: @unchecked Sendable {
    private let decode: DecodeStage
    private let annotate: AnnotateStage
    private let commit: CommitStage
    private let database: any Database
    private let options: PipelineOptions
    private let stop: StopFlag
    private let ready: BoundedQueue<BatchBox>
    private let free: BoundedQueue<BatchBox>
    private let batchCount: Int
    private let generation = Atomic<Int>(0)
    private let committed = Mutex<[[PartitionAdvance]]>([])
    private let log = Log("pipeline")

    /// How often a source hears of us while commits take long.
    static let keepAliveSeconds = 1.0
    /// Batches that are committed between two steps with verdicts that waited, while batches come.
    static let batchesPerStep = 8

    public struct Parts {
        public var source: any AlertSource
        public var schemas: any SchemaProvider
        public var database: any Database
        public var catalogues: CatalogueSet?
        public var orbits: NightlyHost?
        public var filters: FilterHost
        public var clock: any WallClock
        public var stop: StopFlag
        public var health: PipelineHealth
        /// Shared with whoever else commits in this process.
        public var gate: CommitGate

        public init(
            source: any AlertSource, schemas: any SchemaProvider, database: any Database, catalogues: CatalogueSet?,
            orbits: NightlyHost? = nil, filters: FilterHost, clock: any WallClock = SystemClock(), stop: StopFlag = StopFlag(),
            health: PipelineHealth = PipelineHealth(), gate: CommitGate = CommitGate()
        ) {
            self.source = source
            self.schemas = schemas
            self.database = database
            self.catalogues = catalogues
            self.orbits = orbits
            self.filters = filters
            self.clock = clock
            self.stop = stop
            self.health = health
            self.gate = gate
        }
    }

    public init(_ parts: Parts, options: PipelineOptions = PipelineOptions()) {
        database = parts.database
        self.options = options
        stop = parts.stop
        let database = parts.database
        decode = DecodeStage(
            source: parts.source, schemas: parts.schemas, options: options, clock: parts.clock, stop: parts.stop,
            health: parts.health, storedNext: { (partition) throws(DependencyFault) in try database.nextOffset(of: partition) })
        let solar = parts.orbits.map { SolarAssociation(host: $0, waits: options.waitsForNightlyIndex) }
        annotate = AnnotateStage(
            catalogues: parts.catalogues, solar: solar, radiusArcsec: options.radiusArcsec, clock: parts.clock,
            stop: parts.stop)
        let lineage = Lineage(software: Software.version)
        let clock = parts.clock
        let book = parts.orbits.map { _ in SolarBook(database: database) }
        let steps = options.reevaluates ? PipelineRunner.steps(parts, options, book) : []
        commit = CommitStage(
            database: parts.database, filters: parts.filters, lineage: lineage, clock: clock, stop: parts.stop,
            health: parts.health, seed: options.seed, gate: parts.gate, book: book, steps: steps)
        batchCount = options.batchesAhead + 2
        // Room for all: the reader waits for a free batch only, where it keeps the source alive.
        ready = BoundedQueue(capacity: batchCount)
        free = BoundedQueue(capacity: batchCount)
        for _ in 0..<batchCount { free.push(BatchBox(batch: DecodedBatch(capacity: min(options.batchAlerts, 4096)))) }
    }

    /// The work beside batches: what waited for catalogues, visits that end, alerts that came before their orbits.
    private static func steps(
        _ parts: Parts, _ options: PipelineOptions, _ book: SolarBook?
    ) -> [any BackgroundStep] {
        let context = CommittedContext(
            database: parts.database, catalogues: parts.catalogues, host: parts.orbits, options: options,
            clock: parts.clock)
        var steps: [any BackgroundStep] = []
        if let host = parts.orbits {
            let gate = parts.gate
            steps.append(
                Reassociation(
                    context, host: host, waits: options.waitsForNightlyIndex, isReserved: { gate.isReserved($0) }))
            steps.append(
                VisitClosing(
                    context, book: book, secondsOpen: options.visitClosesAfterSeconds,
                    isReserved: { gate.isReserved($0) }))
        }
        if parts.catalogues != nil { steps.append(Reevaluation(context)) }
        return steps
    }

    /// Runs until the source ends or a stop is requested; what was read and not committed is read again next time.
    ///
    /// - Parameter progress: called after each commit, on this thread.
    /// - Throws: `UserFault` when a partition had to stop because too much of it cannot be read.
    @discardableResult
    public func run(progress: (PipelineTotals) -> Void = { _ in }) throws(UserFault) -> PipelineTotals {
        let reader = NamedThread("nightjar-read") { self.readLoop() }
        var fault: UserFault?
        var batchesSinceStep = 0
        loop: while true {
            switch ready.pop(timeoutSeconds: commit.hasStep ? 0 : PipelineRunner.keepAliveSeconds) {
            case .ended: break loop
            case .nothingYet: batchesSinceStep = PipelineRunner.batchesPerStep
            case .element(let box):
                if process(box, &fault) { progress(commit.totals) }
                batchesSinceStep += 1
            }
            // What waited for a catalogue must not hold up the stream, nor be held up by it for ever.
            guard batchesSinceStep >= PipelineRunner.batchesPerStep, fault == nil else { continue }
            batchesSinceStep = 0
            if commit.takeStep() { progress(commit.totals) }
        }
        reader.join()
        if let fault { throw fault }
        if !stop.isRequested { commit.takeAllSteps { progress(commit.totals) } }
        return commit.totals
    }

    /// True when the batch was committed.
    private func process(_ box: BatchBox, _ fault: inout UserFault?) -> Bool {
        defer { free.push(box) }
        guard box.batch.generation == generation.load(ordering: .acquiring), fault == nil else { return false }
        switch commit.process(box.batch) {
        case .committed:
            committed.withLock { $0.append(box.batch.advances) }
            if let reason = box.batch.stop {
                fault = reason
                stop.request()
            }
            return true
        case .stale: generation.add(1, ordering: .acquiringAndReleasing)
        case .stopped: stop.request()
        }
        return false
    }

    // MARK: The reader's thread

    private func readLoop() {
        var seen = 0
        defer { ready.close() }
        while !stop.isRequested, let box = nextFree() {
            let current = generation.load(ordering: .acquiring)
            if current != seen {
                guard rewind() else { return }
                seen = current
            }
            for advances in committed.withLock({ list in
                defer { list.removeAll() }; return list
            }) {
                decode.didCommit(advances)
            }
            box.batch.generation = seen
            switch decode.fill(box.batch) {
            case .batch:
                guard annotate.match(box.batch) else {
                    free.push(box)
                    return
                }
                ready.push(box)
            case .idle: free.push(box)
            case .ended:
                free.push(box)
                guard mustReadAgain(seen) else { return }
            case .stopped:
                free.push(box)
                return
            }
        }
    }

    /// At the end of the source: waits until all that is in flight is committed or thrown away. True when a stale commit
    /// threw some away, so that the source has not ended after all.
    private func mustReadAgain(_ seen: Int) -> Bool {
        var boxes: [BatchBox] = []
        while boxes.count < batchCount, let box = free.pop() { boxes.append(box) }
        for box in boxes { free.push(box) }
        return generation.load(ordering: .acquiring) != seen && !stop.isRequested
    }

    /// A batch to fill; while there is none, the source is told that we are still here.
    private func nextFree() -> BatchBox? {
        while !stop.isRequested {
            switch free.pop(timeoutSeconds: PipelineRunner.keepAliveSeconds) {
            case .element(let box): return box
            case .nothingYet: decode.keepAlive()
            case .ended: return nil
            }
        }
        return nil
    }

    /// After a stale commit: back to what the database holds.
    private func rewind() -> Bool {
        while !stop.isRequested {
            do throws(DependencyFault) {
                let offsets = try database.nextOffsets().map { (partition: $0.partition, next: Int64?.some($0.next)) }
                try decode.rewind(to: offsets)
                return true
            } catch {
                log.error("cannot go back to the stored offsets: \(error); trying again")
                SystemClock().sleep(seconds: 0.5)
            }
        }
        return false
    }
}
