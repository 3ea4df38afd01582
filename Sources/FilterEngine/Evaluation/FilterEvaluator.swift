import Core

/// Runs a filter's program over batches. Owns its working memory: one evaluator for one thread.
public final class FilterEvaluator {
    /// Steps that one alert may cost before the filter gives up on it.
    public static let defaultBudget = 1_000_000

    public let program: FilterProgram
    let budget: Int
    let registers = VectorRegisters()
    let innerRegisters = VectorRegisters()
    let scratch = TextScratch()
    private let constants = ByteArena()
    let texts: [UnsafeRawBufferPointer]
    /// By plan: its aggregates, when they can be computed where their columns lie.
    let directAggregates: [[DirectAggregate]?]
    var outer = RowBuffer()
    var innerOuter = RowBuffer()
    var innerRows = RowBuffer()
    var innerLane = RowBuffer()
    var first = ArgumentBuffer()
    var pairs = PairBuffer()
    /// By alert: steps spent, and bits of `FilterFailure.Reason`.
    var spent: [Int] = []
    var reasons: [UInt8] = []
    /// Result of the conditions so far, by lane.
    private var accumulated: [UInt8] = []
    private let selected: ColumnTable
    var bindings: [StatusBinding] = []
    var ssoBinding = StatusBinding(sso: nil)

    public init(_ program: FilterProgram, budget: Int = FilterEvaluator.defaultBudget) {
        self.program = program
        directAggregates = program.plans.map { DirectAggregate.all(of: $0) }
        self.budget = budget
        selected = ColumnTable(schema: program.output)
        let arena = constants
        let references = program.texts.map { text in text.withUnsafeBytes { arena.append($0) } }
        texts = references.map { arena.bytes($0) }
    }

    /// The verdict on every row of the input, and the selected columns of those that pass.
    public func evaluate(_ input: FilterInput) -> FilterResult {
        prepare(input)
        var verdicts = [FilterVerdict](repeating: .rejected, count: input.rows.count)
        // Positions in `input.rows` of the lanes that are still undecided.
        var positions = Array(0..<Int32(input.rows.count))
        outer.fill(input.rows)
        accumulated = [UInt8](repeating: Outcome.true, count: input.rows.count)
        for block in program.conditions where !positions.isEmpty { apply(block, input, &positions) }
        var passed: [Int32] = []
        for (lane, position) in positions.enumerated() {
            let verdict = FilterEvaluator.verdict(accumulated[lane])
            verdicts[Int(position)] = verdict
            if verdict == .passed { passed.append(position) }
        }
        passed = select(passed, input, &verdicts)
        var failures: [FilterFailure] = []
        for (position, verdict) in verdicts.enumerated() where verdict == .failed {
            let row = input.rows[position]
            let bits = reasons[Int(row)]
            let reason = FilterFailure.Reason.allCases.last { bits & $0.rawValue != 0 } ?? .integerOverflow
            failures.append(FilterFailure(row: row, reason: reason))
        }
        return FilterResult(
            verdicts: verdicts, passedRows: passed.map { input.rows[Int($0)] }, selected: selected, failures: failures)
    }

    private func prepare(_ input: FilterInput) {
        scratch.removeAll()
        let alerts = input.source.rowCount
        spent = [Int](repeating: 0, count: program.plans.isEmpty ? 0 : alerts)
        reasons = [UInt8](repeating: 0, count: alerts)
        bindings = program.catalogues.map { name in
            StatusBinding(input.nearest.first { $0.catalogue == name })
        }
        ssoBinding = StatusBinding(sso: input.sso)
    }

    /// Only what can still become true, or fails, stays: FALSE AND anything is FALSE.
    private func apply(_ block: Block, _ input: FilterInput, _ positions: inout [Int32]) {
        let lanes = Lanes(outer: outer.base, inner: nil, count: positions.count)
        run(block, lanes, registers, input)
        let result = registers.outcome(block.result.index)
        let rowOf = outer.base
        let count = positions.count
        let and = Outcome.and
        let kept = positions.withUnsafeMutableBufferPointer { positions in
            accumulated.withUnsafeMutableBufferPointer { accumulated in
                // Until the first one that goes nothing moves.
                var kept = FilterEvaluator.allTrue(accumulated, result, count)
                for lane in kept..<count {
                    let outcome = and[Int(accumulated[lane]) << 4 | Int(result[lane])]
                    guard outcome & (Outcome.true | Outcome.error) != 0 else { continue }
                    accumulated[kept] = outcome
                    positions[kept] = positions[lane]
                    rowOf[kept] = rowOf[lane]
                    kept += 1
                }
                return kept
            }
        }
        positions.removeSubrange(kept...)
    }

