extension NearestMatches {
    /// The same matches in the columns of another version of the catalogue: columns that were not there are null, those that are
    /// gone are left out.
    public func converted(to schema: TableSchema) -> NearestMatches {
        let stored = table
        let isSame =
            stored.schema.columns.map(\.name) == schema.columns.map(\.name)
            && stored.schema.columns.map(\.type) == schema.columns.map(\.type)
        if isSame { return self }
        let table = ColumnTable(schema: schema, arena: stored.arena, capacity: stored.rowCount)
        for (column, declared) in zip(table.columns, schema.columns) {
            let position = stored.schema.position(of: declared.name).flatMap {
                stored.columns[$0].type == declared.type ? $0 : nil
            }
            for row in 0..<stored.rowCount {
                if let position {
                    column.append(cell: row, of: stored.columns[position])
                } else {
                    column.appendMissing(.null)
                }
            }
        }
        for _ in 0..<stored.rowCount { table.present.append(true) }
        return NearestMatches(catalogue: catalogue, versionID: versionID, table: table)
    }
}
