import Core

/// Who holds which orbit in each visit, as far as alerts have come: every detection claims each orbit near it, and the claim of
/// the nearest holds (`SolarClaim.precedes`). A value without I/O; what was evicted is loaded again from what is stored.
struct VisitClaims {
    /// An orbit near a detection.
    struct Candidate: Equatable {
        let ssObjectId: SSObjectID
        let separationArcsec: Double
    }

    /// How a detection stands among the others of its visit.
    struct Standing: Equatable {
        /// The nearest orbit.
        let ssObjectId: SSObjectID
        /// Place of the detection among those that claim it, 1 for the nearest.
        let rank: Int
        /// Nearest to each other, and near enough.
        let isMatched: Bool

        /// Whom the detection is attributed to; none for nobody.
        var attribution: SSObjectID { isMatched ? ssObjectId : SSObjectID(rawValue: 0) }
    }

    private struct Claim {
        let separationArcsec: Double
        let diaSourceId: DiaSourceID

        func precedes(_ other: Claim) -> Bool {
            (separationArcsec, diaSourceId) < (other.separationArcsec, other.diaSourceId)
        }
    }

    private struct Visit {
        var record: SolarVisit
        /// With candidates, nearest first, and when they were seen.
        var detections: [DiaSourceID: (candidates: [Candidate], midpoint: MJD)] = [:]
        /// Those that claim an orbit, nearest first.
        var claims: [SSObjectID: [Claim]] = [:]
        /// Whom each was attributed to when it came; nil where some came before the visit was loaded.
        var arrivals: [DiaSourceID: SSObjectID]?
        var touched = 0
    }

    private var visits: [VisitID: Visit] = [:]
    private var touches = 0
    private let limit: Int

    /// - Parameter limit: visits that are kept when they are not in use.
    init(limit: Int = 64) { self.limit = limit }

    var count: Int { visits.count }
    func holds(_ visit: VisitID) -> Bool { visits[visit] != nil }
    func record(_ visit: VisitID) -> SolarVisit? { visits[visit]?.record }

    mutating func removeAll() { visits.removeAll(keepingCapacity: true) }
    mutating func remove(_ visit: VisitID) { visits[visit] = nil }

    // MARK: Loading

    /// Takes a visit as stored; without a record it is one of which no alert has come.
    mutating func load(_ visit: VisitID, record: SolarVisit?, sources: SolarSources) {
        let empty = SolarVisit(visit: visit, isOpen: true, lastAlertAt: MJD(0), alerts: 0, unknown: 0)
        visits[visit] = Visit(record: record ?? empty, arrivals: record == nil ? [:] : nil)
        let columns = SolarCandidateColumns(sources.table)
        for source in sources.sources where source.visit == visit {
            put(source.diaSourceId, source.rows.map { Candidate($0, columns) }, at: source.midpoint, in: visit)
        }
        touch(visit)
    }

    /// Lets the least recently touched visits go that are beyond the limit.
    mutating func evict(keeping kept: Set<VisitID> = []) {
        guard visits.count > limit else { return }
        let others = visits.values.filter { !kept.contains($0.record.visit) }
            .sorted { ($0.touched, $0.record.visit) < ($1.touched, $1.record.visit) }
        for one in others.prefix(visits.count - limit) { visits[one.record.visit] = nil }
    }

    // MARK: Alerts

    /// Whether the detection is held with candidates.
    func hasCandidates(_ id: DiaSourceID, in visit: VisitID) -> Bool { visits[visit]?.detections[id] != nil }

    /// Whether a detection claims an orbit.
    func claims(_ orbit: SSObjectID, _ id: DiaSourceID, in visit: VisitID) -> Bool {
        visits[visit]?.detections[id]?.candidates.contains { $0.ssObjectId == orbit } ?? false
    }

