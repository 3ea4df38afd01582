extension Parser {
    mutating func sum() throws(Diagnostic) -> Expression {
        let start = current.range.start
        var left = try product()
        var count = 0
        while case .symbol(let symbol) = current.kind, [.plus, .minus, .concatenate].contains(symbol) {
            advance()
            let right = try product()
            let place = range(from: start)
            left =
                switch symbol {
                case .plus: Expression(.arithmetic(.add, left, right), place)
                case .minus: Expression(.arithmetic(.subtract, left, right), place)
                default: Expression(.concatenate(left, right), place)
                }
            count += 1
            if count > Limits.depth { throw tooDeep() }
        }
        return left
    }

    private mutating func product() throws(Diagnostic) -> Expression {
        let start = current.range.start
        var left = try signed()
        var count = 0
        while case .symbol(let symbol) = current.kind, [.star, .slash, .percent].contains(symbol),
            let operation = ArithmeticOperator(rawValue: symbol.rawValue)
        {
            advance()
            let right = try signed()
            left = Expression(.arithmetic(operation, left, right), range(from: start))
            count += 1
            if count > Limits.depth { throw tooDeep() }
        }
        return left
    }

    private mutating func signed() throws(Diagnostic) -> Expression {
        let start = current.range.start
        if accept(.minus) {
            try enter()
            defer { leave() }
            let operand = try signed()
            switch operand.kind {
            case .integer(let value): return Expression(.integer(-value), range(from: start))
            case .number(let value): return Expression(.number(-value), range(from: start))
            default: return Expression(.negate(operand), range(from: start))
            }
        }
        if accept(.plus) {
            try enter()
            defer { leave() }
            return try signed()
        }
        return try primary()
    }

    private mutating func primary() throws(Diagnostic) -> Expression {
        let token = current
        switch token.kind {
        case .integer(let value):
            advance()
            return Expression(.integer(value), token.range)
        case .number(let value):
            advance()
            return Expression(.number(value), token.range)
        case .string(let text):
            advance()
            return Expression(.string(text), token.range)
        case .symbol(.leftParenthesis): return try parenthesised()
        case .quoted: return try columnOrCall()
        case .word(let word): return try keywordOrName(word.uppercased(), token)
        default: throw unexpected("a value")
        }
    }

    private mutating func parenthesised() throws(Diagnostic) -> Expression {
        let start = current.range.start
        advance()
        let isQuery = current.isKeyword("SELECT")
        let inner = isQuery ? Expression(.subquery(try select()), current.range) : try expression()
        try expect(.rightParenthesis, isQuery ? "after the subquery" : "to close the parenthesis")
        // A new range would hide `-(1)` from constant folding; the parentheses belong to the place only.
        return Expression(inner.kind, range(from: start))
    }

    private mutating func keywordOrName(_ keyword: String, _ token: Token) throws(Diagnostic) -> Expression {
        switch keyword {
        case "NULL":
            advance()
            return Expression(.null, token.range)
        case "TRUE", "FALSE":
            advance()
            return Expression(.boolean(keyword == "TRUE"), token.range)
        case "CASE": return try caseExpression()
        case "CAST": return try cast()
        case "EXISTS":
            advance()
            try expect(.leftParenthesis, "after EXISTS")
            let query = try select()
            try expect(.rightParenthesis, "after the subquery")
            return Expression(.exists(query), range(from: token.range.start))
        case "LEFT", "RIGHT":
            throw unexpected("a value")
        default:
            if Keywords.reserved.contains(keyword) { throw unexpected("a value") }
            return try columnOrCall()
        }
    }

    private mutating func columnOrCall() throws(Diagnostic) -> Expression {
        let start = current.range.start
        if case .word(let word) = current.kind, token(ahead: 1).isSymbol(.leftParenthesis) { return try call(word) }
        var parts = [try name("a column")]
        while accept(.dot) { parts.append(try name("a column after '.'", allowingReserved: true)) }
        let column = parts.removeLast()
        let qualifier = parts.isEmpty ? nil : parts.joined(separator: ".")
        return Expression(.column(qualifier: qualifier, name: column), range(from: start))
    }

    private mutating func call(_ name: String) throws(Diagnostic) -> Expression {
        let nameRange = advance().range
        advance()
        var arguments: [Expression] = []
        var isStar = false
        let isDistinct = accept(keyword: "DISTINCT")
        if accept(.star) {
            isStar = true
        } else if !current.isSymbol(.rightParenthesis) {
            arguments.append(try expression())
            while accept(.comma) { arguments.append(try expression()) }
        }
        try expect(.rightParenthesis, "after the arguments of \(name)")
        let call = FunctionCall(
            name: name, nameRange: nameRange, arguments: arguments, isStar: isStar, isDistinct: isDistinct)
        return Expression(.call(call), range(from: nameRange.start))
    }

    private mutating func caseExpression() throws(Diagnostic) -> Expression {
        let start = advance().range.start
        let operand: Expression? = current.isKeyword("WHEN") ? nil : try expression()
        var branches: [CaseBranch] = []
        while accept(keyword: "WHEN") {
            let condition = try expression()
            try expect(keyword: "THEN", "after the condition of WHEN")
            branches.append(CaseBranch(condition: condition, value: try expression()))
        }
        if branches.isEmpty { throw unexpected("WHEN after CASE") }
        let otherwise: Expression? = accept(keyword: "ELSE") ? try expression() : nil
        try expect(keyword: "END", "to close CASE")
        return Expression(.caseWhen(operand: operand, branches: branches, otherwise: otherwise), range(from: start))
    }

    private mutating func cast() throws(Diagnostic) -> Expression {
        let start = advance().range.start
        try expect(.leftParenthesis, "after CAST")
        let operand = try expression()
        try expect(keyword: "AS", "inside CAST")
        var typeName = try name("a type", allowingReserved: true).uppercased()
        if typeName == "DOUBLE", accept(keyword: "PRECISION") { typeName = "DOUBLE PRECISION" }
        if accept(.leftParenthesis) {
            guard case .integer = current.kind else { throw unexpected("a length") }
            advance()
            try expect(.rightParenthesis, "after the length")
        }
        try expect(.rightParenthesis, "to close CAST")
        return Expression(.cast(operand, typeName: typeName), range(from: start))
    }
}
