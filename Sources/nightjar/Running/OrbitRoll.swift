import Core
import Pipeline
import SolarSystem
import Storage

/// When a night has ended and its visits are closed, harvests the orbits that its alerts brought, so that they serve the next
/// night, and publishes what follows for the bodies that were seen in it. Alerts that come later make the night due again.
///
/// `DIR/orbits/harvested` holds the marks. A harvest reads; the pipeline takes the new set between batches.
final class OrbitRoll: @unchecked Sendable {
    private let database: EmbeddedDatabase
    private let orbits: OrbitSetInUse
    private let gate: CommitGate
    private let published: () -> Void
    private let clock: any WallClock
    private let stopping = StopFlag()
    private var thread: NamedThread?
    private let log = Log("orbits")

    /// How often it is asked whether a night is due, and how long after a failure.
    private static let pollSeconds = 15.0
    private static let retrySeconds = 60.0
    private static let firstNight = Night(dayObs: 1900_01_01)
    /// Nights before are not published any more.
    private static let nightsPublished = 3.0
    /// A visit without an alert for so long holds its night up no more.
    private static let quietDays = 15.0 / 1440

    /// - Parameter published: told when something was published.
    init(
        database: EmbeddedDatabase, orbits: OrbitSetInUse, gate: CommitGate, clock: any WallClock = SystemClock(),
        published: @escaping () -> Void
    ) {
        self.database = database
        self.orbits = orbits
        self.gate = gate
        self.published = published
        self.clock = clock
        thread = NamedThread("nightjar-orbits") { self.loop() }
    }

    func stop() {
        stopping.request()
        thread?.join()
        thread = nil
    }

    private func loop() {
        var next = 0.0
        while !stopping.isRequested {
            if clock.monotonicSeconds >= next {
                do {
                    try look()
                    next = clock.monotonicSeconds + OrbitRoll.pollSeconds
                } catch {
                    log.error("the harvest of orbits failed; trying again in a minute", ["detail": .text("\(error)")])
                    next = clock.monotonicSeconds + OrbitRoll.retrySeconds
                }
            }
            clock.sleep(seconds: 0.2)
        }
    }

    private func look() throws {
        let last = Night(clock.now).earlier(by: 1)
        let recent = last.earlier(by: OrbitRoll.nightsPublished - 1)
        // Before the rest is read: what is committed meanwhile is for the next look.
        let upTo = try database.lastCommitSeq()
        var marks = NightMarks(TextFile.read(markPath) ?? "", newest: upTo)
        let busy = try busyNights()
        let found = try database.newestAlertCommits(from: OrbitRoll.firstNight, through: last).filter { !busy.contains($0.night) }
        let due = found.filter { marks.isHarvestDue($0.night, newest: $0.commitSeq, recent: recent) }.map(\.night)
        if !due.isEmpty {
            try harvest(due)
            for night in due { marks.noteHarvest(night, upTo: upTo) }
            try note(marks)
        }
        let unpublished = found.filter { $0.night >= recent && $0.commitSeq > marks.published($0.night) }.map(\.night)
        for night in try associated(unpublished, oldest: recent) {
            try publishBodies(night, since: marks.published(night))
            if stopping.isRequested { return }
            marks.notePublication(night, upTo: upTo)
            try note(marks)
        }
    }

    /// Nights of which alerts may be on their way.
    private func busyNights() throws(DependencyFault) -> Set<Night> {
        let since = MJD(clock.now.days - OrbitRoll.quietDays)
        return Set(try database.openSolarVisits().filter { $0.lastAlertAt > since }.map { Night(visit: $0.visit) })
    }

    /// Nights whose alerts were all looked up in a set; the oldest waits no longer for those that cannot be.
    private func associated(_ nights: [Night], oldest: Night) throws(DependencyFault) -> [Night] {
        guard !nights.isEmpty, orbits.current != nil else { return [] }
        let unknown = Set(try database.unknownSolarVisits(since: oldest).map { Night(visit: $0.visit) })
        return nights.filter { $0 == oldest || !unknown.contains($0) }
    }

    private func harvest(_ nights: [Night]) throws {
        let report = try Operations.harvest(database, orbits, nights: nights)
        if let published = report.published {
            log.info(
                "orbits of past nights harvested",
                ["bodies": "\(report.bodies)", "orbits": "\(published.orbits)", "version": .text(published.version)])
        }
        if report.bad > 0 {
            log.warning(
                "orbits of alerts cannot be used",
                ["records": "\(report.bad)", "first": .text(report.firstBad.first ?? "")])
        }
    }

    private func publishBodies(_ night: Night, since: CommitSeq) throws {
        let (bodies, records) = try Operations.publishBodies(night, database, orbits, gate, since: since, stop: stopping)
        guard records > 0 else { return }
        published()
        log.info("bodies of a night published", ["night": "\(night)", "bodies": "\(bodies)", "records": "\(records)"])
    }

    // MARK: What is done

    private var markPath: String { orbits.store.path + "/harvested" }

    private func note(_ marks: NightMarks) throws(DependencyFault) {
        try FileSystem.makeDirectories(orbits.store.path)
        try FileSystem.replace(markPath, with: Array(marks.text.utf8))
    }
}

extension Night {
    /// The night so many nights before.
    fileprivate func earlier(by nights: Double) -> Night { Night(MJD(start.days + 0.5 - nights)) }
}
