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
        for row in alerts.outcomes.indices where !alerts.isOutdated[row] {
            counts[0].value += 1
            let fate = try fate(alerts, row)
            guard fate == .candidate else {
                counts[fate.rawValue].value += 1
                continue
            }
            candidates.detections.append(UnknownMovers.detection(alerts.batch.source, row))
            objects.append(alerts.outcomes[row].diaObjectId)
        }
        guard candidates.detections.count <= options.mostCandidates else {
            throw Problem(
                400, "too many candidates in night \(options.night)", detail: "more than \(options.mostCandidates)",
                hint: "ask for more reliable ones: min_reliability=0.9")
        }
    }

    private mutating func fate(_ alerts: CommittedAlerts, _ row: Int) throws -> Fate {
        let (batch, outcome) = (alerts.batch, alerts.outcomes[row])
        let visit = VisitID(rawValue: batch.source.column("visit").int64(row) ?? 0)
        let orbits = try orbits(of: visit)
        if orbits.near.contains(outcome.diaSourceId) { return .nearOrbit }
        let wasUnknown = alerts.sso.map { $0.string("status", row) == MatchStatus.unknown.rawValue } ?? true
        if wasUnknown, !orbits.isLearned.contains(outcome.diaSourceId) { return .unknown }
        if !outcome.ssObjectId.isNone || batch.packetSSO.isPresent(row) { return .named }
        if batch.object.isPresent(row), batch.object.column("nDiaSources").int32(row) ?? 0 > 1 { return .knownObject }
        return UnknownMovers.isSound(batch.source, row, options.leastReliability) ? .candidate : .unreliable
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

    /// A positive source that is neither withdrawn, nor a dipole, nor of a satellite, and reliable enough where that is known.
    private static func isSound(_ source: ColumnTable, _ row: Int, _ leastReliability: Double) -> Bool {
        guard source.column("timeWithdrawnMjdTai").time(row) == nil, source.column("psfFlux").number(row) ?? 0 > 0 else {
            return false
        }
        let flags = ["isNegative", "isDipole", "glint_trail"]
        guard flags.allSatisfy({ source.column($0).bool(row) != true }) else { return false }
        return source.column("reliability").number(row) ?? 1 >= leastReliability
    }

    private static func detection(_ source: ColumnTable, _ row: Int) -> MoverCandidates.Detection {
        let errors = ["raErr", "decErr"].map { (source.column($0).number(row) ?? 0) * 3600 }
        return MoverCandidates.Detection(
            id: DiaSourceID(rawValue: source.column("diaSourceId").int64(row) ?? 0),
            visit: VisitID(rawValue: source.column("visit").int64(row) ?? 0),
            midpoint: MJD(source.column("midpointMjdTai").double(row) ?? .nan),
            raDeg: source.column("ra").double(row) ?? .nan, decDeg: source.column("dec").double(row) ?? .nan,
            // Below this the calibration of the field counts.
            errorArcsec: max(0.02, errors.max() ?? 0),
            magnitude: Photometry.abMagnitude(fluxNanojansky: source.column("psfFlux").number(row) ?? .nan),
            band: source.string("band", row).flatMap { Band($0) })
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
