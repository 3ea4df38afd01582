import Core
import Glibc
import Sky

/// Writes what follows from a match as a row of `Tables.ssoCandidate`: ssSource's columns of schema 11.1 from our own
/// prediction, and how sure it is.
public enum SSSourceRow {
    /// - Parameters:
    ///   - observed: where the detection was seen; ecliptic and galactic coordinates are of this place.
    ///   - set: whose row `match.orbit` is.
    ///   - table: of `Tables.ssoCandidate`. `diaDistanceRank` stays null: it hangs on the whole visit.
    public static func append(
        _ match: OrbitMatch, diaSourceId: DiaSourceID, observed: SkyPosition, set: OrbitSet, to table: ColumnTable
    ) {
        let elements = set.elements(match.orbit)
        var cells = RowFiller(table)
        cells.append(diaSourceId.rawValue)
        cells.append(set.bodyId(match.orbit).rawValue)
        cells.append(set.provisionalDesignation(match.orbit))
        let ecliptic = Frames.ecliptic(observed)
        let galactic = Frames.galactic(observed)
        cells.append([ecliptic.lonDegrees, ecliptic.latDegrees, galactic.lDegrees, galactic.bDegrees])
        addGeometry(match.sighting, &cells)
        addPrediction(match, magnitudeV: elements.magnitudeV(match.sighting), &cells)
        add(match.sighting.helio, &cells)
        add(match.sighting.topo, &cells)
        cells.appendNull()
        cells.append(Int32(match.orbitRank))
        let (error, none) = (match.error, Double.nan)
        cells.append([
            match.mahalanobis, error?.majorArcsec ?? none, error?.minorArcsec ?? none, error?.positionAngleDeg ?? none,
            elements.epochMjdTT,
        ])
        table.finishRow()
    }

    private static func addGeometry(_ sighting: Sighting, _ cells: inout RowFiller) {
        cells.append([
            sighting.elongationDeg, sighting.phaseDeg, sighting.delta, sighting.rangeRateKmS, sighting.r,
            sighting.helioRangeRateKmS,
        ])
    }

    /// Along the track is along the predicted motion; across it is to the left of it as seen with north up and east to the
    /// right, as in Rubin's `ap_association`.
    private static func addPrediction(_ match: OrbitMatch, magnitudeV: Double, _ cells: inout RowFiller) {
        let place = match.sighting.place
        let (rateRa, rateDec) = match.sighting.rates
        let rate: Double = hypot(rateRa, rateDec)
        let (east, north) = (match.offsetEastArcsec, match.offsetNorthArcsec)
        let along: Double = (east * rateRa + north * rateDec) / rate
        let across: Double = (north * rateRa - east * rateDec) / rate
        cells.append([
            place.raDegrees, place.decDegrees, magnitudeV, rate, rateRa, rateDec, match.separationArcsec, east, north,
            along, across,
        ])
    }

    private static func add(_ state: HelioState, _ cells: inout RowFiller) {
        let velocity = SolarConstants.kmPerSecond * state.velocity
        cells.append([
            state.position.x, state.position.y, state.position.z, velocity.x, velocity.y, velocity.z, velocity.length,
        ])
    }
}