    /// How many of the first lanes have TRUE in both, in eights.
    private static func allTrue(
        _ a: UnsafeMutableBufferPointer<UInt8>, _ b: UnsafeMutablePointer<UInt8>, _ count: Int
    ) -> Int {
        guard let a = a.baseAddress else { return 0 }
        let eight = 0x0101_0101_0101_0101 &* UInt64(Outcome.true)
        var lane = 0
        while lane + 8 <= count {
            let left = UnsafeRawPointer(a + lane).loadUnaligned(as: UInt64.self)
            let right = UnsafeRawPointer(b + lane).loadUnaligned(as: UInt64.self)
            guard left == eight, right == eight else { break }
            lane += 8
        }
        return lane
    }

    private static func verdict(_ outcome: UInt8) -> FilterVerdict {
        if outcome == Outcome.true { return .passed }
        if outcome == Outcome.error { return .failed }
        return outcome & (Outcome.true | Outcome.error) == 0 ? .rejected : .undetermined
    }

    /// Computes the selected columns; an alert whose columns fail has failed, and the rest is computed again without it.
    private func select(_ passed: [Int32], _ input: FilterInput, _ verdicts: inout [FilterVerdict]) -> [Int32] {
        var positions = passed
        while true {
            selected.removeAllRows()
            selected.arena.removeAll()
            outer.fill(positions.map { input.rows[Int($0)] })
            let lanes = Lanes(outer: outer.base, inner: nil, count: positions.count)
            var failed = Set<Int>()
            for (index, block) in program.items.enumerated() where !positions.isEmpty {
                run(block, lanes, registers, input)
                write(block.result, lanes.count, to: index, failed: &failed)
            }
            if failed.isEmpty {
                for _ in positions { selected.present.append(true) }
                return positions
            }
            for lane in failed { verdicts[Int(positions[lane])] = .failed }
            positions = positions.enumerated().filter { !failed.contains($0.offset) }.map(\.element)
        }
    }

    private func write(_ register: Register, _ count: Int, to index: Int, failed: inout Set<Int>) {
        let column = selected.columns[index]
        switch register.file {
        case .outcome:
            let outcomes = registers.outcome(register.index)
            for lane in 0..<count {
                let outcome = outcomes[lane]
                if outcome == Outcome.error { failed.insert(lane) }
                if outcome == Outcome.true || outcome == Outcome.false {
                    column.append(outcome == Outcome.true)
                } else {
                    column.appendMissing(.null)
                }
            }
        case .double:
            let values = registers.double(register.index)
            write(registers.numberState(register.index), count, column, &failed) { lane in
                if column.type == .float32 { column.append(Float(values[lane])) } else { column.append(values[lane]) }
            }
        case .integer:
            let values = registers.integer(register.index)
            write(registers.numberState(register.index), count, column, &failed) { lane in
                let value = values[lane]
                if column.type == .int32 {
                    column.append(Int32(truncatingIfNeeded: value))
                } else {
                    column.append(value)
                }
            }
        case .text:
            let (texts, arena) = (registers.text(register.index), selected.arena)
            write(registers.textState(register.index), count, column, &failed) {
                column.append(arena.append(texts[$0]))
            }
        }
    }

    @inline(__always)
    private func write(
        _ states: UnsafeMutablePointer<UInt8>, _ count: Int, _ column: Column, _ failed: inout Set<Int>,
        _ append: (Int) -> Void
    ) {
        for lane in 0..<count {
            if states[lane] == LaneState.error { failed.insert(lane) }
            if states[lane] == LaneState.value { append(lane) } else { column.appendMissing(.null) }
        }
    }
}

/// Row numbers at a stable address.
struct RowBuffer: ~Copyable {
    private(set) var base: UnsafeMutablePointer<Int32> = .allocate(capacity: 1024)
    private var capacity = 1024

    deinit { base.deallocate() }

    mutating func reserve(_ count: Int) {
        guard count > capacity else { return }
        let larger = UnsafeMutablePointer<Int32>.allocate(capacity: max(count, capacity * 2))
        larger.update(from: base, count: capacity)
        base.deallocate()
        base = larger
        capacity = max(count, capacity * 2)
    }

    mutating func fill(_ rows: [Int32]) {
        reserve(rows.count)
        for (index, row) in rows.enumerated() { base[index] = row }
    }
}
