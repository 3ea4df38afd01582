/// A SELECT as written.
public struct Query: Sendable {
    public let range: SourceRange
    public let isDistinct: Bool
    public let top: Int64?
    public let items: [SelectItem]
    public let from: TableReference
    public let joins: [Join]
    public let condition: Expression?
}

public enum SelectItem: Sendable {
    /// `*` or `a.*`.
    case all(qualifier: String?, SourceRange)
    case expression(Expression, alias: String?)
}

public struct TableReference: Sendable {
    /// With its schema when it was given: `nearest.gaia_dr3`.
    public let name: String
    public let alias: String?
    public let range: SourceRange

    /// What columns are qualified with.
    public var label: String { alias ?? name }
}

public struct Join: Sendable {
    public enum Kind: Sendable {
        case inner
        case left
    }

    public enum Condition: Sendable {
        case using([String], SourceRange)
        case on(Expression)
        case none
    }

    public let kind: Kind
    public let table: TableReference
    public let condition: Condition
}
