import Core
import Functions
import SolarSystem

/// The detections of a Solar System object: those that we attribute to it and those that the packets do, with our predictions.
///
/// We attribute a detection when of all claims on the orbit in its visit its own is the first, within 1″, and when of all orbits
/// near it this one is the nearest: the rule by which alerts are matched, applied to what is stored now.
struct BodyDetections {
    /// Ascending by time; there are no forced points.
    let curve: LightCurve
    /// Row by row beside `curve.detections`.
    let more: ColumnTable

    /// What stands after the detection's own columns.
    static let schema = TableSchema(
        name: "ssoPoint", description: "Who attributes a detection to a Solar System object, and what we predict of it.",
        columns: [
            ColumnSchema(
                id: 1, name: "association", type: .string, ucd: "meta.code", isNullable: false,
                description: "Who attributes the detection to the object: both, ours or packet."),
            ColumnSchema(
                id: 2, name: "provisional", type: .bool, ucd: "meta.code", isNullable: false,
                description: "Whether alerts of the visit may still come, one of them nearer to the prediction."),
            ColumnSchema(
                id: 3, name: "reducedMag", type: .float64, unit: "mag", ucd: "phot.mag;arith.factor",
                description: "AB magnitude of psfFlux at 1 au from Sun and observer, as it is at this phase angle."),
        ] + predicted.map { Tables.ssoCandidate.columns[Tables.ssoCandidate.require($0)] })

    /// Our prediction's columns that are shown.
    private static let predicted = [
        "phaseAngle", "elongation", "helioRange", "topoRange", "ephRa", "ephDec", "ephVmag", "ephRate", "ephRateRa",
        "ephRateDec", "ephOffset", "ephOffsetRa", "ephOffsetDec", "ephOffsetAlongTrack", "ephOffsetCrossTrack",
        "orbit_rank", "mahalanobis", "sigma_major_arcsec", "sigma_minor_arcsec", "sigma_pa_deg", "orbit_epoch_mjd_tt",
    ]

    /// - Parameter query: its subject is not looked at.
    init(_ body: SolarSystemBody, _ query: LightCurveQuery, _ database: any Database) throws(DependencyFault) {
        var said: [DiaSourceID: (LightCurve, Int)] = [:]
        let parts = try BodyDetections.ofPackets(body, query, database)
        for part in parts {
            for row in 0..<part.detections.rowCount { said[part.id(row)] = (part, row) }
        }
        let claims = try BodyDetections.claims(body, database)
        let missing = claims.filter { said[$0.diaSourceId] == nil }.map(\.diaSourceId)
        let others = missing.isEmpty ? LightCurve() : try database.detections(missing)
        var all = said.map { (id: $0.key, curve: $0.value.0, row: $0.value.1) }
        for row in 0..<others.detections.rowCount where others.isWanted(row, query) {
            all.append((others.id(row), others, row))
        }
        let times = { (one: (id: DiaSourceID, curve: LightCurve, row: Int)) in
            one.curve.detections.column("midpointMjdTai").double(one.row) ?? 0
        }
        all.sort { (times($0), $0.id) < (times($1), $1.id) }
        let standing = try Standing(
            body, claims, all.map { (VisitID(rawValue: $0.curve.detections.column("visit").int64($0.row) ?? 0), $0.id) },
            query.asOf, database)
        var merged = LightCurve()
        more = ColumnTable(schema: BodyDetections.schema)
        for one in all {
            let isPackets = said[one.id] != nil
            // Claimed, but nearer to another orbit.
            guard isPackets || standing.isOurs(one.id) else { continue }
            merged.detections.appendRow(one.row, of: one.curve.detections)
            merged.detectionsKnownFrom.append(one.curve.detectionsKnownFrom[one.row])
            standing.append(one.id, one.curve.detections, one.row, isPackets: isPackets, to: more)
        }
        curve = merged
    }

