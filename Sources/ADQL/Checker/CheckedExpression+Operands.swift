extension CheckedExpression {
    /// The expressions directly below this one.
    public var operands: [CheckedExpression] {
        switch kind {
        case .null, .boolean, .integer, .double, .string, .column, .aggregate, .subquery, .isPresent: []
        case .negate(let a), .not(let a), .isNull(let a), .like(let a, _, _), .convert(let a): [a]
        case .arithmetic(_, let a, let b), .compare(_, let a, let b), .concatenate(let a, let b): [a, b]
        case .and(let terms), .or(let terms), .coalesce(let terms), .function(_, let terms): terms
        case .caseWhen(let branches, let otherwise): branches.flatMap { [$0.condition, $0.value] } + [otherwise]
        }
    }

    /// Whether it comes to the same for every alert, whenever it is asked.
    public var isConstant: Bool {
        switch kind {
        case .column, .aggregate, .subquery, .isPresent, .function(.mjdNow, _): false
        default: operands.allSatisfy(\.isConstant)
        }
    }

    /// All columns that the expression reads.
    var columns: [ColumnBinding] {
        if case .column(let binding) = kind { return [binding] }
        return operands.flatMap(\.columns)
    }
}
