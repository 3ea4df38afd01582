/// What a condition without columns comes to.
enum ConstantFolding {
    /// True or false when that is certain; nil when it depends on the alert or is NULL.
    static func truth(of condition: CheckedExpression) -> Bool? {
        switch condition.kind {
        case .boolean(let value): return value
        case .null: return nil
        case .and(let terms):
            let values = terms.map(truth)
            if values.contains(false) { return false }
            return values.allSatisfy { $0 == true } ? true : nil
        case .or(let terms):
            let values = terms.map(truth)
            if values.contains(true) { return true }
            return values.allSatisfy { $0 == false } ? false : nil
        case .not(let operand): return truth(of: operand).map { !$0 }
        case .compare(let comparison, let left, let right): return compare(comparison, left, right)
        default: return nil
        }
    }

    private static func isNull(_ value: CheckedExpression) -> Bool {
        if case .null = value.kind { return true }
        return false
    }

    private static func compare(
        _ comparison: ComparisonOperator, _ left: CheckedExpression, _ right: CheckedExpression
    ) -> Bool? {
        if isNull(left) || isNull(right) { return nil }
        if case .string(let a) = left.kind, case .string(let b) = right.kind { return holds(comparison, a, b) }
        if case .integer(let a) = left.kind, case .integer(let b) = right.kind { return holds(comparison, a, b) }
        guard let a = number(left), let b = number(right) else { return nil }
        return holds(comparison, a, b)
    }

    private static func holds<T: Comparable>(_ comparison: ComparisonOperator, _ a: T, _ b: T) -> Bool {
        switch comparison {
        case .equal: a == b
        case .notEqual: a != b
        case .less: a < b
        case .lessOrEqual: a <= b
        case .greater: a > b
        case .greaterOrEqual: a >= b
        }
    }

    private static func number(_ value: CheckedExpression) -> Double? {
        switch value.kind {
        case .integer(let number): return Double(number)
        case .double(let number): return number
        case .negate(let operand): return number(operand).map { -$0 }
        case .arithmetic(let operation, let left, let right) where value.type == .double:
            guard let a = number(left), let b = number(right) else { return nil }
            switch operation {
            case .add: return a + b
            case .subtract: return a - b
            case .multiply: return a * b
            case .divide, .modulo: return nil
            }
        default: return nil
        }
    }
}
