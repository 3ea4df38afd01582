import Core
import Functions

/// An aggregate whose arguments are columns of forced points as they are: computed where they lie, without registers.
struct DirectAggregate {
    let function: AggregateFunction
    /// None for COUNT(*), else one or two.
    let columns: [Int]

    /// The aggregates of a plan without conditions whose arguments are plain numbers; nil for any other plan.
    static func all(of plan: AggregatePlan) -> [DirectAggregate]? {
        guard plan.table == .forced, plan.conditions.isEmpty else { return nil }
        var found: [DirectAggregate] = []
        for aggregate in plan.aggregates {
            var columns: [Int] = []
            for block in aggregate.arguments {
                guard !aggregate.isDistinct, aggregate.function != .count, block.instructions.count == 1,
                    case .loadDouble(let register, let source) = block.instructions[0], source.table == .forced,
                    block.result == Register(file: .double, index: register)
                else { return nil }
                columns.append(source.column)
            }
            found.append(DirectAggregate(function: aggregate.function, columns: columns))
        }
        return found
    }
}

extension FilterEvaluator {
    /// The same as `aggregate` for plans that only read columns of forced points.
    func aggregateDirectly(
        _ plan: AggregatePlan, _ aggregates: [DirectAggregate], _ results: [Int], _ lanes: Lanes,
        _ registers: VectorRegisters, _ input: FilterInput
    ) {
        let states = UnsafeMutablePointer<UInt8>.allocate(capacity: max(lanes.count, 1))
        defer { states.deallocate() }
        charge(plan, lanes, states, input)
        for (aggregate, target) in zip(aggregates, results) {
            let to = registers.numberState(target)
            if aggregate.columns.isEmpty {
                let counts = registers.integer(target)
                for lane in 0..<lanes.count {
                    counts[lane] =
                        states[lane] == LaneState.value ? Int64(input.forced.rows(of: Int(lanes.outer[lane])).count) : 0
                    to[lane] = states[lane]
                }
                continue
            }
            let values = registers.double(target)
            let columns = aggregate.columns.map { input.forced.table.columns[$0] }
            let isFloat = columns.map { $0.type == .float32 }
            let (x, y) = (columns[0], columns[columns.count - 1])
            let work = (aggregate.function, columns.count == 2, lanes, states, input.forced, values, to)
            switch (isFloat[0], isFloat[columns.count - 1]) {
            case (true, true): eachLane(work, x.buffer(as: Float.self), y.buffer(as: Float.self), x, y)
            case (true, false): eachLane(work, x.buffer(as: Float.self), y.buffer(as: Double.self), x, y)
            case (false, true): eachLane(work, x.buffer(as: Double.self), y.buffer(as: Float.self), x, y)
            case (false, false): eachLane(work, x.buffer(as: Double.self), y.buffer(as: Double.self), x, y)
            }
        }
    }

    private typealias Work = (
        function: AggregateFunction, isPair: Bool, lanes: Lanes, states: UnsafeMutablePointer<UInt8>,
        children: ChildTable,
        values: UnsafeMutablePointer<Double>, to: UnsafeMutablePointer<UInt8>
    )

    /// Charges every alert for the rows it makes the plan read; who has spent too much fails.
    private func charge(
        _ plan: AggregatePlan, _ lanes: Lanes, _ states: UnsafeMutablePointer<UInt8>, _ input: FilterInput
    ) {
        let limit = budget
        var failed = false
        let children = input.forced
        spent.withUnsafeMutableBufferPointer { spent in
            for lane in 0..<lanes.count {
                let alert = Int(lanes.outer[lane])
                spent[alert] += (children.rows(of: alert).count + 1) * plan.costPerRow
                states[lane] = spent[alert] > limit ? LaneState.error : LaneState.value
                failed = failed || spent[alert] > limit
            }
        }
        guard failed else { return }
        for lane in 0..<lanes.count where states[lane] == LaneState.error { note(.budget, lane, lanes) }
    }

