import ADQL
import Core

/// Finds conditions that come to the same for every alert, by running them.
enum ConstantConditions {
    static func warnings(of query: CheckedQuery, in source: [UInt8]) -> [Diagnostic] {
        let conditions = [query.condition].compactMap { $0 } + query.subqueries.compactMap(\.condition)
        return conditions.flatMap(terms).flatMap(constants).map { condition in
            let message =
                switch verdict(condition) {
                case .passed: "this condition is always true"
                case .failed: "this condition always fails"
                default: "this condition is never true"
                }
            return Diagnostic(.warning, at: condition.range, in: source, message)
        }
    }

    /// Those of an AND; the two halves of a BETWEEN stay together.
    private static func terms(_ condition: CheckedExpression) -> [CheckedExpression] {
        guard case .and(let terms) = condition.kind, terms.contains(where: { $0.range != condition.range }) else {
            return [condition]
        }
        return terms
    }

    /// The largest conditions below AND, OR and NOT that hang on nothing.
    private static func constants(_ condition: CheckedExpression) -> [CheckedExpression] {
        if condition.isConstant { return [condition] }
        switch condition.kind {
        case .and, .or, .not: return condition.operands.flatMap(constants)
        default: return []
        }
    }

    private static func verdict(_ condition: CheckedExpression) -> FilterVerdict {
        let batch = AlertBatch(capacity: 8)
        batch.source.appendMissingRow(.null)
        let evaluator = FilterEvaluator(FilterCompiler.compile(CheckedQuery(tables: [], condition: condition)))
        return evaluator.evaluate(FilterInput(batch: batch, nearest: [], recordedAt: MJD(0), rows: [0])).verdicts[0]
    }
}