    /// What the packets attribute to any of the body's ids.
    private static func ofPackets(
        _ body: SolarSystemBody, _ query: LightCurveQuery, _ database: any Database
    ) throws(DependencyFault) -> [LightCurve] {
        var parts: [LightCurve] = []
        guard query.kind != .forced else { return [] }
        for id in body.ids where id.rawValue > 0 {
            var query = query
            query.subject = .ssObject(id)
            query.kind = .detection
            if let part = try database.lightCurve(query) { parts.append(part) }
        }
        return parts
    }

    /// The first claim on the body in each visit, whichever of its ids the orbit had then.
    private static func claims(_ body: SolarSystemBody, _ database: any Database) throws(DependencyFault) -> [SolarClaim] {
        var first: [VisitID: SolarClaim] = [:]
        for claim in try database.solarClaims(on: body.ids, start: nil, stop: nil) {
            if let known = first[claim.visit], !claim.precedes(known) { continue }
            first[claim.visit] = claim
        }
        return first.values.filter { $0.separationArcsec <= SolarClaim.mostArcsec }
    }
}

/// What is stored of some detections' orbits.
private struct Standing {
    private let sources: SolarSources
    /// Of each detection: its place among the sources, and the row of the body's own prediction.
    private var places: [DiaSourceID: (source: Int, row: Int?)] = [:]
    private var ours: Set<DiaSourceID> = []
    private let open: Set<VisitID>

    init(
        _ body: SolarSystemBody, _ claims: [SolarClaim], _ detections: [(visit: VisitID, diaSourceId: DiaSourceID)],
        _ asOf: CommitSeq?, _ database: any Database
    ) throws(DependencyFault) {
        sources = try database.solarSources(of: detections)
        open = Set(try database.openSolarVisits().map(\.visit))
        let cells = SolarCandidateColumns(sources.table)
        let ids = Set(body.ids)
        let first = Set(claims.map(\.diaSourceId))
        for (index, source) in sources.sources.enumerated() where asOf.map({ source.commitSeq <= $0 }) ?? true {
            let row = source.rows.first { ids.contains(cells.orbit($0)) }
            places[source.diaSourceId] = (index, row)
            if row != nil, row == source.rows.first, first.contains(source.diaSourceId) { ours.insert(source.diaSourceId) }
        }
    }

    func isOurs(_ id: DiaSourceID) -> Bool { ours.contains(id) }

    func append(_ id: DiaSourceID, _ detections: ColumnTable, _ row: Int, isPackets: Bool, to table: ColumnTable) {
        let association = isPackets ? (isOurs(id) ? "both" : "packet") : "ours"
        table.columns[0].append(table.arena.append(association))
        table.columns[1].append(open.contains(VisitID(rawValue: detections.column("visit").int64(row) ?? 0)))
        let predicted = places[id]?.row
        let distances = predicted.flatMap { predicted -> Double? in
            guard let r = sources.table.column("helioRange").number(predicted),
                let delta = sources.table.column("topoRange").number(predicted)
            else { return nil }
            return r * delta
        }
        let magnitude = Photometry.abMagnitude(fluxNanojansky: detections.column("psfFlux").number(row) ?? .nan)
        let reduced = BodyBrightness.reduced(magnitude, distances: distances)
        if let reduced { table.columns[2].append(reduced) } else { table.columns[2].appendMissing(.null) }
        for (place, column) in table.schema.columns.enumerated().dropFirst(3) {
            if let predicted {
                table.columns[place].append(cell: predicted, of: sources.table.column(column.name))
            } else {
                table.columns[place].appendMissing(.null)
            }
        }
        table.finishRow()
    }
}

extension LightCurve {
    fileprivate func id(_ row: Int) -> DiaSourceID {
        DiaSourceID(rawValue: detections.column("diaSourceId").int64(row) ?? 0)
    }

    /// Whether a detection that was read by its id is among those that a query asks for.
    fileprivate func isWanted(_ row: Int, _ query: LightCurveQuery) -> Bool {
        let time = detections.column("midpointMjdTai").double(row) ?? .nan
        if let start = query.start, !(time >= start.days) { return false }
        if let stop = query.stop, !(time < stop.days) { return false }
        if let band = query.band, detections.string("band", row) != band.description { return false }
        if let asOf = query.asOf, detectionsKnownFrom[row] > asOf { return false }
        return query.kind != .forced
    }
}
