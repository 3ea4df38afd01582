import Core
import Functions

/// A query that means something, ready for an evaluator.
public struct CheckedQuery: Sendable {
    /// The tables in scope; the first is the alert.
    public let tables: [CatalogTable]
    public let items: [CheckedItem]
    /// Nil when there is no WHERE: everything passes.
    public let condition: CheckedExpression?
    public let subqueries: [CheckedSubquery]
    /// Things that are suspect but not wrong.
    public let warnings: [Diagnostic]

    public init(
        tables: [CatalogTable], items: [CheckedItem] = [], condition: CheckedExpression?, subqueries: [CheckedSubquery] = [],
        warnings: [Diagnostic] = []
    ) {
        self.tables = tables
        self.items = items
        self.condition = condition
        self.subqueries = subqueries
        self.warnings = warnings
    }
}

public struct CheckedItem: Sendable {
    /// Legal and unique in its query.
    public let name: String
    public let value: CheckedExpression
    /// The column that it repeats unchanged, for its unit, description and width.
    public let column: ColumnSchema?
}

/// Aggregates over the many rows that one alert has of a table.
public struct CheckedSubquery: Sendable {
    public let table: CatalogTable
    public let condition: CheckedExpression?
    public let aggregates: [CheckedAggregate]
    /// The value of the subquery, over its aggregates and the alert's columns.
    public let value: CheckedExpression
}

public struct CheckedAggregate: Sendable {
    public let function: AggregateFunction
    /// Empty for `COUNT(*)`.
    public let arguments: [CheckedExpression]
    public let isDistinct: Bool
    public let type: ValueType
}
