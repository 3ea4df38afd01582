import Core
import Sky
import SolarSystem

/// The orbits that are predicted near each alert of a batch, at the alert's own time. One a thread; its buffers are reused.
///
/// What it says of an alert hangs on the alert, its night and the orbit set alone, not on the batch that it came in.
public final class SolarAssociation {
    private let host: NightlyHost
    /// Whether a night's index is waited for where it is not there yet.
    private let waits: Bool
    private var matchers: [(night: OrbitNight, matcher: VisitMatcher)] = []
    private var sources = SourceColumns(raDegrees: [], decDegrees: [], midpointMjdTai: [])
    /// Of each row of `sources`, the alert's row in the batch.
    private var rows: [Int32] = []
    private var found: [Found] = []

    private struct Found {
        let row: Int32
        let night: OrbitNight
        let match: OrbitMatch
    }

    private static let columns = PlaceColumns()
    private static let keptMatchers = 4

    private enum Attempt {
        case done(SolarCandidates)
        /// The nights are of different sets: a newer one took over between them.
        case again
        case stopped
    }

    public init(host: NightlyHost, waits: Bool) {
        self.host = host
        self.waits = waits
    }

    /// - Returns: one entry an alert in `ranges` and `packetBodies`; a range of nil where nobody could look.
    public func associate(_ batch: AlertBatch) -> SolarCandidates {
        while true {
            if let candidates = associate(batch, isStopped: { false }) { return candidates }
        }
    }

    /// Nil when told to stop before an index that is waited for was ready: nothing is known then, not even that it is unknown.
    func associate(_ batch: AlertBatch, isStopped: () -> Bool) -> SolarCandidates? {
        while true {
            switch attempt(batch, isStopped) {
            case .done(let candidates): return candidates
            case .again: continue
            case .stopped: return nil
            }
        }
    }

    private func attempt(_ batch: AlertBatch, _ isStopped: () -> Bool) -> Attempt {
        found.removeAll(keepingCapacity: true)
        var ranges = [Range<Int32>?](repeating: nil, count: batch.count)
        var set: OrbitSet?
        for ordinal in nights(of: batch) {
            let night = host.nightsOfSite.night(ordinal: ordinal)
            let ready = waits ? host.wait(night, isStopped: isStopped) : host.find(night)
            guard let one = ready else {
                if waits, isStopped() { return .stopped }
                continue
            }
            if let set, set !== one.set { return .again }
            set = one.set
            match(batch, ordinal, one, &ranges)
        }
        var candidates = SolarCandidates(
            orbitSet: set?.versionID ?? "",
            table: ColumnTable(schema: Tables.ssoCandidate, capacity: max(8, found.count)))
        // Of several nights, each in order of alerts.
        found.sort { ($0.row, $0.match.orbitRank) < ($1.row, $1.match.orbitRank) }
        for one in found { append(one, batch, candidates.table, &ranges) }
        candidates.ranges = ranges
        let names = set ?? host.currentSet
        candidates.packetBodies = PacketBodies(batch, names).ids
        // What was read of it may be zeros: nothing is known, as without any set.
        if let names, names.isDamaged { return .done(unknown(batch)) }
        return .done(candidates)
    }

    private func unknown(_ batch: AlertBatch) -> SolarCandidates {
        var candidates = SolarCandidates(orbitSet: "")
        candidates.ranges = [Range<Int32>?](repeating: nil, count: batch.count)
        candidates.packetBodies = PacketBodies(batch, nil).ids
        return candidates
    }

    /// The nights of a batch by number, ascending: mostly one.
    private func nights(of batch: AlertBatch) -> [Double] {
        let times = batch.source.columns[Self.columns.midpoint].buffer(as: Double.self)
        var nights: [Double] = []
        var last: Double = .nan
        for time in times where time.isFinite {
            let ordinal = host.nightsOfSite.ordinal(of: time)
            if ordinal != last, !nights.contains(ordinal) { nights.append(ordinal) }
            last = ordinal
        }
        return nights.sorted()
    }

