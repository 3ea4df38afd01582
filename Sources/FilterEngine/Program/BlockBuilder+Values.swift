import ADQL
import Core
import Functions

extension BlockBuilder {
    mutating func compile(_ expression: CheckedExpression) -> Register {
        let file = BlockBuilder.file(expression.type)
        switch expression.kind {
        case .null: return compileNull(file)
        case .boolean, .integer, .double, .string: return compileLiteral(expression)
        case .column(let binding): return compileColumn(binding, file)
        case .aggregate(let index): return aggregateResult(index)
        case .subquery(let index): return compileSubquery(index)
        case .negate(let operand):
            let a = compile(operand)
            return result(file, releasing: a) { .negate($0, a.index, isInteger: file == .integer) }
        case .arithmetic(let operation, let left, let right):
            let (a, b) = (compile(left), compile(right))
            return result(file, releasing: a, b) {
                .arithmetic(operation, $0, a.index, b.index, isInteger: file == .integer)
            }
        case .concatenate(let left, let right):
            let (a, b) = (compile(left), compile(right))
            return result(file, releasing: a, b) { .concatenate($0, a.index, b.index) }
        case .function(let function, let arguments): return compileFunction(function, arguments, file)
        case .convert(let operand): return compileConversion(operand, file)
        case .caseWhen(let branches, let otherwise): return compileCase(branches, otherwise, file)
        case .coalesce(let values): return compileCoalesce(values, file)
        default: return compileCondition(expression)
        }
    }

    /// One instruction into a new register; the operands are given back first, since every lane is read before it is written.
    mutating func result(
        _ file: Register.File, releasing operands: Register..., by instruction: (Int) -> Instruction
    ) -> Register {
        for operand in operands { release(operand) }
        let target = new(file)
        emit(instruction(target.index))
        return target
    }

    private mutating func compileNull(_ file: Register.File) -> Register {
        switch file {
        case .double, .integer: result(file) { .setNullNumber($0) }
        case .outcome: result(file) { .setOutcome($0, Outcome.null) }
        case .text: result(file) { .setNullText($0) }
        }
    }

    private mutating func compileLiteral(_ expression: CheckedExpression) -> Register {
        switch expression.kind {
        case .boolean(let value): return result(.outcome) { .setOutcome($0, value ? Outcome.true : Outcome.false) }
        case .integer(let value): return result(.integer) { .setInteger($0, value) }
        case .double(let value): return result(.double) { .setDouble($0, value) }
        case .string(let value):
            let index = text(Array(value.utf8))
            return result(.text) { .setText($0, index) }
        default: preconditionFailure("not a literal")
        }
    }

    private mutating func compileColumn(_ binding: ColumnBinding, _ file: Register.File) -> Register {
        if binding.table == 0 && binding.column >= Tables.diaSource.columns.count {
            switch binding.column - Tables.diaSource.columns.count {
            case 0: return result(file) { .loadText($0, ColumnSource(table: .packet, column: 0)) }
            case 1: return result(file) { .loadText($0, ColumnSource(table: .packet, column: 1)) }
            case 2: return result(file) { .loadIsSSO($0) }
            default: return result(file) { .loadNight($0) }
            }
        }
        let source = ColumnSource(table: table(binding.table), column: binding.column)
        switch file {
        case .double: return result(file) { .loadDouble($0, source) }
        case .integer: return result(file) { .loadInteger($0, source) }
        case .outcome: return result(file) { .loadOutcome($0, source) }
        case .text: return result(file) { .loadText($0, source) }
        }
    }

    func table(_ index: Int) -> ColumnSource.Table {
        guard index >= 0 else {
            guard let inner else { preconditionFailure("a column of a subquery outside of it") }
            return inner
        }
        switch compiler.query.tables[index].role {
        case .alert: return .source
        case .object: return .object
        case .packetSSO: return .packetSSO
        case .sso: return .sso
        case .nearest:
            let before = compiler.query.tables[..<index]
            return .nearest(before.count { if case .nearest = $0.role { true } else { false } })
        case .detections, .forced: preconditionFailure("a table of many rows is joined")
        }
    }

    private mutating func compileFunction(
        _ function: ScalarFunction, _ arguments: [CheckedExpression], _ file: Register.File
    ) -> Register {
        if function == .pi { return result(file) { .setDouble($0, .pi) } }
        if function == .mjdNow { return result(file) { .mjdNow($0) } }
        block.cost += 20
        let values = arguments.map { compile($0) }
        let r = values.map(\.index)
        for value in values { release(value) }
        let target = new(file)
        if file == .text {
            emit(.changeCase(target.index, r[0], toUpper: function == .upper))
        } else if file == .integer {
            emit(.integerFunction(function, target.index, r[0], r.count > 1 ? r[1] : r[0]))
        } else if function == .distance {
            emit(.distance(target.index, r[0], r[1], r[2], r[3]))
        } else if r.count == 2 {
            emit(.function2(function, target.index, r[0], r[1]))
        } else {
            emit(.function1(function, target.index, r[0]))
        }
        return target
    }

    private mutating func compileConversion(_ operand: CheckedExpression, _ file: Register.File) -> Register {
        let a = compile(operand)
        switch (a.file, file) {
        case (.integer, .double): return result(file, releasing: a) { .integerToDouble($0, a.index) }
        case (.double, .integer): return result(file, releasing: a) { .doubleToInteger($0, a.index) }
        case (.outcome, .integer): return result(file, releasing: a) { .outcomeToInteger($0, a.index) }
        case (.outcome, .double):
            let integer = result(.integer, releasing: a) { .outcomeToInteger($0, a.index) }
            return result(file, releasing: integer) { .integerToDouble($0, integer.index) }
        case (.text, .integer): return result(file, releasing: a) { .textToNumber($0, a.index, isInteger: true) }
        case (.text, .double): return result(file, releasing: a) { .textToNumber($0, a.index, isInteger: false) }
        default: preconditionFailure("a conversion that the checker does not make")
        }
    }

    private mutating func compileCase(
        _ branches: [CheckedBranch], _ otherwise: CheckedExpression, _ file: Register.File
    ) -> Register {
        var value = compile(otherwise)
        for branch in branches.reversed() {
            let condition = compile(branch.condition)
            let (yes, no) = (compile(branch.value), value)
            value = result(file, releasing: condition, yes, no) {
                switch file {
                case .double, .integer: .selectNumber($0, condition.index, yes.index, no.index)
                case .outcome: .selectOutcome($0, condition.index, yes.index, no.index)
                case .text: .selectText($0, condition.index, yes.index, no.index)
                }
            }
        }
        return value
    }

    private mutating func compileCoalesce(_ values: [CheckedExpression], _ file: Register.File) -> Register {
        var value = compile(values[0])
        for next in values.dropFirst() {
            let (first, second) = (value, compile(next))
            value = result(file, releasing: first, second) {
                switch file {
                case .double, .integer: .coalesceNumber($0, first.index, second.index)
                case .outcome: .coalesceOutcome($0, first.index, second.index)
                case .text: .coalesceText($0, first.index, second.index)
                }
            }
        }
        return value
    }
}
