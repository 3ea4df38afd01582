import Core
import Glibc

extension Checker {
    /// The value as a number; booleans count as 0 and 1.
    func number(_ value: CheckedExpression) throws(Diagnostic) -> CheckedExpression {
        switch value.type {
        case .integer, .double: return value
        case .boolean: return convert(value, to: .integer)
        case .null: return CheckedExpression(.null, .double, value.range)
        case .string: throw diagnostic(value.range, "a number is needed here, not a string")
        }
    }

    func text(_ value: CheckedExpression) throws(Diagnostic) -> CheckedExpression {
        switch value.type {
        case .string: return value
        case .null: return CheckedExpression(.null, .string, value.range)
        default: throw diagnostic(value.range, "a string is needed here, not \(value.type.article)")
        }
    }

    /// The value in another type; literals are converted at once.
    func convert(_ value: CheckedExpression, to type: ValueType) -> CheckedExpression {
        if value.type == type { return value }
        switch (value.kind, type) {
        case (.null, _): return CheckedExpression(.null, type, value.range)
        case (.integer(let number), .double): return CheckedExpression(.double(Double(number)), .double, value.range)
        case (.boolean(let flag), .integer): return CheckedExpression(.integer(flag ? 1 : 0), .integer, value.range)
        default: return CheckedExpression(.convert(value), type, value.range)
        }
    }

    /// All values in the one type that holds them.
    func unify(
        _ values: [CheckedExpression], _ range: SourceRange, _ what: String
    ) throws(Diagnostic) -> [CheckedExpression] {
        var type = ValueType.null
        for value in values where value.type != .null {
            if type == .null || type == value.type {
                type = value.type
            } else if type.isNumeric && value.type.isNumeric {
                type = .double
            } else if (type == .integer && value.type == .boolean) || (type == .boolean && value.type == .integer) {
                type = .integer
            } else {
                throw diagnostic(
                    value.range, "\(what) have different types: \(type.rawValue) and \(value.type.rawValue)")
            }
        }
        let target = type == .null ? ValueType.double : type
        return values.map { convert($0, to: target) }
    }

    /// Both sides of a comparison in one type. A string literal beside a number is read as one: clients quote 64-bit ids.
    func comparable(
        _ left: CheckedExpression, _ right: CheckedExpression, _ range: SourceRange
    ) throws(Diagnostic) -> (CheckedExpression, CheckedExpression) {
        if left.type.isNumeric, case .string(let text) = right.kind {
            return try comparable(left, try parsed(text, right.range), range)
        }
        if right.type.isNumeric, case .string(let text) = left.kind {
            return try comparable(try parsed(text, left.range), right, range)
        }
        if (left.type == .boolean && right.type == .string) || (left.type == .string && right.type == .boolean) {
            throw diagnostic(range, "a boolean is compared with a string", hint: "compare it with 1 or 0, TRUE or FALSE")
        }
        if left.type == .boolean && right.type == .double || left.type == .double && right.type == .boolean {
            throw diagnostic(range, "a boolean is compared with a number", hint: "compare it with 1 or 0, TRUE or FALSE")
        }
        let both = try unify([left, right], range, "the sides of a comparison")
        return (both[0], both[1])
    }

    private func parsed(_ text: String, _ range: SourceRange) throws(Diagnostic) -> CheckedExpression {
        if let integer = Int64(text) { return CheckedExpression(.integer(integer), .integer, range) }
        if let number = Double(text), number.isFinite { return CheckedExpression(.double(number), .double, range) }
        throw diagnostic(range, "a number is compared with the string '\(text)'")
    }
}
