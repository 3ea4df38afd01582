/// One column of a table: the single declaration from which stored forms, CSV, JSON, the ADQL checker and the
/// Virtual Observatory's metadata come.
public struct ColumnSchema: Sendable, Equatable {
    /// Permanent number of the column inside its table; never reused, written into stored rows and blocks.
    public let id: UInt16
    /// Rubin's own name where Rubin has one.
    public let name: String
    public let type: ColumnType
    /// Unit in the Virtual Observatory's notation (`nJy`, `deg`, `d`), empty when there is none.
    public let unit: String
    /// Unified content descriptor, empty when there is none.
    public let ucd: String
    public let isNullable: Bool
    public let description: String

    public init(
        id: UInt16, name: String, type: ColumnType, unit: String = "", ucd: String = "", isNullable: Bool = true,
        description: String = ""
    ) {
        self.id = id
        self.name = name
        self.type = type
        self.unit = unit
        self.ucd = ucd
        self.isNullable = isNullable
        self.description = description
    }
}
