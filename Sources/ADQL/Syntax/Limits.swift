/// How large a query may be: everything after the lexer is bounded by these.
public enum Limits {
    public static let textBytes = 65_536
    public static let tokens = 8_192
    /// Nested parentheses, calls, subqueries, and terms of one chain of operators.
    public static let depth = 128
    public static let selectItems = 256
    public static let joins = 32
}
