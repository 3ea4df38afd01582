import Core

/// One thing that is wrong or suspect in a query, as a value: where, what, why, and what to do.
public struct Diagnostic: Error, Sendable, Equatable {
    public enum Severity: String, Sendable {
        case error
        case warning
    }

    public let severity: Severity
    public let range: SourceRange
    /// 1-based.
    public let line: Int
    /// 1-based, in characters.
    public let column: Int
    public let message: String
    public let detail: String
    public let hint: String

    public init(
        _ severity: Severity = .error, at range: SourceRange, in source: [UInt8], _ message: String, detail: String = "",
        hint: String = ""
    ) {
        self.severity = severity
        self.range = range
        self.message = message
        self.detail = detail
        self.hint = hint
        let place = SourceLine(holding: range.start, in: source)
        line = place.number
        column = place.column(of: range.start)
    }

    /// How much of a line is shown, in characters.
    static let excerptWidth = 160

    /// The message with the line it is about and carets under the place.
    public func rendered(source: [UInt8], name: String) -> String {
        let place = SourceLine(holding: range.start, in: source)
        let caretCount = max(1, place.column(of: min(range.end, place.end)) - column)
        let gutter = String(repeating: " ", count: String(line).utf8.count)
        var text = "\(name):\(line):\(column): \(severity.rawValue): \(message)\n"
        // Of a very long line, what is around the place.
        let skipped = max(0, column - 1 - Diagnostic.excerptWidth / 2)
        let excerpt = String(place.text.dropFirst(skipped).prefix(Diagnostic.excerptWidth))
        let indent = String(repeating: " ", count: column - 1 - skipped)
        let carets = String(repeating: "^", count: max(1, min(caretCount, Diagnostic.excerptWidth - indent.count)))
        text += " \(line) | \(excerpt)\n \(gutter) | \(indent)\(carets)\n"
        if !detail.isEmpty { text += " \(gutter) = \(detail)\n" }
        if !hint.isEmpty { text += " \(gutter) = hint: \(hint)\n" }
        return text
    }

    /// The same as something that a command or a request answers with.
    public func userFault(source: [UInt8], name: String) -> UserFault {
        UserFault(.usage, rendered(source: source, name: name))
    }
}

/// The line of a text around a byte offset.
struct SourceLine {
    let number: Int
    let start: Int
    let end: Int
    private let bytes: ArraySlice<UInt8>

    init(holding offset: Int, in source: [UInt8]) {
        let place = min(max(offset, 0), source.count)
        let newline = UInt8(ascii: "\n")
        number = source[..<place].count { $0 == newline } + 1
        start = (source[..<place].lastIndex(of: newline) ?? -1) + 1
        end = source[place...].firstIndex(of: newline) ?? source.count
        bytes = source[start..<end]
    }

    /// The line with tabs as one space, so that carets stand where they should.
    var text: String { String(decoding: bytes.map { $0 == 9 || $0 == 13 ? 32 : $0 }, as: UTF8.self) }

    /// 1-based column of a byte offset of this line.
    func column(of offset: Int) -> Int {
        String(decoding: bytes[start..<min(max(offset, start), end)], as: UTF8.self).count + 1
    }
}
