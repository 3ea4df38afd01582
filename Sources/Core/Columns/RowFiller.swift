/// Appends the cells of a row from left to right; what is missing or not finite is null. `finishRow` of the table must follow.
public struct RowFiller {
    private let table: ColumnTable
    private var next = 0

    public init(_ table: ColumnTable) { self.table = table }

    private mutating func column() -> Column {
        defer { next += 1 }
        return table.columns[next]
    }

    public mutating func append(_ value: Int64) { column().append(value) }
    public mutating func append(_ value: Int32) { column().append(value) }
    public mutating func appendNull() { column().appendMissing(.null) }

    public mutating func append(_ value: Bool?) {
        let column = column()
        if let value { column.append(value) } else { column.appendMissing(.null) }
    }

    public mutating func append(_ text: String?) {
        let column = column()
        if let text { column.append(table.arena.append(text)) } else { column.appendMissing(.null) }
    }

    /// A number, in the precision of its column.
    public mutating func append(_ value: Double?) {
        let column = column()
        guard let value, value.isFinite else { return column.appendMissing(.null) }
        if column.type == .float32 { column.append(Float(value)) } else { column.append(value) }
    }

    public mutating func append(_ values: [Double]) { for value in values { append(value) } }
}
