import Functions

extension Checker {
    mutating func scalarSubquery(_ query: Query, _ range: SourceRange) throws(Diagnostic) -> CheckedExpression {
        guard query.items.count == 1, case .expression(let item, _) = query.items[0] else {
            throw diagnostic(range, "a subquery gives one value: it selects one expression")
        }
        return try subquery(query, range) { (checker) throws(Diagnostic) in
            let value = try checker.check(item)
            return value.type == .null ? CheckedExpression(.null, .double, value.range) : value
        }
    }

    mutating func existence(_ query: Query, _ range: SourceRange) throws(Diagnostic) -> CheckedExpression {
        let count = try subquery(query, range) { (checker) throws(Diagnostic) in
            checker.appendAggregate(CheckedAggregate(function: .count, arguments: [], isDistinct: false, type: .integer), range)
        }
        return CheckedExpression(
            .compare(.greater, count, CheckedExpression(.integer(0), .integer, range)), .boolean, range)
    }

    private mutating func subquery(
        _ query: Query, _ range: SourceRange, value: (inout Checker) throws(Diagnostic) -> CheckedExpression
    ) throws(Diagnostic) -> CheckedExpression {
        guard subquery == nil else { throw diagnostic(range, "subqueries do not nest") }
        guard query.joins.isEmpty else { throw diagnostic(query.range, "a subquery reads one table") }
        let table = try scoped(query.from)
        guard table.table.role.hasManyRows else {
            throw diagnostic(
                query.from.range, "\(query.from.name) has at most one row for an alert",
                hint: "join it: LEFT JOIN \(query.from.name) AS t USING (\(table.table.key))")
        }
        subquery = SubqueryScope(table: table)
        defer { subquery = nil }
        let condition: CheckedExpression? =
            if let condition = query.condition { try checkCondition(condition) } else { nil }
        if !isCorrelated(condition, table.table) {
            warn(
                query.range, "this subquery does not say whose \(table.table.name) it counts",
                detail: "over one alert that is its own object's; over the whole database it would be everybody's",
                hint: "add \(table.labels[0]).diaObjectId = \(tables[0].labels[0]).diaObjectId")
        }
        subquery?.isSelecting = true
        let selected = try value(&self)
        let aggregates = subquery?.aggregates ?? []
        if aggregates.isEmpty {
            throw diagnostic(
                selected.range, "this subquery may give many values: an aggregate must make one of them",
                hint: "SELECT MAX(…), COUNT(*), LAST_VALUE(…)")
        }
        subqueries.append(
            CheckedSubquery(table: table.table, condition: condition, aggregates: aggregates, value: selected))
        return CheckedExpression(.subquery(subqueries.count - 1), selected.type, range)
    }

    /// Whether a term of the condition ties the rows to the alert's object.
    private func isCorrelated(_ condition: CheckedExpression?, _ table: CatalogTable) -> Bool {
        guard let condition else { return false }
        switch condition.kind {
        case .and(let terms): return terms.contains { isCorrelated($0, table) }
        case .compare(.equal, let a, let b):
            guard case .column(let one) = a.kind, case .column(let other) = b.kind else { return false }
            let inner = one.table < 0 ? one : other
            let outer = one.table < 0 ? other : one
            return inner.table < 0 && outer.table == 0 && table.schema.columns[inner.column].name == table.key
                && tables[0].table.schema.columns[outer.column].name == table.key
        default: return false
        }
    }

    // MARK: Aggregates

    mutating func aggregate(
        _ function: AggregateFunction, _ call: FunctionCall, _ range: SourceRange
    ) throws(Diagnostic) -> CheckedExpression {
        guard let scope = subquery, scope.isSelecting else {
            throw diagnostic(
                call.nameRange, "\(call.name) aggregates rows, and an alert is one row",
                hint: "(SELECT \(call.name)(…) FROM forced AS f WHERE f.diaObjectId = \(tables[0].labels[0]).diaObjectId)")
        }
        guard !scope.isInsideAggregate else { throw diagnostic(range, "aggregates do not nest") }
        subquery?.isInsideAggregate = true
        defer { subquery?.isInsideAggregate = false }
        if call.isStar {
            guard function == .count else { throw diagnostic(range, "only COUNT takes *") }
            return appendAggregate(
                CheckedAggregate(function: .count, arguments: [], isDistinct: false, type: .integer), range)
        }
        try checkCount(call, function.argumentCount...function.argumentCount)
        if call.isDistinct && function != .count {
            throw diagnostic(range, "DISTINCT is for COUNT", hint: "COUNT(DISTINCT …)")
        }
        var arguments: [CheckedExpression] = []
        for argument in call.arguments { arguments.append(try check(argument)) }
        let columns = arguments.flatMap(\.columns)
        guard columns.isEmpty || columns.contains(where: { $0.table < 0 }) else {
            throw diagnostic(
                range, "\(call.name) aggregates no column of \(scope.table.table.name)",
                hint: "an aggregate of the alert's own columns would be over alerts, and there is one")
        }
        let type = try prepare(function, &arguments)
        return appendAggregate(
            CheckedAggregate(function: function, arguments: arguments, isDistinct: call.isDistinct, type: type), range)
    }

    /// Converts the arguments to what the aggregate works on, and answers the type of its result.
    private func prepare(
        _ function: AggregateFunction, _ arguments: inout [CheckedExpression]
    ) throws(Diagnostic) -> ValueType {
        switch function {
        case .count:
            if arguments[0].type == .null { arguments[0] = CheckedExpression(.null, .double, arguments[0].range) }
            return .integer
        case .min, .max, .firstValue, .lastValue:
            if arguments[0].type == .string { return .string }
            arguments[0] = try number(arguments[0])
            return arguments[0].type
        case .sum:
            arguments[0] = try number(arguments[0])
            return arguments[0].type
        default:
            arguments = try doubles(arguments)
            return .double
        }
    }

    @discardableResult
    mutating func appendAggregate(_ aggregate: CheckedAggregate, _ range: SourceRange) -> CheckedExpression {
        subquery?.aggregates.append(aggregate)
        return CheckedExpression(.aggregate((subquery?.aggregates.count ?? 1) - 1), aggregate.type, range)
    }
}