    @inline(__always)
    private func eachLane<X: BinaryFloatingPoint & BitwiseCopyable, Y: BinaryFloatingPoint & BitwiseCopyable>(
        _ work: Work, _ x: UnsafeMutableBufferPointer<X>, _ y: UnsafeMutableBufferPointer<Y>, _ xColumn: Column,
        _ yColumn: Column
    ) {
        let (xStates, yStates) = (xColumn.stateBuffer, yColumn.stateBuffer)
        // Locals: a class's property is checked for exclusive access at every touch.
        let (starts, counts) = (work.children.starts, work.children.counts)
        let (outer, states, values, to) = (work.lanes.outer, work.states, work.values, work.to)
        let (function, isPair) = (work.function, work.isPair)
        pairs.reserve(Int(counts.max() ?? 0))
        let (xs, ys) = (pairs.x, pairs.y)
        for lane in 0..<work.lanes.count {
            guard states[lane] == LaneState.value else {
                values[lane] = 0
                to[lane] = states[lane]
                continue
            }
            let start = Int(starts[Int(outer[lane])])
            let rows = start..<start + Int(counts[Int(outer[lane])])
            precondition(rows.upperBound <= xStates.count && rows.upperBound <= yStates.count)
            var count = FilterEvaluator.copy(rows, x, xStates, to: xs)
            if isPair {
                let second = FilterEvaluator.copy(rows, y, yStates, to: ys)
                if count < rows.count || second < rows.count {
                    count = FilterEvaluator.copyGood(rows, x, xStates, y, yStates, xs, ys)
                }
            } else if count < rows.count {
                count = FilterEvaluator.copyGood(rows, x, xStates, x, xStates, xs, ys)
            }
            let first = UnsafeMutableBufferPointer(start: xs, count: count)
            let value =
                isPair
                ? function.value(first, UnsafeMutableBufferPointer(start: ys, count: count)) : function.value(first)
            let isGood = value?.isFinite ?? false
            values[lane] = isGood ? value ?? 0 : 0
            to[lane] = isGood ? LaneState.value : LaneState.null
        }
    }

    /// Copies all rows; answers how many when every one has a finite value, else fewer.
    @inline(__always)
    private static func copy<T: BinaryFloatingPoint & BitwiseCopyable>(
        _ rows: Range<Int>, _ cells: UnsafeMutableBufferPointer<T>, _ states: UnsafeMutableBufferPointer<UInt8>,
        to values: UnsafeMutablePointer<Double>
    ) -> Int {
        guard let cells = cells.baseAddress, let states = states.baseAddress else { return -1 }
        let (from, stateFrom) = (cells + rows.lowerBound, states + rows.lowerBound)
        // Loops of one kind each, which the compiler does several rows at a time.
        var missing = UInt64(0)
        let words = rows.count & ~7
        for index in stride(from: 0, to: words, by: 8) {
            missing |= UnsafeRawPointer(stateFrom + index).loadUnaligned(as: UInt64.self)
        }
        for index in words..<rows.count { missing |= UInt64(stateFrom[index]) }
        var infinite: UInt32 = 0
        for index in 0..<rows.count { infinite |= from[index].isFinite ? 0 : 1 }
        for index in 0..<rows.count { values[index] = Double(from[index]) }
        return missing | UInt64(infinite) == 0 ? rows.count : -1
    }

    /// NaN and infinity count as NULL, and a pair of which one is NULL is left out.
    @inline(__always)
    private static func copyGood<X: BinaryFloatingPoint, Y: BinaryFloatingPoint>(
        _ rows: Range<Int>, _ x: UnsafeMutableBufferPointer<X>, _ xStates: UnsafeMutableBufferPointer<UInt8>,
        _ y: UnsafeMutableBufferPointer<Y>, _ yStates: UnsafeMutableBufferPointer<UInt8>,
        _ xs: UnsafeMutablePointer<Double>, _ ys: UnsafeMutablePointer<Double>
    ) -> Int {
        var count = 0
        for row in rows where xStates[row] | yStates[row] == 0 && x[row].isFinite && y[row].isFinite {
            xs[count] = Double(x[row])
            ys[count] = Double(y[row])
            count += 1
        }
        return count
    }
}
