import Core
import Glibc
import Pipeline
import SolarSystem
import Storage

/// When a night has ended, harvests the orbits that its alerts brought, so that they serve the next night, and publishes what
/// follows for the bodies that were seen in it.
///
/// `DIR/orbits/harvested` holds the last night that is done. A harvest reads; the pipeline takes the new set between batches.
final class OrbitRoll: @unchecked Sendable {
    private let database: EmbeddedDatabase
    private let orbits: OrbitSetInUse
    private let gate: CommitGate
    private let published: () -> Void
    private let clock: any WallClock
    private let stopping = StopFlag()
    private var thread: NamedThread?
    private let log = Log("orbits")

    /// How often it is asked whether the night has ended.
    static let pollSeconds = 60.0
    private static let firstNight = Night(dayObs: 1900_01_01)

    /// Nights before are not published any more.
    private static let nightsPublished = 3.0

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
                next = clock.monotonicSeconds + OrbitRoll.pollSeconds
                harvestEndedNights()
            }
            clock.sleep(seconds: 0.2)
        }
    }

    private func harvestEndedNights() {
        let tonight = Night(clock.now)
        let last = Night(MJD(tonight.start.days - 0.5))
        let done = harvestedNight
        guard done < last else { return }
        do {
            let report = try Operations.harvest(database, orbits, nights: done.next...last)
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
            try publishBodies(after: done, last)
            if !stopping.isRequested { try note(last) }
        } catch {
            log.error("the harvest of orbits failed; trying again in a minute", ["detail": .text("\(error)")])
        }
    }

    private func publishBodies(after done: Night, _ last: Night) throws {
        var night = max(done.next, Night(MJD(last.start.days + 0.5 - (OrbitRoll.nightsPublished - 1))))
        while night <= last, !stopping.isRequested {
            let (bodies, records) = try Operations.publishBodies(night, database, orbits, gate, stop: stopping)
            if records > 0 {
                published()
                log.info("bodies of a night published", ["night": "\(night)", "bodies": "\(bodies)", "records": "\(records)"])
            }
            night = night.next
        }
    }

    // MARK: What is done

    private var markPath: String { orbits.store.path + "/harvested" }

    private var harvestedNight: Night {
        let text = TextFile.read(markPath)?.prefix { $0 != "\n" } ?? ""
        return Int32(text).map { Night(dayObs: $0) } ?? OrbitRoll.firstNight
    }

    private func note(_ night: Night) throws(UserFault) {
        try DirectoryTree.make(orbits.store.path)
        let temporary = markPath + ".new"
        let file = try OutputFile(temporary)
        defer { file.close() }
        try file.write("\(night)\n")
        // A mark that is lost costs one more harvest, which changes nothing.
        rename(temporary, markPath)
    }
}

extension Night {
    /// The night after.
    var next: Night { Night(MJD(start.days + 1.5)) }
}
