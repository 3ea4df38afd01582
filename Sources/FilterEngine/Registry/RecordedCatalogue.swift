import ADQL
import Core

/// The columns that a catalogue had when a filter was deployed: by them the filter compiles, and its verdicts are undetermined,
/// while the catalogue cannot be used.
public struct RecordedCatalogue: Sendable, Equatable {
    public let name: String
    /// Of `nearest.<name>`, in order.
    public let columns: [OutputColumn]

    public init(name: String, columns: [OutputColumn]) {
        self.name = name
        self.columns = columns
    }

    /// Of the catalogues that a program names, in their order.
    static func all(of program: FilterProgram, in catalog: Catalog) -> [RecordedCatalogue] {
        program.catalogues.compactMap { name in
            for table in catalog.tables {
                guard case .nearest(let catalogue) = table.role, catalogue == name else { continue }
                let columns = table.schema.columns.map { OutputColumn(name: $0.name, type: $0.type) }
                return RecordedCatalogue(name: name, columns: columns)
            }
            return nil
        }
    }

    /// The table without units and descriptions.
    public var schema: TableSchema {
        let numbered = columns.enumerated().map { index, column in
            ColumnSchema(id: UInt16(index + 1), name: column.name, type: column.type)
        }
        return TableSchema(name: "nearest.\(name)", description: "As it was when the filter was deployed.", columns: numbered)
    }
}
