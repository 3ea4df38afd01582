import Core

/// Whom an alert is attributed to now: the rule by which alerts are matched, applied to the claims that are stored.
struct AlertStanding {
    let status: MatchStatus
    /// None unless matched.
    let ssObjectId: SSObjectID
    let designation: String?
    /// Place of the detection among those near its nearest orbit; nil without an orbit.
    let rank: Int?
    let isProvisional: Bool
    /// Version of the orbit set that was asked; empty where none was.
    let orbitSet: String

    init(_ id: DiaSourceID, _ alert: AnnotatedAlert, _ database: any Database) throws(DependencyFault) {
        let wasUnknown = alert.sso.map { $0.rowCount == 0 || $0.string("status", 0) == MatchStatus.unknown.rawValue } ?? true
        let source = alert.solar.sources.first
        orbitSet = source?.orbitSet ?? (wasUnknown ? "" : alert.lineage?.orbitSet ?? "")
        guard let source, let nearest = source.rows.first else {
            status = source == nil && wasUnknown ? .unknown : .unmatched
            (ssObjectId, designation, rank, isProvisional) = (SSObjectID(rawValue: 0), nil, nil, false)
            return
        }
        let orbit = SolarCandidateColumns(alert.solar.table).orbit(nearest)
        let claims = try database.solarClaims(
            on: [orbit], start: source.visit, stop: VisitID(rawValue: source.visit.rawValue + 1))
        let place = claims.firstIndex { $0.diaSourceId == id }
        let isMatched = place == 0 && claims[0].separationArcsec <= SolarClaim.mostArcsec
        status = isMatched ? .matched : .unmatched
        ssObjectId = isMatched ? orbit : SSObjectID(rawValue: 0)
        designation = isMatched ? alert.solar.table.string("designation", nearest) : nil
        rank = place.map { $0 + 1 }
        isProvisional = try database.solarVisit(source.visit)?.isOpen ?? false
    }

    /// Whether it is another than what filters saw.
    func differs(from view: ColumnTable?) -> Bool {
        guard let view, view.rowCount > 0 else { return status != .unknown }
        return view.string("status", 0) != status.rawValue || view.column("ssObjectId").int64(0) ?? 0 != ssObjectId.rawValue
            || view.column("provisional").bool(0) != isProvisional
    }

    func append(to writer: inout TextWriter) {
        writer.append("{\"status\":")
        writer.append(jsonString: status.rawValue)
        writer.append(member: "ssObjectId")
        writer.append(id: ssObjectId)
        writer.append(member: "designation")
        if let designation { writer.append(jsonString: designation) } else { writer.append("null") }
        writer.append(member: "diaDistanceRank")
        if let rank { writer.append(integer: Int64(rank)) } else { writer.append("null") }
        writer.append(string: ",\"provisional\":\(isProvisional),\"orbit_set\":")
        if orbitSet.isEmpty { writer.append("null") } else { writer.append(jsonString: orbitSet) }
        writer.append("}")
    }
}
