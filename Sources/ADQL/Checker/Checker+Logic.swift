extension Checker {
    mutating func checkLogic(_ expression: Expression) throws(Diagnostic) -> CheckedExpression {
        let range = expression.range
        switch expression.kind {
        case .compare(let comparison, let left, let right):
            return try compare(comparison, try check(left), try check(right), range)
        case .and(let terms): return CheckedExpression(.and(try conditions(terms)), .boolean, range)
        case .or(let terms): return CheckedExpression(.or(try conditions(terms)), .boolean, range)
        case .not(let operand): return CheckedExpression(.not(try checkCondition(operand)), .boolean, range)
        case .between(let operand, let low, let high):
            let value = try check(operand)
            let terms = [
                try compare(.greaterOrEqual, value, try check(low), range),
                try compare(.lessOrEqual, value, try check(high), range),
            ]
            return CheckedExpression(.and(terms), .boolean, range)
        case .inList(let operand, let choices):
            let value = try check(operand)
            var terms: [CheckedExpression] = []
            for choice in choices { terms.append(try compare(.equal, value, try check(choice), choice.range)) }
            return terms.count == 1 ? terms[0] : CheckedExpression(.or(terms), .boolean, range)
        case .isNull(let operand):
            return CheckedExpression(.isNull(try check(operand)), .boolean, range)
        case .like(let operand, let pattern, let ignoringCase):
            let value = try text(try check(operand))
            guard case .string(let text) = pattern.kind else {
                throw diagnostic(pattern.range, "the pattern of LIKE must be a string as written")
            }
            return CheckedExpression(.like(value, pattern: text, ignoringCase: ignoringCase), .boolean, range)
        case .exists(let query): return try existence(query, range)
        default: preconditionFailure("an expression that no part of the checker knows")
        }
    }

    private mutating func conditions(_ terms: [Expression]) throws(Diagnostic) -> [CheckedExpression] {
        var checked: [CheckedExpression] = []
        for term in terms { checked.append(try checkCondition(term)) }
        return checked
    }

    private mutating func compare(
        _ comparison: ComparisonOperator, _ left: CheckedExpression, _ right: CheckedExpression, _ range: SourceRange
    ) throws(Diagnostic) -> CheckedExpression {
        if let flag = try flagComparison(comparison, left, right, range) { return flag }
        if left.type == .null || right.type == .null {
            warn(range, "a comparison with NULL is never true", hint: "use IS NULL or IS NOT NULL")
        }
        let (a, b) = try comparable(left, right, range)
        return CheckedExpression(.compare(comparison, a, b), .boolean, range)
    }

    /// `flag = 0`, `1 = flag`, `flag <> 1`: the flag itself or its opposite.
    private mutating func flagComparison(
        _ comparison: ComparisonOperator, _ left: CheckedExpression, _ right: CheckedExpression, _ range: SourceRange
    ) throws(Diagnostic) -> CheckedExpression? {
        let flag: CheckedExpression
        let number: Int64
        switch (left.type, right.kind, right.type, left.kind) {
        case (.boolean, .integer(let value), _, _): (flag, number) = (left, value)
        case (_, _, .boolean, .integer(let value)): (flag, number) = (right, value)
        default: return nil
        }
        guard number == 0 || number == 1 else {
            warn(range, "a boolean is 0 or 1, never \(number)", hint: "compare it with 0 or 1")
            return nil
        }
        guard comparison == .equal || comparison == .notEqual else { return nil }
        let wantsTrue = (number == 1) == (comparison == .equal)
        return wantsTrue ? flag : CheckedExpression(.not(flag), .boolean, range)
    }
}
