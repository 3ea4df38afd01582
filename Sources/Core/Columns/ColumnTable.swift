/// The columns of a table in memory, row by row aligned, with the arena of their strings.
public final class ColumnTable {
    public let schema: TableSchema
    public let columns: [Column]
    /// The storage of each column, in order.
    let storages: UnsafeMutablePointer<UnsafeMutablePointer<ColumnStorage>>
    private let columnCount: Int
    /// Positions of the columns whose cells refer to the arena.
    private let textColumns: [Int]
    /// Bytes that the string and bytes columns refer to; batches share one arena between their tables.
    public let arena: ByteArena
    /// 1 where the record itself was there, 0 where it was null (an alert without a diaObject): one byte a row.
    public let present: Column

    public init(schema: TableSchema, arena: ByteArena = ByteArena(), capacity: Int = 64) {
        self.schema = schema
        self.arena = arena
        columnCount = schema.columns.count
        textColumns = schema.columns.indices.filter { schema.columns[$0].type.isVariableLength }
        columns = schema.columns.map { Column(type: $0.type, capacity: capacity) }
        present = Column(type: .bool, capacity: capacity)
        storages = .allocate(capacity: max(columns.count, 1))
        for (index, column) in columns.enumerated() { (storages + index).initialize(to: column.storage) }
    }

    deinit { storages.deallocate() }

    public var rowCount: Int { present.count }

    public func column(_ name: String) -> Column { columns[schema.require(name)] }

    /// Empties the table but not the arena, which others may share.
    public func removeAllRows() { truncate(to: 0) }

    public func truncate(to rowCount: Int) {
        for column in columns { column.truncate(to: min(rowCount, column.count)) }
        present.truncate(to: min(rowCount, present.count))
    }

    /// Appends a row of missing cells: a record that was null (or whose field the writer does not have).
    public func appendMissingRow(_ state: CellState) {
        for column in columns { column.appendMissing(state) }
        present.append(false)
    }

    /// Completes a row whose cells were appended one by one.
    public func finishRow() {
        present.append(true)
        let rows = present.count
        for column in columns where column.count != rows { preconditionFailure("a row of \(schema.name) is ragged") }
    }

    public func isPresent(_ row: Int) -> Bool { present.bool(row) ?? false }

    /// Appends a copy of a row of a table with the same schema; bytes move into this table's arena when it is another.
    public func appendRow(_ row: Int, of other: ColumnTable) {
        precondition(other.columnCount == columnCount, "a row of another schema")
        for index in 0..<columnCount { ColumnStorage.append(cell: row, of: other.storages[index], to: storages[index]) }
        if other.arena !== arena {
            for index in textColumns {
                let cells = storages[index].pointee
                guard cells.states[cells.count - 1] == 0 else { continue }
                let place = cells.values.advanced(by: (cells.count - 1) * cells.width)
                let moved = arena.append(other.arena.bytes(place.load(as: ByteReference.self)))
                place.storeBytes(of: moved, as: ByteReference.self)
            }
        }
        present.append(cell: row, of: other.present)
    }

    /// The text of a string cell, nil when it has no value.
    public func string(_ column: Int, _ row: Int) -> String? {
        columns[column].reference(row).map(arena.string)
    }

    public func string(_ columnName: String, _ row: Int) -> String? { string(schema.require(columnName), row) }
}