    private func match(_ batch: AlertBatch, _ ordinal: Double, _ night: OrbitNight, _ ranges: inout [Range<Int32>?]) {
        load(batch, ordinal)
        let result = matcher(night).match(sources)
        for row in rows { ranges[Int(row)] = 0..<0 }
        for source in result.unknownSources { ranges[Int(rows[source])] = nil }
        for match in result.matches { found.append(Found(row: rows[match.source], night: night, match: match)) }
    }

    private func append(_ one: Found, _ batch: AlertBatch, _ table: ColumnTable, _ ranges: inout [Range<Int32>?]) {
        let row = Int(one.row)
        let columns = batch.source.columns
        let place = SkyPosition(
            raDegrees: columns[Self.columns.ra].double(row) ?? .nan,
            decDegrees: columns[Self.columns.dec].double(row) ?? .nan)
        let before = Int32(table.rowCount)
        SSSourceRow.append(
            one.match, diaSourceId: DiaSourceID(rawValue: columns[Self.columns.id].int64(row) ?? 0), observed: place,
            set: one.night.set, to: table)
        let start = ranges[row].map { $0.isEmpty ? before : $0.lowerBound } ?? before
        ranges[row] = start..<before + 1
    }

    /// The alerts of one night as columns.
    private func load(_ batch: AlertBatch, _ ordinal: Double) {
        let columns = batch.source.columns
        rows.removeAll(keepingCapacity: true)
        sources.removeAll()
        let time = columns[Self.columns.midpoint].buffer(as: Double.self)
        let ra = columns[Self.columns.ra].buffer(as: Double.self)
        let dec = columns[Self.columns.dec].buffer(as: Double.self)
        let visit = columns[Self.columns.visit].buffer(as: Int64.self)
        let raErr = columns[Self.columns.raErr].buffer(as: Float.self)
        let decErr = columns[Self.columns.decErr].buffer(as: Float.self)
        for row in 0..<batch.count where host.nightsOfSite.ordinal(of: time[row]) == ordinal {
            rows.append(Int32(row))
            sources.raDegrees.append(ra[row])
            sources.decDegrees.append(dec[row])
            sources.midpointMjdTai.append(time[row])
            sources.visit.append(visit[row])
            sources.errorArcsec.append(Self.errorArcsec(raErr[row], decErr[row]))
        }
    }

    /// The error of the place along one axis, from both axes in degrees or the one that is given; 0 and NaN are none.
    private static func errorArcsec(_ ra: Float, _ dec: Float) -> Double {
        let (a, b) = (ra > 0 && ra.isFinite, dec > 0 && dec.isFinite)
        guard a || b else { return SourceColumns.usualErrorArcsec }
        let square: Double = (a ? Double(ra) * Double(ra) : 0) + (b ? Double(dec) * Double(dec) : 0)
        return (a && b ? square / 2 : square).squareRoot() * 3600
    }

    private func matcher(_ night: OrbitNight) -> VisitMatcher {
        if let place = matchers.firstIndex(where: { $0.night === night }) { return matchers[place].matcher }
        // An index that was given up must not live on here.
        matchers.removeAll { $0.night.set !== night.set }
        if matchers.count >= Self.keptMatchers { matchers.removeFirst() }
        let matcher = VisitMatcher(index: night.index, errors: night.errors)
        matchers.append((night, matcher))
        return matcher
    }
}

/// Where a detection's place, time and errors are among the columns of `Tables.diaSource`.
private struct PlaceColumns {
    let id = Tables.diaSource.require("diaSourceId")
    let visit = Tables.diaSource.require("visit")
    let midpoint = Tables.diaSource.require("midpointMjdTai")
    let ra = Tables.diaSource.require("ra")
    let dec = Tables.diaSource.require("dec")
    let raErr = Tables.diaSource.require("raErr")
    let decErr = Tables.diaSource.require("decErr")
}
