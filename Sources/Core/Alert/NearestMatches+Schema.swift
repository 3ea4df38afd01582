extension NearestMatches {
    public static let statusColumn = 0
    public static let separationColumn = 1
    public static let sourceIDColumn = 2
    public static let raColumn = 3
    public static let decColumn = 4

    /// The columns that every catalogue's table begins with, in this order.
    /// - Parameter idType: `.int64` for integer identifiers, else `.string`.
    public static func leadingColumns(idType: ColumnType) -> [ColumnSchema] {
        precondition(idType == .int64 || idType == .string)
        return [
            ColumnSchema(
                id: 1, name: "status", type: .string, ucd: "meta.code.status", isNullable: false,
                description: "matched, unmatched, or unknown where the catalogue could not be asked."),
            ColumnSchema(
                id: 2, name: "separation_arcsec", type: .float64, unit: "arcsec", ucd: "pos.angDistance",
                description: "Distance from the alert to the source at the alert's time."),
            ColumnSchema(
                id: 3, name: "source_id", type: idType, ucd: "meta.id", description: "Identifier in the catalogue."),
            ColumnSchema(
                id: 4, name: "ra", type: .float64, unit: "deg", ucd: "pos.eq.ra",
                description: "Right ascension (ICRS) in the catalogue, at its own epoch."),
            ColumnSchema(
                id: 5, name: "dec", type: .float64, unit: "deg", ucd: "pos.eq.dec",
                description: "Declination (ICRS) in the catalogue, at its own epoch."),
        ]
    }

    /// The schema of `nearest.<catalogue>`: the leading columns and the catalogue's extra ones.
    public static func schema(catalogue: String, idType: ColumnType, extras: [ColumnSchema]) -> TableSchema {
        let leading = leadingColumns(idType: idType)
        let numbered = extras.enumerated().map { offset, column in
            ColumnSchema(
                id: UInt16(leading.count + offset + 1), name: column.name, type: column.type, unit: column.unit,
                ucd: column.ucd, description: column.description)
        }
        return TableSchema(
            name: "nearest.\(catalogue)", description: "The nearest source of \(catalogue) to each alert.",
            columns: leading + numbered)
    }
}
