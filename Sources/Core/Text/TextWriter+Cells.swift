extension TextWriter {
    /// One cell as JSON: 64-bit ids as strings where the column is an id, missing and NaN as `null`, bytes as their
    /// length.
    public mutating func append(jsonCell row: Int, column index: Int, of table: ColumnTable) {
        let column = table.columns[index]
        guard column.hasValue(row) else { return append("null") }
        switch column.type {
        case .bool: append(string: column.bool(row)! ? "true" : "false")
        case .int32: append(integer: Int64(column.int32(row)!))
        case .int64:
            // Ids exceed 2^53, where JSON clients round; every 64-bit integer is a string, so that no client can.
            append(byte: 0x22)
            append(integer: column.int64(row)!)
            append(byte: 0x22)
        case .float32: append(float: column.float(row)!)
        case .float64: append(double: column.double(row)!)
        case .string: append(jsonBytes: table.arena.bytes(column.reference(row)!))
        case .bytes:
            append("{\"len\":")
            append(integer: Int64(column.reference(row)!.length))
            append("}")
        }
    }

    /// One cell as CSV: empty for missing and NaN.
    public mutating func append(csvCell row: Int, column index: Int, of table: ColumnTable) {
        let column = table.columns[index]
        guard column.hasValue(row) else { return }
        switch column.type {
        case .bool: append(string: column.bool(row)! ? "true" : "false")
        case .int32: append(integer: Int64(column.int32(row)!))
        case .int64: append(integer: column.int64(row)!)
        case .float32: if let value = column.float(row), value.isFinite { append(float: value) }
        case .float64: if let value = column.double(row), value.isFinite { append(double: value) }
        case .string: append(csvField: table.arena.string(column.reference(row)!))
        case .bytes: append(integer: Int64(column.reference(row)!.length))
        }
    }
}
