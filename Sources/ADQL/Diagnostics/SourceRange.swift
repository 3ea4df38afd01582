/// A piece of a query's text: half-open byte offsets into its UTF-8.
public struct SourceRange: Sendable, Hashable {
    public var start: Int
    public var end: Int

    public init(start: Int, end: Int) {
        self.start = start
        self.end = end
    }

    public static let none = SourceRange(start: 0, end: 0)

    /// The smallest range that holds both.
    public func joined(_ other: SourceRange) -> SourceRange {
        SourceRange(start: min(start, other.start), end: max(end, other.end))
    }
}
