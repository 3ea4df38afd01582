/// A word of a query.
struct Token: Equatable {
    enum Kind: Equatable {
        /// An identifier or keyword as written.
        case word(String)
        /// A "quoted" identifier: never a keyword, case kept.
        case quoted(String)
        case string(String)
        case integer(Int64)
        case number(Double)
        case symbol(Symbol)
        case end
    }

    enum Symbol: String {
        case leftParenthesis = "("
        case rightParenthesis = ")"
        case comma = ","
        case dot = "."
        case semicolon = ";"
        case plus = "+"
        case minus = "-"
        case star = "*"
        case slash = "/"
        case percent = "%"
        case concatenate = "||"
        case equal = "="
        case notEqual = "<>"
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }

    let kind: Kind
    let range: SourceRange

    func isSymbol(_ symbol: Symbol) -> Bool { kind == .symbol(symbol) }

    func isKeyword(_ keyword: String) -> Bool {
        guard case .word(let word) = kind else { return false }
        return word.uppercased() == keyword
    }

    /// The token as a message names it.
    var described: String {
        switch kind {
        case .word(let word): "'\(word)'"
        case .quoted(let name): "\"\(name)\""
        case .string: "a string"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .symbol(let symbol): "'\(symbol.rawValue)'"
        case .end: "the end of the query"
        }
    }
}
