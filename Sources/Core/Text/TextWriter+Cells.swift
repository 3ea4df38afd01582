extension TextWriter {
    /// One cell as JSON: 64-bit integers as strings, missing and NaN as `null`, bytes as their length.
    public mutating func append(jsonCell row: Int, column index: Int, of table: ColumnTable) {
        let column = table.columns[index]
        precondition(row >= 0 && row < column.count, "a row that is not there")
        let cell = CellText(column)
        let place = room(cell.room(row))
        advance(cell.writeJSON(row, table.arena, to: place, powers))
    }

    /// One cell as CSV: empty for missing and NaN.
    public mutating func append(csvCell row: Int, column index: Int, of table: ColumnTable) {
        let column = table.columns[index]
        precondition(row >= 0 && row < column.count, "a row that is not there")
        let cell = CellText(column)
        let place = room(cell.room(row))
        advance(cell.writeCSV(row, table.arena, to: place, powers))
    }
}
