import Core

extension Checker {
    /// The column behind a name: the subquery's own table first, then the tables of the query.
    func column(_ qualifier: String?, _ name: String, _ range: SourceRange) throws(Diagnostic) -> CheckedExpression {
        if let qualifier { return try qualifiedColumn(qualifier, name, range) }
        if let inner = subquery?.table, let position = position(of: name, in: inner.table) {
            return try bound(-1, position, inner.table, range)
        }
        let holders = tables.indices.filter { position(of: name, in: tables[$0].table) != nil }
        if name.uppercased() == "MJD_NOW" && holders.isEmpty {
            return CheckedExpression(.function(.mjdNow, []), .double, range)
        }
        guard let first = holders.first, let position = position(of: name, in: tables[first].table) else {
            throw unknownColumn(name, in: (subquery.map { [$0.table] } ?? []) + tables, range)
        }
        let isShared = first == 0 && sharedColumns.contains(name.lowercased())
        if holders.count > 1 && !isShared {
            let choices = holders.map { "\(tables[$0].labels[0]).\(name)" }
            throw diagnostic(
                range, "\(name) is a column of more than one table", hint: "write " + choices.joined(separator: " or "))
        }
        return try bound(first, position, tables[first].table, range)
    }

    private func qualifiedColumn(
        _ qualifier: String, _ name: String, _ range: SourceRange
    ) throws(Diagnostic) -> CheckedExpression {
        let label = qualifier.lowercased()
        if let inner = subquery?.table, inner.labels.contains(label) {
            guard let position = position(of: name, in: inner.table) else { throw unknownColumn(name, in: [inner], range) }
            return try bound(-1, position, inner.table, range)
        }
        guard let index = tables.firstIndex(where: { $0.labels.contains(label) }) else {
            let labels = (subquery.map { [$0.table] } ?? [] + tables).flatMap(\.labels)
            throw diagnostic(
                range, "\(qualifier) is not a table of this query",
                hint: Checker.didYouMean(qualifier, among: labels, otherwise: "join it first, or check its alias"))
        }
        let table = tables[index].table
        if let position = position(of: name, in: table) { return try bound(index, position, table, range) }
        // The join made the key one column, so that it may be asked of either side.
        if name.lowercased() == table.key.lowercased(), let position = position(of: name, in: tables[0].table) {
            return try bound(0, position, tables[0].table, range)
        }
        throw unknownColumn(name, in: [tables[index]], range)
    }

    /// Exact name first, then any case.
    func position(of name: String, in table: CatalogTable) -> Int? {
        if let exact = table.schema.position(of: name) { return exact }
        let wanted = name.lowercased()
        return table.schema.columns.firstIndex { $0.name.lowercased() == wanted }
    }

    private func bound(
        _ table: Int, _ column: Int, _ owner: CatalogTable, _ range: SourceRange
    ) throws(Diagnostic) -> CheckedExpression {
        let schema = owner.schema.columns[column]
        guard let type = ValueType(schema.type) else {
            throw diagnostic(range, "\(schema.name) holds bytes, which a query cannot use")
        }
        if table == -1, let scope = subquery, scope.isSelecting, !scope.isInsideAggregate {
            throw diagnostic(
                range, "\(schema.name) has many values here: an aggregate must make one of them",
                hint: "MAX(\(schema.name)), LAST_VALUE(\(schema.name)), …")
        }
        return CheckedExpression(.column(binding(table, column)), type, range)
    }

    /// Of a row that is always there the key is the alert's, whether or not anything was found.
    func binding(_ table: Int, _ column: Int) -> ColumnBinding {
        if table > 0, tables[table].table.role == .sso,
            tables[table].table.schema.columns[column].name == tables[table].table.key,
            let key = position(of: tables[table].table.key, in: tables[0].table)
        {
            return ColumnBinding(table: 0, column: key)
        }
        return ColumnBinding(table: table, column: column)
    }

    private func unknownColumn(_ name: String, in scopes: [ScopedTable], _ range: SourceRange) -> Diagnostic {
        let place = scopes.count == 1 ? scopes[0].table.name : "these tables"
        let names = scopes.flatMap { $0.table.schema.columns.map(\.name) }
        let isPacketsWord = name.lowercased() == "is_sso"
        return diagnostic(
            range, "\(place) \(scopes.count == 1 ? "has" : "have") no column \(name)",
            hint: isPacketsWord
                ? "\(tables.first?.labels[0] ?? "alert").is_sso is what the packet says, sso.status what we say"
                : Checker.didYouMean(name, among: names))
    }

    /// What the catalogue says of a bound column.
    func schema(of binding: ColumnBinding) -> ColumnSchema? {
        let table = binding.table < 0 ? subquery?.table.table : tables[binding.table].table
        return table?.schema.columns[binding.column]
    }
}
