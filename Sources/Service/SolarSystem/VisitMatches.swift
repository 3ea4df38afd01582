import Core

/// Whom each detection of a visit is attributed to, from all that is stored of the visit: the first claim on an orbit holds, and
/// counts where the orbit is the detection's nearest, within 1″.
struct VisitMatches {
    private(set) var bodies: [DiaSourceID: SSObjectID] = [:]

    init(_ solar: SolarSources) {
        let cells = SolarCandidateColumns(solar.table)
        var first: [SSObjectID: SolarClaim] = [:]
        for source in solar.sources {
            for row in source.rows {
                let claim = SolarClaim(
                    ssObjectId: cells.orbit(row), visit: source.visit, diaSourceId: source.diaSourceId,
                    separationArcsec: cells.separationArcsec(row), midpoint: source.midpoint)
                if let known = first[claim.ssObjectId], !claim.precedes(known) { continue }
                first[claim.ssObjectId] = claim
            }
        }
        for source in solar.sources {
            guard let nearest = source.rows.first, let claim = first[cells.orbit(nearest)],
                claim.diaSourceId == source.diaSourceId, claim.separationArcsec <= SolarClaim.mostArcsec
            else { continue }
            bodies[source.diaSourceId] = claim.ssObjectId
        }
    }
}
