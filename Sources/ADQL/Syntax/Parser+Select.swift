extension Parser {
    mutating func select() throws(Diagnostic) -> Query {
        try enter()
        defer { leave() }
        let start = current.range.start
        try expect(keyword: "SELECT", "at the start of a query")
        let isDistinct = accept(keyword: "DISTINCT")
        if !isDistinct { _ = accept(keyword: "ALL") }
        let top = try topCount()
        var items = [try selectItem()]
        while accept(.comma) {
            items.append(try selectItem())
            if items.count > Limits.selectItems {
                throw diagnostic(range(from: start), "more than \(Limits.selectItems) columns are selected")
            }
        }
        guard current.isKeyword("FROM") else { throw unexpected("',' or FROM after a selected column") }
        advance()
        let from = try tableReference()
        let joins = try joins()
        let condition: Expression? = accept(keyword: "WHERE") ? try expression() : nil
        try refuseLaterClauses()
        return Query(
            range: range(from: start), isDistinct: isDistinct, top: top, items: items, from: from, joins: joins,
            condition: condition)
    }

    private mutating func topCount() throws(Diagnostic) -> Int64? {
        guard current.isKeyword("TOP"), case .integer(let count) = token(ahead: 1).kind else { return nil }
        advance()
        advance()
        return count
    }

    private mutating func selectItem() throws(Diagnostic) -> SelectItem {
        let start = current.range.start
        if accept(.star) { return .all(qualifier: nil, range(from: start)) }
        if let qualifier = starQualifier() { return .all(qualifier: qualifier, range(from: start)) }
        let value = try expression()
        return .expression(value, alias: try optionalAlias())
    }

    /// `a.*` or `nearest.gaia.*`: reads it and answers what stands before the star.
    private mutating func starQualifier() -> String? {
        var parts: [String] = []
        var ahead = 0
        while true {
            switch token(ahead: ahead).kind {
            case .word(let word): parts.append(word)
            case .quoted(let name): parts.append(name)
            default: return nil
            }
            guard token(ahead: ahead + 1).isSymbol(.dot) else { return nil }
            ahead += 2
            if token(ahead: ahead).isSymbol(.star) { break }
        }
        for _ in 0...ahead { advance() }
        return parts.joined(separator: ".")
    }

    private mutating func tableReference() throws(Diagnostic) -> TableReference {
        let start = current.range.start
        var parts = [try name("a table name")]
        while accept(.dot) { parts.append(try name("a table name after '.'", allowingReserved: true)) }
        let range = range(from: start)
        return TableReference(name: parts.joined(separator: "."), alias: try optionalAlias(), range: range)
    }

    private mutating func joins() throws(Diagnostic) -> [Join] {
        var joins: [Join] = []
        while true {
            let start = current.range.start
            if current.isSymbol(.comma) {
                throw diagnostic(
                    current.range, "tables are joined with JOIN, not with a comma",
                    hint: "LEFT JOIN table AS t USING (diaSourceId)")
            }
            for keyword in ["RIGHT", "FULL", "NATURAL", "CROSS"] where current.isKeyword(keyword) {
                throw diagnostic(
                    current.range, "\(keyword) joins are not part of this language",
                    hint: "use LEFT JOIN … USING (…) or INNER JOIN … USING (…)")
            }
            var kind = Join.Kind.inner
            if accept(keyword: "LEFT") {
                _ = accept(keyword: "OUTER")
                kind = .left
                try expect(keyword: "JOIN", "after LEFT")
            } else if accept(keyword: "INNER") {
                try expect(keyword: "JOIN", "after INNER")
            } else if !accept(keyword: "JOIN") {
                return joins
            }
            let table = try tableReference()
            joins.append(Join(kind: kind, table: table, condition: try joinCondition()))
            if joins.count > Limits.joins {
                throw diagnostic(range(from: start), "more than \(Limits.joins) tables are joined")
            }
        }
    }

    private mutating func joinCondition() throws(Diagnostic) -> Join.Condition {
        let start = current.range.start
        if accept(keyword: "ON") { return .on(try expression()) }
        guard accept(keyword: "USING") else { return .none }
        try expect(.leftParenthesis, "after USING")
        var names = [try name("a column name")]
        while accept(.comma) { names.append(try name("a column name")) }
        try expect(.rightParenthesis, "after the columns of USING")
        return .using(names, range(from: start))
    }

    private func refuseLaterClauses() throws(Diagnostic) {
        for keyword in ["GROUP", "ORDER", "HAVING", "OFFSET", "UNION", "EXCEPT", "INTERSECT"] where current.isKeyword(keyword) {
            throw diagnostic(
                current.range, "\(keyword) has no meaning in a query over one alert",
                hint: "aggregate over forced or detections in a subquery: (SELECT COUNT(*) FROM forced AS f WHERE …)")
        }
    }
}
