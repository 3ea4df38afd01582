/// Reads one SELECT by recursive descent. Every nesting is counted, so that hostile text cannot exhaust the stack.
public struct Parser {
    let source: [UInt8]
    private let tokens: [Token]
    private var position = 0
    private var depth = 0

    private init(_ source: [UInt8]) throws(Diagnostic) {
        self.source = source
        tokens = try Lexer.tokens(of: source)
    }

    /// The query in a text; the first thing that is wrong is thrown.
    public static func query(in text: String) throws(Diagnostic) -> Query {
        var parser = try Parser(Array(text.utf8))
        let query = try parser.select()
        _ = parser.accept(.semicolon)
        guard parser.current.kind == .end else { throw parser.unexpected("the end of the query") }
        return query
    }

    // MARK: Tokens

    var current: Token { tokens[position] }
    func token(ahead: Int) -> Token { tokens[min(position + ahead, tokens.count - 1)] }
    var previousEnd: Int { position > 0 ? tokens[position - 1].range.end : 0 }

    @discardableResult
    mutating func advance() -> Token {
        let token = tokens[position]
        if position < tokens.count - 1 { position += 1 }
        return token
    }

    mutating func accept(_ symbol: Token.Symbol) -> Bool {
        guard current.isSymbol(symbol) else { return false }
        advance()
        return true
    }

    mutating func accept(keyword: String) -> Bool {
        guard current.isKeyword(keyword) else { return false }
        advance()
        return true
    }

    mutating func expect(_ symbol: Token.Symbol, _ context: String) throws(Diagnostic) {
        guard accept(symbol) else { throw unexpected("'\(symbol.rawValue)' \(context)") }
    }

    mutating func expect(keyword: String, _ context: String) throws(Diagnostic) {
        guard accept(keyword: keyword) else { throw unexpected("\(keyword) \(context)") }
    }

    func unexpected(_ expected: String) -> Diagnostic {
        diagnostic(current.range, "expected \(expected), found \(current.described)")
    }

    func diagnostic(_ range: SourceRange, _ message: String, detail: String = "", hint: String = "") -> Diagnostic {
        Diagnostic(at: range, in: source, message, detail: detail, hint: hint)
    }

    /// The range from a byte to the end of the last token that was read.
    func range(from start: Int) -> SourceRange { SourceRange(start: start, end: max(start, previousEnd)) }

    mutating func enter() throws(Diagnostic) {
        depth += 1
        if depth > Limits.depth { throw tooDeep() }
    }

    mutating func leave() { depth -= 1 }

    func tooDeep() -> Diagnostic {
        diagnostic(current.range, "the query nests deeper than \(Limits.depth) levels")
    }

    /// A name: a word that is not reserved, or quoted. After AS a reserved word is a name too.
    mutating func name(_ what: String, allowingReserved: Bool = false) throws(Diagnostic) -> String {
        switch current.kind {
        case .quoted(let name):
            advance()
            return name
        case .word(let word):
            if !allowingReserved && Keywords.reserved.contains(word.uppercased()) { throw unexpected(what) }
            advance()
            return word
        default: throw unexpected(what)
        }
    }

    /// An alias with or without AS.
    mutating func optionalAlias() throws(Diagnostic) -> String? {
        if accept(keyword: "AS") { return try name("a name after AS", allowingReserved: true) }
        switch current.kind {
        case .quoted: return try name("a name")
        case .word(let word) where !Keywords.reserved.contains(word.uppercased()): return try name("a name")
        default: return nil
        }
    }
}
