import Functions

extension Checker {
    /// An expression used as a condition.
    mutating func checkCondition(_ expression: Expression) throws(Diagnostic) -> CheckedExpression {
        let value = try check(expression)
        switch value.type {
        case .boolean: return value
        case .null: return CheckedExpression(.null, .boolean, value.range)
        default:
            throw diagnostic(
                value.range, "this is \(value.type.article), not a condition",
                hint: value.type.isNumeric ? "compare it: … = 1, … > 0" : "")
        }
    }

    mutating func check(_ expression: Expression) throws(Diagnostic) -> CheckedExpression {
        let range = expression.range
        switch expression.kind {
        case .null: return CheckedExpression(.null, .null, range)
        case .boolean(let value): return CheckedExpression(.boolean(value), .boolean, range)
        case .integer(let value): return CheckedExpression(.integer(value), .integer, range)
        case .number(let value): return CheckedExpression(.double(value), .double, range)
        case .string(let text): return CheckedExpression(.string(text), .string, range)
        case .column(let qualifier, let name): return try column(qualifier, name, range)
        case .negate(let operand):
            let value = try number(try check(operand))
            return CheckedExpression(.negate(value), value.type, range)
        case .arithmetic(let operation, let left, let right): return try arithmetic(operation, left, right, range)
        case .concatenate(let left, let right):
            let sides = (try text(try check(left)), try text(try check(right)))
            return CheckedExpression(.concatenate(sides.0, sides.1), .string, range)
        case .call(let call): return try check(call, range)
        case .subquery(let query): return try scalarSubquery(query, range)
        case .cast(let operand, let typeName): return try cast(try check(operand), typeName, range)
        case .caseWhen(let operand, let branches, let otherwise):
            return try caseWhen(operand, branches, otherwise, range)
        default: return try checkLogic(expression)
        }
    }

    private mutating func arithmetic(
        _ operation: ArithmeticOperator, _ left: Expression, _ right: Expression, _ range: SourceRange
    ) throws(Diagnostic) -> CheckedExpression {
        let a = try number(try check(left))
        let b = try number(try check(right))
        let type: ValueType = a.type == .integer && b.type == .integer ? .integer : .double
        if operation == .modulo {
            return CheckedExpression(.function(.mod, [convert(a, to: type), convert(b, to: type)]), type, range)
        }
        return CheckedExpression(.arithmetic(operation, convert(a, to: type), convert(b, to: type)), type, range)
    }

    private mutating func caseWhen(
        _ operand: Expression?, _ branches: [CaseBranch], _ otherwise: Expression?, _ range: SourceRange
    ) throws(Diagnostic) -> CheckedExpression {
        var conditions: [CheckedExpression] = []
        var values: [CheckedExpression] = []
        for branch in branches {
            if let operand {
                let equal = Expression(.compare(.equal, operand, branch.condition), branch.condition.range)
                conditions.append(try checkCondition(equal))
            } else {
                conditions.append(try checkCondition(branch.condition))
            }
            values.append(try check(branch.value))
        }
        if let otherwise { values.append(try check(otherwise)) } else { values.append(CheckedExpression(.null, .null, range)) }
        let unified = try unify(values, range, "the branches of CASE")
        let pairs = zip(conditions, unified).map { CheckedBranch(condition: $0, value: $1) }
        return CheckedExpression(.caseWhen(pairs, otherwise: unified[unified.count - 1]), unified[0].type, range)
    }

    private func cast(
        _ value: CheckedExpression, _ typeName: String, _ range: SourceRange
    ) throws(Diagnostic) -> CheckedExpression {
        let type: ValueType
        switch typeName {
        case "SMALLINT", "INTEGER", "INT", "BIGINT": type = .integer
        case "REAL", "FLOAT", "DOUBLE", "DOUBLE PRECISION", "NUMERIC", "DECIMAL": type = .double
        case "CHAR", "VARCHAR", "TEXT", "STRING": type = .string
        case "BOOLEAN": type = .boolean
        default:
            throw diagnostic(
                range, "there is no type \(typeName)",
                hint: "SMALLINT, INTEGER, BIGINT, REAL, DOUBLE PRECISION, CHAR, VARCHAR, BOOLEAN")
        }
        if type == .string && value.type != .string && value.type != .null {
            throw diagnostic(range, "\(value.type.article) cannot be cast to a string here")
        }
        if type == .boolean && value.type != .boolean && value.type != .null {
            throw diagnostic(range, "\(value.type.article) cannot be cast to a boolean", hint: "compare it: … <> 0")
        }
        return convert(value, to: type)
    }
}

extension ValueType {
    /// The type as a sentence names it.
    var article: String {
        switch self {
        case .boolean: "a boolean"
        case .integer: "an integer"
        case .double: "a number"
        case .string: "a string"
        case .null: "NULL"
        }
    }
}
