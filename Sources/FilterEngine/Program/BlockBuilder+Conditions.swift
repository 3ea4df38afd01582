import ADQL

extension BlockBuilder {
    mutating func compileCondition(_ expression: CheckedExpression) -> Register {
        switch expression.kind {
        case .isPresent(let table):
            let source = self.table(table)
            return result(.outcome) { .loadPresence($0, source) }
        case .compare(let comparison, let left, let right): return compileComparison(comparison, left, right)
        case .and(let terms): return chain(terms) { .and($0, $1, $2) }
        case .or(let terms): return chain(terms) { .or($0, $1, $2) }
        case .not(let operand):
            let a = compile(operand)
            return result(.outcome, releasing: a) { .not($0, a.index) }
        case .isNull(let operand):
            let a = compile(operand)
            return result(.outcome, releasing: a) {
                switch a.file {
                case .double, .integer: .numberIsNull($0, a.index)
                case .outcome: .outcomeIsNull($0, a.index)
                case .text: .textIsNull($0, a.index)
                }
            }
        case .like(let operand, let pattern, let ignoringCase):
            let a = compile(operand)
            let index = text(Array((ignoringCase ? pattern.lowercased() : pattern).utf8))
            return result(.outcome, releasing: a) { .like($0, a.index, pattern: index, ignoringCase: ignoringCase) }
        default: preconditionFailure("not a condition")
        }
    }

    private mutating func chain(_ terms: [CheckedExpression], _ make: (Int, Int, Int) -> Instruction) -> Register {
        var value = compile(terms[0])
        for term in terms.dropFirst() {
            let (a, b) = (value, compile(term))
            value = result(.outcome, releasing: a, b) { make($0, a.index, b.index) }
        }
        return value
    }

    private mutating func compileComparison(
        _ comparison: ComparisonOperator, _ left: CheckedExpression, _ right: CheckedExpression
    ) -> Register {
        switch (left.kind, right.kind) {
        case (_, .integer(let value)) where left.type == .integer:
            let a = compile(left)
            return result(.outcome, releasing: a) { .compareWithInteger(comparison, $0, a.index, value) }
        case (_, .double(let value)) where left.type == .double:
            let a = compile(left)
            return result(.outcome, releasing: a) { .compareWithDouble(comparison, $0, a.index, value) }
        case (.integer, _), (.double, _):
            if case .integer = right.kind { break }
            if case .double = right.kind { break }
            return compileComparison(comparison.mirrored, right, left)
        default: break
        }
        let (a, b) = (compile(left), compile(right))
        return result(.outcome, releasing: a, b) {
            switch a.file {
            case .double: .compareDoubles(comparison, $0, a.index, b.index)
            case .integer: .compareIntegers(comparison, $0, a.index, b.index)
            case .outcome: .compareOutcomes(comparison, $0, a.index, b.index)
            case .text: .compareTexts(comparison, $0, a.index, b.index)
            }
        }
    }
}
