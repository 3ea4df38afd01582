import Core

/// Finds conditions that cannot be what their author meant.
struct Lint {
    let source: [UInt8]
    let tables: [CatalogTable]
    let subqueries: [CheckedSubquery]
    private(set) var warnings: [Diagnostic] = []

    init(source: [UInt8], tables: [CatalogTable], subqueries: [CheckedSubquery]) {
        self.source = source
        self.tables = tables
        self.subqueries = subqueries
    }

    mutating func examine(_ terms: [CheckedExpression]) {
        examineRanges(terms, inner: nil)
        for term in terms { examine(term, inner: nil) }
        for subquery in subqueries {
            guard let condition = subquery.condition else { continue }
            examine(condition, inner: subquery.table)
            if case .and(let inner) = condition.kind { examineRanges(inner, inner: subquery.table) }
        }
    }

    private mutating func warn(_ range: SourceRange, _ message: String, hint: String = "") {
        warnings.append(Diagnostic(.warning, at: range, in: source, message, hint: hint))
    }

    private func schema(_ binding: ColumnBinding, _ inner: CatalogTable?) -> ColumnSchema? {
        (binding.table < 0 ? inner : tables[binding.table])?.schema.columns[binding.column]
    }

    /// Looks at the comparisons below a condition one by one.
    private mutating func examine(_ condition: CheckedExpression, inner: CatalogTable?) {
        switch condition.kind {
        case .and(let terms), .or(let terms): for term in terms { examine(term, inner: inner) }
        case .not(let operand): examine(operand, inner: inner)
        case .compare(.equal, let left, let right):
            guard case .column(let binding) = left.kind, case .string(let text) = right.kind,
                let column = schema(binding, inner)
            else { return }
            examineDomain(column, text, condition.range)
        case .isNull(let operand):
            guard case .column(let binding) = operand.kind, let column = schema(binding, inner), !column.isNullable,
                binding.table < 0 || !tables[binding.table].role.mayBeMissing
            else { return }
            warn(condition.range, "\(column.name) is never NULL")
        default: return
        }
    }

    private mutating func examineDomain(_ column: ColumnSchema, _ text: String, _ range: SourceRange) {
        let domain: [String]
        switch column.name {
        case "band": domain = ["u", "g", "r", "i", "z", "y"]
        case "status": domain = ["matched", "unmatched", "unknown"]
        case "packet_agreement":
            domain = ["agrees", "disagrees", "packet_only", "ours_only", "none"]
            if text == "unknown" {
                return warn(
                    range, "a verdict that hangs on an unknown is undetermined", hint: "ask for sso.status = 'unknown'")
            }
        default: return
        }
        if !domain.contains(text) {
            warn(range, "\(column.name) is never '\(text)'", hint: "it is one of " + domain.joined(separator: ", "))
        }
    }

    /// Terms of one AND that leave a column no value: `x > 5 AND x < 3`.
    private mutating func examineRanges(_ terms: [CheckedExpression], inner: CatalogTable?) {
        var ranges: [(binding: ColumnBinding, low: Double, high: Double)] = []
        for term in terms.flatMap(Lint.flattened) {
            guard let (binding, bounds) = Lint.bounds(of: term) else { continue }
            let index = ranges.firstIndex { $0.binding == binding } ?? ranges.count
            if index == ranges.count { ranges.append((binding, -.infinity, .infinity)) }
            let wasPossible = ranges[index].low <= ranges[index].high
            ranges[index].low = max(ranges[index].low, bounds.low)
            ranges[index].high = min(ranges[index].high, bounds.high)
            if wasPossible && ranges[index].low > ranges[index].high, let column = schema(binding, inner) {
                warn(
                    term.range, "no \(column.name) fulfils this and the conditions before it",
                    hint: "the query never passes anything")
            }
        }
    }

    private static func flattened(_ term: CheckedExpression) -> [CheckedExpression] {
        if case .and(let terms) = term.kind { return terms.flatMap(flattened) }
        return [term]
    }

    /// The values that a comparison of a column with a literal leaves, ends included.
    private static func bounds(of term: CheckedExpression) -> (ColumnBinding, (low: Double, high: Double))? {
        guard case .compare(let comparison, let left, let right) = term.kind else { return nil }
        if case .column(let binding) = stripped(left).kind, let value = literal(right) {
            return interval(comparison, value).map { (binding, $0) }
        }
        if case .column(let binding) = stripped(right).kind, let value = literal(left) {
            return interval(comparison.mirrored, value).map { (binding, $0) }
        }
        return nil
    }

    private static func stripped(_ value: CheckedExpression) -> CheckedExpression {
        if case .convert(let inner) = value.kind { return inner }
        return value
    }

    private static func literal(_ value: CheckedExpression) -> Double? {
        switch value.kind {
        case .integer(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }

    private static func interval(_ comparison: ComparisonOperator, _ value: Double) -> (low: Double, high: Double)? {
        switch comparison {
        case .equal: (value, value)
        case .less: (-.infinity, value.nextDown)
        case .lessOrEqual: (-.infinity, value)
        case .greater: (value.nextUp, .infinity)
        case .greaterOrEqual: (value, .infinity)
        case .notEqual: nil
        }
    }
}
