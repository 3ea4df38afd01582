import Functions

/// An expression whose names are resolved and whose types agree. Evaluators need no further checks.
public struct CheckedExpression: Sendable {
    public let kind: Kind
    public let type: ValueType
    public let range: SourceRange

    public init(_ kind: Kind, _ type: ValueType, _ range: SourceRange) {
        self.kind = kind
        self.type = type
        self.range = range
    }

    public indirect enum Kind: Sendable {
        /// NULL of the expression's type.
        case null
        case boolean(Bool)
        case integer(Int64)
        case double(Double)
        case string(String)
        case column(ColumnBinding)
        /// Result of an aggregate of the subquery around it.
        case aggregate(Int)
        /// A subquery of the query, in order of appearance.
        case subquery(Int)
        /// Whether the row of a joined table is there.
        case isPresent(table: Int)
        case negate(CheckedExpression)
        /// Both sides have the type of the result.
        case arithmetic(ArithmeticOperator, CheckedExpression, CheckedExpression)
        case concatenate(CheckedExpression, CheckedExpression)
        /// Both sides have one type.
        case compare(ComparisonOperator, CheckedExpression, CheckedExpression)
        case and([CheckedExpression])
        case or([CheckedExpression])
        case not(CheckedExpression)
        case isNull(CheckedExpression)
        case like(CheckedExpression, pattern: String, ignoringCase: Bool)
        case caseWhen([CheckedBranch], otherwise: CheckedExpression)
        case coalesce([CheckedExpression])
        case function(ScalarFunction, [CheckedExpression])
        /// To the expression's type.
        case convert(CheckedExpression)
    }
}

public struct CheckedBranch: Sendable {
    public let condition: CheckedExpression
    public let value: CheckedExpression
}

/// A column of a table in scope.
public struct ColumnBinding: Sendable, Equatable {
    /// Index into the query's tables; −1 is the table of the subquery around it.
    public let table: Int
    /// Index into that table's columns.
    public let column: Int
}
