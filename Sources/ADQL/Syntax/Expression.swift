/// An expression as written, with its place.
public struct Expression: Sendable {
    public let kind: Kind
    public let range: SourceRange

    public init(_ kind: Kind, _ range: SourceRange) {
        self.kind = kind
        self.range = range
    }

    public indirect enum Kind: Sendable {
        case null
        case boolean(Bool)
        case integer(Int64)
        case number(Double)
        case string(String)
        /// `a.psfFlux`, `psfFlux`, `nearest.gaia_dr3.ra`: everything before the last dot is the qualifier.
        case column(qualifier: String?, name: String)
        case negate(Expression)
        case arithmetic(ArithmeticOperator, Expression, Expression)
        case concatenate(Expression, Expression)
        case compare(ComparisonOperator, Expression, Expression)
        /// Two or more terms.
        case and([Expression])
        /// Two or more terms.
        case or([Expression])
        case not(Expression)
        case between(Expression, low: Expression, high: Expression)
        case inList(Expression, [Expression])
        case isNull(Expression)
        case like(Expression, pattern: Expression, ignoringCase: Bool)
        case caseWhen(operand: Expression?, branches: [CaseBranch], otherwise: Expression?)
        case cast(Expression, typeName: String)
        case call(FunctionCall)
        case subquery(Query)
        case exists(Query)
    }
}

public struct CaseBranch: Sendable {
    public let condition: Expression
    public let value: Expression
}

/// A call of a scalar function, an aggregate or a geometry constructor.
public struct FunctionCall: Sendable {
    public let name: String
    public let nameRange: SourceRange
    public let arguments: [Expression]
    /// `COUNT(*)`.
    public let isStar: Bool
    public let isDistinct: Bool
}

public enum ArithmeticOperator: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case modulo = "%"
}

public enum ComparisonOperator: String, Sendable, CaseIterable {
    case equal = "="
    case notEqual = "<>"
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="

    /// The operator with its sides exchanged.
    public var mirrored: ComparisonOperator {
        switch self {
        case .equal, .notEqual: self
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        }
    }
}
