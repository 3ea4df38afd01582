extension Parser {
    /// OR has the weakest hold, then AND, NOT, comparisons, sums, products, signs.
    mutating func expression() throws(Diagnostic) -> Expression {
        try enter()
        defer { leave() }
        let start = current.range.start
        var terms = [try conjunction()]
        while accept(keyword: "OR") { terms.append(try conjunction()) }
        return terms.count == 1 ? terms[0] : Expression(.or(terms), range(from: start))
    }

    private mutating func conjunction() throws(Diagnostic) -> Expression {
        let start = current.range.start
        var terms = [try negation()]
        while accept(keyword: "AND") { terms.append(try negation()) }
        return terms.count == 1 ? terms[0] : Expression(.and(terms), range(from: start))
    }

    private mutating func negation() throws(Diagnostic) -> Expression {
        guard current.isKeyword("NOT") else { return try predicate() }
        try enter()
        defer { leave() }
        let start = current.range.start
        advance()
        let operand = try negation()
        return Expression(.not(operand), range(from: start))
    }

    private mutating func predicate() throws(Diagnostic) -> Expression {
        let start = current.range.start
        var left = try sum()
        // Comparisons do not chain, but `(a = b) IS NULL` and `a IS NULL = 0` occur: read on to the left.
        var count = 0
        while let next = try comparisonTail(left, start) {
            left = next
            count += 1
            if count > Limits.depth { throw tooDeep() }
        }
        return left
    }

    private mutating func comparisonTail(_ left: Expression, _ start: Int) throws(Diagnostic) -> Expression? {
        if case .symbol(let symbol) = current.kind, let comparison = ComparisonOperator(rawValue: symbol.rawValue) {
            advance()
            let right = try sum()
            return Expression(.compare(comparison, left, right), range(from: start))
        }
        if accept(keyword: "IS") {
            let isNegated = accept(keyword: "NOT")
            try expect(keyword: "NULL", "after IS")
            return negated(isNegated, Expression(.isNull(left), range(from: start)))
        }
        let isNegated = current.isKeyword("NOT") && ["BETWEEN", "IN", "LIKE", "ILIKE"].contains { token(ahead: 1).isKeyword($0) }
        if isNegated { advance() }
        if accept(keyword: "BETWEEN") {
            let low = try sum()
            try expect(keyword: "AND", "between the limits of BETWEEN")
            let high = try sum()
            return negated(isNegated, Expression(.between(left, low: low, high: high), range(from: start)))
        }
        if accept(keyword: "IN") { return negated(isNegated, try inList(left, start)) }
        for (keyword, ignoringCase) in [("LIKE", false), ("ILIKE", true)] where accept(keyword: keyword) {
            let pattern = try sum()
            let like = Expression(.like(left, pattern: pattern, ignoringCase: ignoringCase), range(from: start))
            return negated(isNegated, like)
        }
        return nil
    }

    private func negated(_ isNegated: Bool, _ operand: Expression) -> Expression {
        isNegated ? Expression(.not(operand), operand.range) : operand
    }

    private mutating func inList(_ left: Expression, _ start: Int) throws(Diagnostic) -> Expression {
        try expect(.leftParenthesis, "after IN")
        if current.isKeyword("SELECT") {
            throw diagnostic(
                current.range, "IN takes a list of values, not a query",
                hint: "use EXISTS (SELECT … WHERE …) or a COUNT(*) subquery")
        }
        var values = [try expression()]
        while accept(.comma) { values.append(try expression()) }
        try expect(.rightParenthesis, "after the values of IN")
        return Expression(.inList(left, values), range(from: start))
    }
}
