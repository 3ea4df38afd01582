import Core
import Glibc

/// Splits a query into tokens. Accepts what the field's clients write: any case, `10AND`, comments, a final semicolon.
struct Lexer {
    private let source: [UInt8]
    private var position = 0

    init(_ source: [UInt8]) { self.source = source }

    static func tokens(of source: [UInt8]) throws(Diagnostic) -> [Token] {
        guard source.count <= Limits.textBytes else {
            throw Diagnostic(
                at: .none, in: [], "the query is too long",
                detail: "\(source.count) bytes; at most \(Limits.textBytes) are read")
        }
        var lexer = Lexer(source)
        var tokens: [Token] = []
        while true {
            let token = try lexer.next()
            tokens.append(token)
            if token.kind == .end { return tokens }
            if tokens.count > Limits.tokens {
                throw Diagnostic(at: token.range, in: source, "the query has more than \(Limits.tokens) words")
            }
        }
    }

    private func byte(_ ahead: Int = 0) -> UInt8 {
        position + ahead < source.count ? source[position + ahead] : 0
    }

    private mutating func next() throws(Diagnostic) -> Token {
        skipBlanksAndComments()
        let start = position
        guard position < source.count else { return token(.end, from: start) }
        let first = byte()
        if Lexer.isLetter(first) { return word() }
        if Lexer.isDigit(first) || (first == UInt8(ascii: ".") && Lexer.isDigit(byte(1))) { return try number() }
        if first == UInt8(ascii: "'") { return token(.string(try quotedText(first, "string")), from: start) }
        if first == UInt8(ascii: "\"") { return token(.quoted(try quotedText(first, "name")), from: start) }
        return try symbol()
    }

    private func token(_ kind: Token.Kind, from start: Int) -> Token {
        Token(kind: kind, range: SourceRange(start: start, end: position))
    }

    private mutating func skipBlanksAndComments() {
        while position < source.count {
            if byte() <= 32 {
                position += 1
            } else if byte() == UInt8(ascii: "-") && byte(1) == UInt8(ascii: "-") {
                while position < source.count && byte() != 10 { position += 1 }
            } else {
                return
            }
        }
    }

    private mutating func word() -> Token {
        let start = position
        while Lexer.isLetter(byte()) || Lexer.isDigit(byte()) { position += 1 }
        return token(.word(String(decoding: source[start..<position], as: UTF8.self)), from: start)
    }

    private mutating func number() throws(Diagnostic) -> Token {
        let start = position
        var isInteger = true
        while Lexer.isDigit(byte()) { position += 1 }
        if byte() == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            while Lexer.isDigit(byte()) { position += 1 }
        }
        if byte() | 32 == UInt8(ascii: "e") {
            // An exponent only when digits follow: in `10else` the letter begins a keyword.
            let signed = byte(1) == UInt8(ascii: "+") || byte(1) == UInt8(ascii: "-")
            if Lexer.isDigit(byte(signed ? 2 : 1)) {
                isInteger = false
                position += signed ? 2 : 1
                while Lexer.isDigit(byte()) { position += 1 }
            }
        }
        let text = String(decoding: source[start..<position], as: UTF8.self)
        if isInteger {
            if let value = Int64(text) { return token(.integer(value), from: start) }
            throw Diagnostic(
                at: SourceRange(start: start, end: position), in: source, "the integer \(text) is too large",
                detail: "integers have 64 bits: at most 9223372036854775807", hint: "write it as a float: \(text).0")
        }
        let value = strtod(text, nil)
        guard value.isFinite else {
            throw Diagnostic(
                at: SourceRange(start: start, end: position), in: source, "the number \(text) is too large")
        }
        return token(.number(value), from: start)
    }

    /// Text between two quotes; a doubled quote stands for one.
    private mutating func quotedText(_ quote: UInt8, _ what: String) throws(Diagnostic) -> String {
        let start = position
        position += 1
        var bytes: [UInt8] = []
        while position < source.count {
            if byte() == quote {
                position += 1
                if position >= source.count || byte() != quote { return String(decoding: bytes, as: UTF8.self) }
            }
            bytes.append(byte())
            position += 1
        }
        throw Diagnostic(
            at: SourceRange(start: start, end: start + 1), in: source, "this \(what) has no end",
            hint: "close it with \(Character(UnicodeScalar(quote)))")
    }

    private mutating func symbol() throws(Diagnostic) -> Token {
        let start = position
        let pair = String(decoding: [byte(), byte(1)], as: UTF8.self)
        if let symbol = Token.Symbol(rawValue: pair == "!=" ? "<>" : pair), pair.utf8.count == 2 {
            position += 2
            return token(.symbol(symbol), from: start)
        }
        if let symbol = Token.Symbol(rawValue: String(decoding: [byte()], as: UTF8.self)) {
            position += 1
            return token(.symbol(symbol), from: start)
        }
        let rest = String(decoding: source[start...].prefix(4), as: UTF8.self)
        let character = rest.first.map(String.init) ?? "?"
        throw Diagnostic(
            at: SourceRange(start: start, end: start + 1), in: source, "'\(character)' does not belong in a query")
    }

    static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 32 >= UInt8(ascii: "a") && byte | 32 <= UInt8(ascii: "z")) || byte == UInt8(ascii: "_")
    }

    static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
