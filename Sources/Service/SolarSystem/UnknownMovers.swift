import Core
import Functions
import Glibc
import SolarSystem

/// Searches a night's alerts for bodies without an orbit: detections that are near no known orbit, of which the packet names no
/// body, whose object was not there before, and that move together with one of another visit.
///
/// Alerts that nobody could look orbits up for are counted and left out: what they are is not known.
struct UnknownMovers {
    struct Options {
        var night: Night
        var leastReliability = 0.5
        var limits = MoverLimits()
        /// More candidates than this are refused.
        var mostCandidates = 300_000
    }

    /// What became of the night's alerts, in order of the questions that were asked of each.
    private(set) var counts: [(name: String, value: Int)] = [
        ("alerts", 0), ("unknown", 0), ("near_known_orbit", 0), ("named_by_packet", 0), ("known_object", 0),
        ("unreliable", 0), ("stationary", 0), ("candidates", 0),
    ]
    private(set) var candidates = MoverCandidates()
    private(set) var pairs: [MovingPair] = []
    private(set) var isTruncated = false

    private let options: Options
    private let database: any Database
    /// Of each candidate.
    private var objects: [DiaObjectID] = []
    private var visits: [VisitID: VisitOrbits] = [:]

    private enum Fate: Int {
        case unknown = 1, nearOrbit, named, knownObject, unreliable, stationary, candidate
    }

    /// Detections of a visit that have a record of their own: near orbits, or associated anew.
    private struct VisitOrbits {
        var near: Set<DiaSourceID> = []
        var isLearned: Set<DiaSourceID> = []
    }

    init(_ options: Options, _ database: any Database) throws {
        self.options = options
        self.database = database
        var write = CommitSeq(rawValue: 0)
        while let alerts = try database.committedAlerts(night: options.night, after: write) {
            try take(alerts)
            write = alerts.write
        }
        try findPairs()
        counts[Fate.candidate.rawValue].value = candidates.detections.count - counts[Fate.stationary.rawValue].value
    }

    // MARK: Candidates

    private mutating func take(_ alerts: CommittedAlerts) throws {
        let cells = AlertCells(alerts)
        for row in alerts.outcomes.indices where !alerts.isOutdated[row] {
            counts[0].value += 1
            let fate = try fate(alerts.outcomes[row], cells, row)
            guard fate == .candidate else {
                counts[fate.rawValue].value += 1
                continue
            }
            candidates.detections.append(cells.detection(row, alerts.outcomes[row].visit))
            objects.append(alerts.outcomes[row].diaObjectId)
        }
        guard candidates.detections.count <= options.mostCandidates else {
            throw Problem(
                400, "too many candidates in night \(options.night)", detail: "more than \(options.mostCandidates)",
                hint: "ask for more reliable ones: min_reliability=0.9")
        }
    }

    private mutating func fate(_ outcome: AlertOutcome, _ cells: AlertCells, _ row: Int) throws -> Fate {
        let orbits = try orbits(of: outcome.visit)
        if orbits.near.contains(outcome.diaSourceId) { return .nearOrbit }
        if cells.wasUnknown(row), !orbits.isLearned.contains(outcome.diaSourceId) { return .unknown }
        if !outcome.ssObjectId.isNone || cells.isNamed(row) { return .named }
        if cells.hadDetections(row) { return .knownObject }
        return cells.isSound(row, options.leastReliability) ? .candidate : .unreliable
    }

    private mutating func orbits(of visit: VisitID) throws -> VisitOrbits {
        if let known = visits[visit] { return known }
        var found = VisitOrbits()
        for source in try database.solarSources(of: visit).sources {
            if source.rows.isEmpty {
                found.isLearned.insert(source.diaSourceId)
            } else {
                found.near.insert(source.diaSourceId)
            }
        }
        visits[visit] = found
        return found
    }

    // MARK: Pairs

    private mutating func findPairs() throws {
        let found = candidates.pairs(options.limits)
        isTruncated = found.isTruncated
        var still = found.still
        // Of an object that has more detections by now the first alert did not know.
        for index in Set(found.possible.flatMap { [$0.first, $0.second] }).subtracting(still) {
            guard !objects[index].isNone, let object = try database.object(objects[index]) else { continue }
            if object.record.detectionCount > 1 { still.insert(index) }
        }
        counts[Fate.stationary.rawValue].value = still.count
        let possible = found.possible.filter { !still.contains($0.first) && !still.contains($0.second) }
        pairs = MoverCandidates.chosen(possible)
    }
}

/// The cells of committed alerts that decide what each is.
private struct AlertCells {
    private let source: ColumnTable
    private let packetSSO: ColumnTable
    private let object: ColumnTable
    private let status: (column: Column, arena: ByteArena)?
    private let detections: Column
    private let withdrawn: Column
    private let flux: Column
    private let flags: [Column]
    private let reliability: Column
    private let place: (ra: Column, dec: Column, midpoint: Column)
    private let errors: [Column]

    init(_ alerts: CommittedAlerts) {
        source = alerts.batch.source
        packetSSO = alerts.batch.packetSSO
        object = alerts.batch.object
        status = alerts.sso.map { ($0.column("status"), $0.arena) }
        detections = object.column("nDiaSources")
        withdrawn = source.column("timeWithdrawnMjdTai")
        flux = source.column("psfFlux")
        flags = ["isNegative", "isDipole", "glint_trail"].map { [source] in source.column($0) }
        reliability = source.column("reliability")
        place = (source.column("ra"), source.column("dec"), source.column("midpointMjdTai"))
        errors = ["raErr", "decErr"].map { [source] in source.column($0) }
    }

    private static let unknown = Array(MatchStatus.unknown.rawValue.utf8)

    /// Whether nobody could look for orbits when the alert was committed.
    func wasUnknown(_ row: Int) -> Bool {
        guard let status, let text = status.column.reference(row) else { return true }
        return status.arena.bytes(text).elementsEqual(AlertCells.unknown)
    }

    func isNamed(_ row: Int) -> Bool { packetSSO.isPresent(row) }

    func hadDetections(_ row: Int) -> Bool { object.isPresent(row) && detections.int32(row) ?? 0 > 1 }

    /// A positive source with a place, neither withdrawn, nor a dipole, nor of a satellite, reliable enough where that is known.
    func isSound(_ row: Int, _ leastReliability: Double) -> Bool {
        guard withdrawn.time(row) == nil, flux.number(row) ?? 0 > 0 else { return false }
        let coordinates = [place.ra, place.dec, place.midpoint].map { $0.number(row) ?? .nan }
        guard coordinates.allSatisfy(\.isFinite), flags.allSatisfy({ $0.bool(row) != true }) else { return false }
        return reliability.number(row) ?? 1 >= leastReliability
    }

    func detection(_ row: Int, _ visit: VisitID) -> MoverCandidates.Detection {
        let error = errors.compactMap { $0.number(row) }.max() ?? 0
        return MoverCandidates.Detection(
            id: DiaSourceID(rawValue: source.column("diaSourceId").int64(row) ?? 0), visit: visit,
            midpoint: MJD(place.midpoint.double(row) ?? .nan), raDeg: place.ra.double(row) ?? .nan,
            decDeg: place.dec.double(row) ?? .nan,
            // Below this the calibration of the field counts.
            errorArcsec: max(0.02, error * 3600),
            magnitude: Photometry.abMagnitude(fluxNanojansky: flux.number(row) ?? .nan),
            band: source.string("band", row).flatMap { Band($0) })
    }
}
