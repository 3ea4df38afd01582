import Core

/// The type of an expression.
public enum ValueType: String, Sendable {
    case boolean
    case integer
    case double
    case string
    /// The literal NULL, before it takes the type that its place wants.
    case null

    public init?(_ type: ColumnType) {
        switch type {
        case .bool: self = .boolean
        case .int32, .int64: self = .integer
        case .float32, .float64: self = .double
        case .string: self = .string
        case .bytes: return nil
        }
    }

    public var isNumeric: Bool { self == .integer || self == .double }
}
