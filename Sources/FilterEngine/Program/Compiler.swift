import ADQL
import Core

/// Turns a checked query into a column program.
public struct FilterCompiler {
    let query: CheckedQuery
    var texts: [[UInt8]] = []
    var catalogues: [String] = []
    var plans: [AggregatePlan] = []
    var readsSSO = false
    var readsProvisional = false

    public static func compile(_ query: CheckedQuery, name: String = "selected") -> FilterProgram {
        var compiler = FilterCompiler(query: query)
        for table in query.tables {
            if case .nearest(let catalogue) = table.role { compiler.catalogues.append(catalogue) }
        }
        for subquery in query.subqueries { compiler.plans.append(compiler.plan(subquery)) }
        let conditions = compiler.blocks(ofConjuncts: query.condition, inner: nil)
        let items = query.items.map { compiler.block($0.value, inner: nil) }
        return FilterProgram(
            conditions: conditions, items: items, plans: compiler.plans, catalogues: compiler.catalogues,
            texts: compiler.texts, output: FilterCompiler.outputSchema(query, name: name),
            readsHistory: !query.subqueries.isEmpty, readsSSO: compiler.readsSSO,
            readsProvisional: compiler.readsProvisional)
    }

    private init(query: CheckedQuery) { self.query = query }

    private mutating func plan(_ subquery: CheckedSubquery) -> AggregatePlan {
        let table: ColumnSource.Table = subquery.table.role == .forced ? .forced : .detections
        let conditions = blocks(ofConjuncts: subquery.condition, inner: table)
        var aggregates: [AggregatePlan.Aggregate] = []
        for aggregate in subquery.aggregates {
            let arguments = aggregate.arguments.map { block($0, inner: table) }
            aggregates.append(
                AggregatePlan.Aggregate(
                    function: aggregate.function, arguments: arguments, isDistinct: aggregate.isDistinct))
        }
        let blocks = conditions + aggregates.flatMap(\.arguments)
        let cost = blocks.reduce(1) { $0 + $1.instructions.count } + aggregates.count
        return AggregatePlan(table: table, conditions: conditions, aggregates: aggregates, costPerRow: cost)
    }

    mutating func block(_ expression: CheckedExpression, inner: ColumnSource.Table?) -> Block {
        var builder = BlockBuilder(compiler: self, inner: inner)
        let result = builder.compile(expression)
        let loads = builder.block.instructions.compactMap(\.source).filter { $0.table == .sso }
        readsSSO = readsSSO || !loads.isEmpty
        readsProvisional = readsProvisional || loads.contains { $0.column == ColumnSource.ssoProvisional }
        texts = builder.compiler.texts
        return builder.finish(result)
    }

    /// The terms of a condition as blocks, cheap ones first. The verdict does not depend on their order.
    private mutating func blocks(ofConjuncts condition: CheckedExpression?, inner: ColumnSource.Table?) -> [Block] {
        guard let condition else { return [] }
        let blocks = FilterCompiler.conjuncts(condition).map { block($0, inner: inner) }
        return blocks.enumerated().sorted { ($0.element.cost, $0.offset) < ($1.element.cost, $1.offset) }.map(\.element)
    }

    /// Terms of nested ANDs; those that share a subquery stay together, so that it runs once.
    static func conjuncts(_ condition: CheckedExpression) -> [CheckedExpression] {
        guard case .and(let terms) = condition.kind else { return [condition] }
        var groups: [(terms: [CheckedExpression], subqueries: Set<Int>)] = []
        for term in terms.flatMap(conjuncts) {
            let used = subqueries(in: term)
            if let index = groups.firstIndex(where: { !$0.subqueries.isDisjoint(with: used) }) {
                groups[index].terms.append(term)
                groups[index].subqueries.formUnion(used)
            } else {
                groups.append(([term], used))
            }
        }
        return groups.map {
            $0.terms.count == 1 ? $0.terms[0] : CheckedExpression(.and($0.terms), .boolean, condition.range)
        }
    }

    private static func subqueries(in expression: CheckedExpression) -> Set<Int> {
        switch expression.kind {
        case .subquery(let index): return [index]
        default: return expression.operands.reduce(into: []) { $0.formUnion(subqueries(in: $1)) }
        }
    }

    /// Columns keep their own width, unit and description; expressions are as wide as their type.
    private static func outputSchema(_ query: CheckedQuery, name: String) -> TableSchema {
        let columns = query.items.enumerated().map { index, item in
            let type: ColumnType =
                switch item.value.type {
                case .boolean: .bool
                case .integer: item.column?.type ?? .int64
                case .double, .null: item.column?.type ?? .float64
                case .string: .string
                }
            return ColumnSchema(
                id: UInt16(index + 1), name: item.name, type: type, unit: item.column?.unit ?? "",
                ucd: item.column?.ucd ?? "", isNullable: true, description: item.column?.description ?? "")
        }
        return TableSchema(name: name, description: "What the filter selects.", columns: columns)
    }
}
