import ADQL
import Core

/// The tables that a filter may name; stages that know nothing of ADQL build it here.
public typealias FilterCatalog = Catalog

extension FilterCatalog {
    /// - Parameter nearest: the catalogues in use with the schema of their nearest-match tables.
    public static func forFilters(nearest: [(catalogue: String, schema: TableSchema)]) -> FilterCatalog {
        .filters(nearest: nearest)
    }
}
