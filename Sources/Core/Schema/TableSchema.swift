/// A table: its name and columns in order.
public struct TableSchema: Sendable {
    public let name: String
    public let description: String
    public let columns: [ColumnSchema]
    private let positions: [String: Int]

    public init(name: String, description: String, columns: [ColumnSchema]) {
        self.name = name
        self.description = description
        self.columns = columns
        positions = Dictionary(
            columns.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
        precondition(positions.count == columns.count, "table \(name) declares a column twice")
    }

    /// The position of a column by its exact name.
    public func position(of columnName: String) -> Int? { positions[columnName] }

    /// The position of a column that must exist; a missing one is a defect of this program.
    public func require(_ columnName: String) -> Int {
        guard let position = positions[columnName] else {
            preconditionFailure("table \(name) has no column \(columnName)")
        }
        return position
    }
}