    /// The nearest detection that claims an orbit.
    func holder(of orbit: SSObjectID, in visit: VisitID) -> DiaSourceID? {
        visits[visit]?.claims[orbit]?.first?.diaSourceId
    }

    /// Notes the claims of a detection in place of those it made before.
    /// - Returns: claims that it makes no more.
    @discardableResult
    mutating func put(
        _ id: DiaSourceID, _ candidates: [Candidate], at midpoint: MJD, in visit: VisitID
    ) -> [SolarClaim] {
        // Most alerts have no orbit near them and never had.
        if candidates.isEmpty, visits[visit]?.detections[id] == nil { return [] }
        // Most alerts have no orbit near them.
        if candidates.isEmpty, holds(visit), !hasCandidates(id, in: visit) { return [] }
        guard var held = visits.removeValue(forKey: visit) else { preconditionFailure("visit \(visit) is not held") }
        defer { visits[visit] = held }
        let before = held.detections.removeValue(forKey: id)
        for one in before?.candidates ?? [] {
            let kept = (held.claims[one.ssObjectId] ?? []).filter { $0.diaSourceId != id }
            held.claims[one.ssObjectId] = kept.isEmpty ? nil : kept
        }
        for one in candidates {
            let claim = Claim(separationArcsec: one.separationArcsec, diaSourceId: id)
            var claims = held.claims[one.ssObjectId] ?? []
            claims.insert(claim, at: claims.firstIndex { claim.precedes($0) } ?? claims.endIndex)
            held.claims[one.ssObjectId] = claims
        }
        if !candidates.isEmpty { held.detections[id] = (candidates, midpoint) }
        guard let before else { return [] }
        return before.candidates.filter { old in !candidates.contains { $0.ssObjectId == old.ssObjectId } }.map {
            SolarClaim(
                ssObjectId: $0.ssObjectId, visit: visit, diaSourceId: id, separationArcsec: $0.separationArcsec,
                midpoint: before.midpoint)
        }
    }

    /// How a detection stands now; nil without an orbit near it.
    func standing(_ id: DiaSourceID, in visit: VisitID) -> Standing? {
        guard let held = visits[visit], let nearest = held.detections[id]?.candidates.first,
            let place = held.claims[nearest.ssObjectId]?.firstIndex(where: { $0.diaSourceId == id })
        else { return nil }
        return Standing(
            ssObjectId: nearest.ssObjectId, rank: place + 1,
            isMatched: place == 0 && nearest.separationArcsec <= SolarClaim.mostArcsec)
    }

    /// Changes what is kept of a visit itself; it is now the one touched last.
    mutating func update(_ visit: VisitID, _ change: (inout SolarVisit) -> Void) {
        guard var record = visits[visit]?.record else { preconditionFailure("visit \(visit) is not held") }
        change(&record)
        visits[visit]?.record = record
        touch(visit)
    }

    private mutating func touch(_ visit: VisitID) {
        touches += 1
        visits[visit]?.touched = touches
    }

    // MARK: What became of them

    /// Notes how a detection stood when it came.
    mutating func noteArrival(of id: DiaSourceID, in visit: VisitID) {
        guard let attribution = standing(id, in: visit)?.attribution else {
            if visits[visit]?.arrivals?[id] != nil { visits[visit]?.arrivals?[id] = nil }
            return
        }
        visits[visit]?.arrivals?[id] = attribution
    }

    /// The detections that stand otherwise than when they came, ascending; nil where some came before the visit was loaded.
    func changed(in visit: VisitID) -> [DiaSourceID]? {
        guard let arrivals = visits[visit]?.arrivals else { return nil }
        return arrivals.filter { standing($0.key, in: visit)?.attribution != $0.value }.map(\.key).sorted()
    }
}

extension VisitClaims.Candidate {
    init(_ row: Int, _ columns: SolarCandidateColumns) {
        self.init(ssObjectId: columns.orbit(row), separationArcsec: columns.separationArcsec(row))
    }
}
