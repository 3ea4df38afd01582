/// The cells of `Tables.ssoCandidate` (or `Tables.sso`) that decide who is attributed to whom.
///
/// Whoever compares distances takes them from here: a distance that was rounded elsewhere could turn a tie.
public struct SolarCandidateColumns {
    private let ids: Column
    private let east: Column
    private let north: Column

    public init(_ table: ColumnTable) {
        ids = table.column("ssObjectId")
        east = table.column("ephOffsetRa")
        north = table.column("ephOffsetDec")
    }

    public func orbit(_ row: Int) -> SSObjectID { SSObjectID(rawValue: ids.int64(row) ?? 0) }

    /// Distance of the detection from the prediction, arcsec: of the two offsets, which are stored with all their digits.
    public func separationArcsec(_ row: Int) -> Double {
        let (dx, dy) = (east.double(row) ?? .infinity, north.double(row) ?? .infinity)
        return (dx * dx + dy * dy).squareRoot()
    }
}
