import Functions

extension Checker {
    mutating func check(_ call: FunctionCall, _ range: SourceRange) throws(Diagnostic) -> CheckedExpression {
        if let aggregate = AggregateFunction(name: call.name) { return try self.aggregate(aggregate, call, range) }
        guard !call.isStar, !call.isDistinct else {
            throw diagnostic(range, "only aggregates take * or DISTINCT")
        }
        switch call.name.uppercased() {
        case "COALESCE", "IFNULL", "NVL": return try coalesce(call, range)
        case "NULLIF": return try nullIf(call, range)
        case "CONTAINS": return try contains(call, range)
        case "DISTANCE" where call.arguments.count == 2: return try distance(call, range)
        case "POINT", "CIRCLE", "BOX", "POLYGON":
            throw diagnostic(
                range, "\(call.name.uppercased()) stands only inside CONTAINS or DISTANCE",
                hint: "CONTAINS(POINT(a.ra, a.dec), CIRCLE(ra, dec, radius)) = 1, or DISTANCE(a.ra, a.dec, ra, dec) < radius")
        case "RAND": throw diagnostic(range, "RAND would give another verdict each time", hint: "use MOD(a.diaSourceId, n) = 0")
        default: break
        }
        guard let function = ScalarFunction(name: call.name) else { throw unknownFunction(call) }
        try checkCount(call, function.argumentCounts)
        return try apply(function, call, range)
    }

    private mutating func apply(
        _ function: ScalarFunction, _ call: FunctionCall, _ range: SourceRange
    ) throws(Diagnostic) -> CheckedExpression {
        var arguments: [CheckedExpression] = []
        for argument in call.arguments { arguments.append(try check(argument)) }
        switch function.shape {
        case .text:
            return CheckedExpression(.function(function, [try text(arguments[0])]), .string, range)
        case .real:
            return CheckedExpression(.function(function, try doubles(arguments)), .double, range)
        case .numeric:
            for index in arguments.indices { arguments[index] = try number(arguments[index]) }
            if arguments.allSatisfy({ $0.type == .integer }) {
                return CheckedExpression(.function(function, arguments), .integer, range)
            }
            return CheckedExpression(.function(function, try doubles(arguments)), .double, range)
        }
    }

    func doubles(_ values: [CheckedExpression]) throws(Diagnostic) -> [CheckedExpression] {
        var converted: [CheckedExpression] = []
        for value in values { converted.append(convert(try number(value), to: .double)) }
        return converted
    }

    func checkCount(_ call: FunctionCall, _ counts: ClosedRange<Int>) throws(Diagnostic) {
        guard !counts.contains(call.arguments.count) else { return }
        let wanted = counts.count == 1 ? "\(counts.lowerBound)" : "\(counts.lowerBound) to \(counts.upperBound)"
        throw diagnostic(
            call.nameRange, "\(call.name) takes \(wanted) argument\(counts == 1...1 ? "" : "s"), not \(call.arguments.count)")
    }

    private func unknownFunction(_ call: FunctionCall) -> Diagnostic {
        let names =
            ScalarFunction.allCases.map(\.rawValue) + AggregateFunction.allCases.map(\.rawValue)
            + ["COALESCE", "NULLIF", "CONTAINS", "CAST"]
        return diagnostic(
            call.nameRange, "there is no function \(call.name)", hint: Checker.didYouMean(call.name, among: names))
    }

    private mutating func coalesce(_ call: FunctionCall, _ range: SourceRange) throws(Diagnostic) -> CheckedExpression {
        try checkCount(call, 1...64)
        var values: [CheckedExpression] = []
        for argument in call.arguments { values.append(try check(argument)) }
        let unified = try unify(values, range, "the arguments of COALESCE")
        return CheckedExpression(.coalesce(unified), unified[0].type, range)
    }

    private mutating func nullIf(_ call: FunctionCall, _ range: SourceRange) throws(Diagnostic) -> CheckedExpression {
        try checkCount(call, 2...2)
        let value = try check(call.arguments[0])
        let equal = Expression(.compare(.equal, call.arguments[0], call.arguments[1]), range)
        let type = value.type == .null ? ValueType.double : value.type
        let branch = CheckedBranch(
            condition: try checkCondition(equal), value: CheckedExpression(.null, type, range))
        return CheckedExpression(.caseWhen([branch], otherwise: convert(value, to: type)), type, range)
    }

    // MARK: Geometry

    /// `CONTAINS(POINT, CIRCLE)`: 1 inside or on the rim, else 0.
    private mutating func contains(_ call: FunctionCall, _ range: SourceRange) throws(Diagnostic) -> CheckedExpression {
        try checkCount(call, 2...2)
        let point = try coordinates(call.arguments[0], "POINT", 2)
        let circle = try coordinates(call.arguments[1], "CIRCLE", 3)
        let separation = CheckedExpression(
            .function(.distance, [point[0], point[1], circle[0], circle[1]]), .double, range)
        let inside = CheckedExpression(.compare(.lessOrEqual, separation, circle[2]), .boolean, range)
        return CheckedExpression(.convert(inside), .integer, range)
    }

    private mutating func distance(_ call: FunctionCall, _ range: SourceRange) throws(Diagnostic) -> CheckedExpression {
        let points = try coordinates(call.arguments[0], "POINT", 2) + coordinates(call.arguments[1], "POINT", 2)
        return CheckedExpression(.function(.distance, points), .double, range)
    }

    /// The numbers inside `POINT(…)` or `CIRCLE(…)`; an optional coordinate system goes first.
    private mutating func coordinates(
        _ expression: Expression, _ shape: String, _ count: Int
    ) throws(Diagnostic) -> [CheckedExpression] {
        guard case .call(let call) = expression.kind, call.name.uppercased() == shape else {
            throw diagnostic(expression.range, "a \(shape) is needed here")
        }
        var arguments = call.arguments[...]
        if case .string(let system)? = arguments.first?.kind {
            guard ["ICRS", ""].contains(system.uppercased()) else {
                throw diagnostic(arguments[0].range, "positions are ICRS, not \(system)")
            }
            arguments = arguments.dropFirst()
        }
        var inner: [Expression] = Array(arguments)
        if shape == "CIRCLE", inner.count == 2, case .call(let point) = inner[0].kind, point.name.uppercased() == "POINT" {
            inner = point.arguments + [inner[1]]
        }
        guard inner.count == count else {
            throw diagnostic(
                expression.range, "\(shape) takes \(count) numbers",
                hint: shape == "POINT" ? "POINT(ra, dec)" : "CIRCLE(ra, dec, radius)")
        }
        var values: [CheckedExpression] = []
        for argument in inner { values.append(try check(argument)) }
        return try doubles(values)
    }
}
