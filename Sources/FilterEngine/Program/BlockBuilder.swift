import ADQL
import Core
import Functions

/// Compiles one expression into a block, giving out registers and taking them back.
struct BlockBuilder {
    var compiler: FilterCompiler
    /// The table of the subquery whose rows are the lanes.
    let inner: ColumnSource.Table?
    var block = Block()
    private var freeNumbers: [Int] = []
    private var freeOutcomes: [Int] = []
    private var freeTexts: [Int] = []
    /// Values of subqueries that this block already has; their registers are never given out again.
    private var subqueryResults: [Int: Register] = [:]
    private var pinned: [Register] = []
    /// Results of the aggregates of the subquery whose value is being compiled.
    private var aggregates: [Register] = []

    init(compiler: FilterCompiler, inner: ColumnSource.Table?) {
        self.compiler = compiler
        self.inner = inner
    }

    func finish(_ result: Register) -> Block {
        var finished = block
        finished.result = result
        finished.cost += finished.instructions.count
        return finished
    }

    // MARK: Registers

    mutating func new(_ file: Register.File) -> Register {
        switch file {
        case .double, .integer: return Register(file: file, index: take(&freeNumbers, &block.numberCount))
        case .outcome: return Register(file: file, index: take(&freeOutcomes, &block.outcomeCount))
        case .text: return Register(file: file, index: take(&freeTexts, &block.textCount))
        }
    }

    private func take(_ free: inout [Int], _ count: inout Int) -> Int {
        if let index = free.popLast() { return index }
        count += 1
        return count - 1
    }

    mutating func release(_ registers: Register...) {
        for register in registers where !pinned.contains(register) {
            switch register.file {
            case .double, .integer: freeNumbers.append(register.index)
            case .outcome: freeOutcomes.append(register.index)
            case .text: freeTexts.append(register.index)
            }
        }
    }

    mutating func emit(_ instruction: Instruction) { block.instructions.append(instruction) }

    mutating func text(_ bytes: [UInt8]) -> Int {
        if let index = compiler.texts.firstIndex(of: bytes) { return index }
        compiler.texts.append(bytes)
        return compiler.texts.count - 1
    }

    static func file(_ type: ValueType) -> Register.File {
        switch type {
        case .boolean: .outcome
        case .integer: .integer
        case .double, .null: .double
        case .string: .text
        }
    }

    // MARK: Subqueries

    mutating func compileSubquery(_ index: Int) -> Register {
        if let known = subqueryResults[index] { return known }
        let subquery = compiler.query.subqueries[index]
        let results = subquery.aggregates.map { new(BlockBuilder.file($0.type)) }
        pinned += results
        emit(.aggregate(plan: index, results: results.map(\.index)))
        block.cost += 1000
        aggregates = results
        let value = compile(subquery.value)
        aggregates = []
        if !pinned.contains(value) { pinned.append(value) }
        subqueryResults[index] = value
        return value
    }

    func aggregateResult(_ index: Int) -> Register { aggregates[index] }
}
