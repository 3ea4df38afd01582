import Core

extension Checker {
    /// The selected columns with legal names, unique whatever the case.
    mutating func checkItems(_ query: Query) -> [CheckedItem] {
        var items: [CheckedItem] = []
        var taken: Set<String> = []
        for item in query.items {
            do throws(Diagnostic) {
                for (name, value) in try expand(item, ordinal: items.count + 1) {
                    var unique = name
                    var suffix = 2
                    while !taken.insert(unique.lowercased()).inserted {
                        unique = "\(name)_\(suffix)"
                        suffix += 1
                    }
                    items.append(CheckedItem(name: unique, value: value, column: column(of: value)))
                }
            } catch {
                errors.append(error)
            }
        }
        return items
    }

    private mutating func expand(
        _ item: SelectItem, ordinal: Int
    ) throws(Diagnostic) -> [(name: String, value: CheckedExpression)] {
        switch item {
        case .expression(let expression, let alias):
            var value = try check(expression)
            if value.type == .null { value = CheckedExpression(.null, .double, value.range) }
            return [(Checker.legal(alias ?? name(of: expression, value, ordinal)), value)]
        case .all(let qualifier, let range):
            let chosen = tables.indices.filter { qualifier == nil || tables[$0].labels.contains(qualifier?.lowercased() ?? "") }
            guard !chosen.isEmpty else {
                throw diagnostic(range, "\(qualifier ?? "") is not a table of this query")
            }
            return chosen.flatMap { table in
                tables[table].table.schema.columns.enumerated().compactMap { index, column in
                    ValueType(column.type).map {
                        (Checker.legal(column.name), CheckedExpression(.column(binding(table, index)), $0, range))
                    }
                }
            }
        }
    }

    /// A column's declared name, a function's own, else the place in the list.
    private func name(of expression: Expression, _ value: CheckedExpression, _ ordinal: Int) -> String {
        if let column = column(of: value) { return column.name }
        switch expression.kind {
        case .call(let call): return call.name.lowercased()
        case .subquery(let query):
            if case .expression(let item, let alias)? = query.items.first {
                if let alias { return alias }
                if case .call(let call) = item.kind { return call.name.lowercased() }
            }
            return "column_\(ordinal)"
        default: return "column_\(ordinal)"
        }
    }

    private func column(of value: CheckedExpression) -> ColumnSchema? {
        guard case .column(let binding) = value.kind else { return nil }
        return schema(of: binding)
    }

    /// The name in letters, digits and underscores, as Avro and every client takes it.
    static func legal(_ name: String) -> String {
        var bytes = name.utf8.prefix(128).map { Lexer.isLetter($0) || Lexer.isDigit($0) ? $0 : UInt8(ascii: "_") }
        if bytes.isEmpty || Lexer.isDigit(bytes[0]) { bytes.insert(UInt8(ascii: "_"), at: 0) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
