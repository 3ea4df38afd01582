/// The nearest source of one catalogue for every alert of a batch.
///
/// `table` has one row an alert: `status` (string: matched, unmatched or unknown), `separation_arcsec`, `source_id`,
/// `ra`, `dec`, then the catalogue's own columns; cells other than status have no value unless matched.
public struct NearestMatches: Sendable {
    public let catalogue: String
    /// Version of the catalogue that was asked, empty when it could not be opened.
    public let versionID: String
    public nonisolated(unsafe) let table: ColumnTable

    public init(catalogue: String, versionID: String, table: ColumnTable) {
        self.catalogue = catalogue
        self.versionID = versionID
        self.table = table
    }
}
