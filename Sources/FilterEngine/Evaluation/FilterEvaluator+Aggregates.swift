import ADQL
import Core
import Functions

extension FilterEvaluator {
    /// Rows of a subquery that are worked on at once.
    private static let groupRows = 4096

    /// Aggregates the rows that each lane's alert has of the plan's table, many alerts at a time.
    func aggregate(
        _ plan: AggregatePlan, _ results: [Int], _ lanes: Lanes, _ registers: VectorRegisters, _ input: FilterInput
    ) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: max(lanes.count, 1)) { states in
            guard let base = states.baseAddress else { return }
            base.update(repeating: LaneState.value, count: lanes.count)
            var first = 0
            while first < lanes.count {
                let next = gather(plan, from: first, lanes, base, input)
                aggregateGroup(plan, results, first..<next.lane, next.rows, lanes, base, registers, input)
                first = next.lane
            }
        }
    }

    /// Lists the rows of as many alerts as make a group; an alert that costs more than its budget gets none and fails.
    private func gather(
        _ plan: AggregatePlan, from first: Int, _ lanes: Lanes, _ states: UnsafeMutablePointer<UInt8>, _ input: FilterInput
    ) -> (lane: Int, rows: Int) {
        let isForced = plan.table == .forced
        let children = isForced ? input.forced : input.detections
        var total = 0
        var lane = first
        while lane < lanes.count && (total == 0 || total < FilterEvaluator.groupRows) {
            let alert = Int(lanes.outer[lane])
            let rows = children.rows(of: alert)
            spent[alert] += (rows.count + 1) * plan.costPerRow
            if spent[alert] > budget {
                states[lane] = LaneState.error
                note(.budget, lane, lanes)
            } else {
                let start = total
                innerRows.reserve(total + rows.count + 1)
                let place = innerRows.base + start
                for index in 0..<rows.count { place[index] = Int32(truncatingIfNeeded: rows.lowerBound + index) }
                total += rows.count
                if !isForced { total += insertTrigger(alert, rows, at: start, input) }
                innerLane.reserve(total)
                innerOuter.reserve(total)
                (innerLane.base + start).update(repeating: Int32(lane), count: total - start)
                (innerOuter.base + start).update(repeating: Int32(alert), count: total - start)
            }
            lane += 1
        }
        return (lane, total)
    }

    /// Puts the alert's own detection among its history, by time, unless it is there already. Answers how many were added.
    private func insertTrigger(_ alert: Int, _ rows: Range<Int>, at start: Int, _ input: FilterInput) -> Int {
        let history = input.detections.table
        let idColumn = FilterEvaluator.diaSourceIDColumn
        let timeColumn = FilterEvaluator.timeColumn
        let id = input.source.columns[idColumn].buffer(as: Int64.self)[alert]
        let time = input.source.columns[timeColumn].buffer(as: Double.self)[alert]
        let ids = history.columns[idColumn].buffer(as: Int64.self)
        let times = history.columns[timeColumn].buffer(as: Double.self)
        for row in rows where ids[row] == id { return 0 }
        var place = start + rows.count
        while place > start && times[Int(innerRows.base[place - 1])] > time {
            innerRows.base[place] = innerRows.base[place - 1]
            place -= 1
        }
        innerRows.base[place] = ~Int32(alert)
        return 1
    }

    private static let diaSourceIDColumn = Tables.diaSource.require("diaSourceId")
    private static let timeColumn = Tables.diaSource.require("midpointMjdTai")

    private func aggregateGroup(
        _ plan: AggregatePlan, _ results: [Int], _ group: Range<Int>, _ rows: Int, _ lanes: Lanes,
        _ states: UnsafeMutablePointer<UInt8>, _ registers: VectorRegisters, _ input: FilterInput
    ) {
        var count = rows
        for block in plan.conditions where count > 0 {
            let inner = Lanes(outer: innerOuter.base, inner: innerRows.base, count: count)
            run(block, inner, innerRegisters, input)
            count = keep(innerRegisters.outcome(block.result.index), count, states)
        }
        let inner = Lanes(outer: innerOuter.base, inner: innerRows.base, count: count)
        for (index, aggregate) in plan.aggregates.enumerated() {
            finish(aggregate, results[index], group, inner, states, registers, lanes, input)
        }
    }

    /// Rows whose condition is true stay. One that may be true makes its alert's aggregates unknown, an error fails them.
    private func keep(
        _ outcomes: UnsafeMutablePointer<UInt8>, _ count: Int, _ states: UnsafeMutablePointer<UInt8>
    ) -> Int {
        // Pointers as locals: a class's property is checked for exclusive access at every touch.
        let (laneOf, alertOf, rowOf) = (innerLane.base, innerOuter.base, innerRows.base)
        var kept = 0
        for i in 0..<count {
            let outcome = outcomes[i]
            if outcome != Outcome.true {
                if outcome & (Outcome.true | Outcome.error) == 0 { continue }
                let lane = Int(laneOf[i])
                states[lane] = max(states[lane], outcome == Outcome.error ? LaneState.error : LaneState.unknown)
                continue
            }
            rowOf[kept] = rowOf[i]
            alertOf[kept] = alertOf[i]
            laneOf[kept] = laneOf[i]
            kept += 1
        }
        return kept
    }

    private func finish(
        _ aggregate: AggregatePlan.Aggregate, _ target: Int, _ group: Range<Int>, _ inner: Lanes,
        _ states: UnsafeMutablePointer<UInt8>, _ registers: VectorRegisters, _ lanes: Lanes, _ input: FilterInput
    ) {
        let laneOf = innerLane.base
        var place = 0
        if aggregate.arguments.isEmpty {
            for lane in group {
                let start = place
                while place < inner.count && laneOf[place] == lane { place += 1 }
                registers.integer(target)[lane] = Int64(place - start)
                registers.numberState(target)[lane] = states[lane]
            }
            return
        }
        var x = aggregate.arguments[0].result
        if inner.count > 0 {
            run(aggregate.arguments[0], inner, innerRegisters, input)
            if aggregate.arguments.count == 2 { x = keepFirst(x, aggregate.arguments[1], inner, input) }
        } else {
            innerRegisters.prepare(aggregate.arguments[0], lanes: 0)
        }
        for lane in group {
            let start = place
            while place < inner.count && laneOf[place] == lane { place += 1 }
            let segment = Segment(lane: lane, rows: start..<place, whole: states[lane])
            if x.file == .text || aggregate.isDistinct || x.file == .outcome || aggregate.function == .count {
                aggregateAnything(aggregate, x, target, segment, registers)
            } else if x.file == .integer {
                aggregateIntegers(aggregate.function, x, target, segment, registers, lanes)
            } else {
                aggregateDoubles(aggregate, x, target, segment, registers)
            }
        }
    }

    /// Moves the first argument out of the way of the second one's registers.
    private func keepFirst(_ x: Register, _ second: Block, _ inner: Lanes, _ input: FilterInput) -> Register {
        let (values, states) = (innerRegisters.double(x.index), innerRegisters.numberState(x.index))
        first.reserve(inner.count)
        first.values.update(from: values, count: inner.count)
        first.states.update(from: states, count: inner.count)
        run(second, inner, innerRegisters, input)
        return second.result
    }
}

/// The rows of one lane inside a group.
struct Segment {
    let lane: Int
    let rows: Range<Int>
    /// State that the conditions alone give the lane's aggregates.
    let whole: UInt8
}
