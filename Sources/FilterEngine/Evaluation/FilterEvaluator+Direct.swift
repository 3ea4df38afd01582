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
    private func eachLane<X: BinaryFloatingPoint, Y: BinaryFloatingPoint>(
        _ work: Work, _ x: UnsafeMutableBufferPointer<X>, _ y: UnsafeMutableBufferPointer<Y>, _ xColumn: Column,
        _ yColumn: Column
    ) {
        let (xStates, yStates) = (xColumn.stateBuffer, yColumn.stateBuffer)
        var room = 0
        for lane in 0..<work.lanes.count { room = max(room, work.children.rows(of: Int(work.lanes.outer[lane])).count) }
        pairs.reserve(room)
        let (xs, ys) = (pairs.x, pairs.y)
        for lane in 0..<work.lanes.count {
            guard work.states[lane] == LaneState.value else {
                work.values[lane] = 0
                work.to[lane] = work.states[lane]
                continue
            }
            // NaN and infinity count as NULL, and a pair of which one is NULL is left out.
            let rows = work.children.rows(of: Int(work.lanes.outer[lane]))
            precondition(rows.upperBound <= xStates.count && rows.upperBound <= yStates.count)
            var count = 0
            for row in rows {
                let (a, b) = (Double(x[row]), Double(y[row]))
                xs[count] = a
                ys[count] = b
                let isGood = xStates[row] | yStates[row] == 0 && a.isFinite && b.isFinite
                count += isGood ? 1 : 0
            }
            let first = UnsafeMutableBufferPointer(start: xs, count: count)
            let value =
                work.isPair
                ? work.function.value(first, UnsafeMutableBufferPointer(start: ys, count: count))
                : work.function.value(first)
            let isGood = value?.isFinite ?? false
            work.values[lane] = isGood ? value ?? 0 : 0
            work.to[lane] = isGood ? LaneState.value : LaneState.null
        }
    }
}
