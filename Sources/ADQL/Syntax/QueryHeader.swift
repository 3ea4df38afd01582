/// The comment lines above a filter's query: `-- title: …`, `-- owner: …`, `-- topic: …`.
public struct QueryHeader: Sendable, Equatable {
    public var title: String?
    public var owner: String?
    public var topic: String?

    /// Reads the leading comment lines; unknown keys are ordinary comments.
    public init(of text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            let trimmed = QueryHeader.trim(line)
            if trimmed.isEmpty { continue }
            guard trimmed.hasPrefix("--") else { return }
            let comment = QueryHeader.trim(trimmed.dropFirst(2))
            guard let colon = comment.firstIndex(of: ":") else { continue }
            let value = String(QueryHeader.trim(comment[comment.index(after: colon)...]))
            switch comment[..<colon].lowercased() {
            case "title": title = title ?? value
            case "owner": owner = owner ?? value
            case "topic": topic = topic ?? value
            default: continue
            }
        }
    }

    private static func trim(_ text: Substring) -> Substring {
        var rest = text
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return rest
    }
}
