import Functions

extension FilterEvaluator {
    /// Aggregates doubles: NULL rows are left out, unknown ones make the result unknown.
    func aggregateDoubles(
        _ aggregate: AggregatePlan.Aggregate, _ x: Register, _ target: Int, _ segment: Segment, _ registers: VectorRegisters
    ) {
        let values = innerRegisters.double(x.index)
        let states = innerRegisters.numberState(x.index)
        let isPair = aggregate.arguments.count == 2
        var whole = segment.whole
        var count = 0
        pairs.reserve(segment.rows.count)
        let (xs, ys) = (pairs.x, pairs.y)
        let (firstValues, firstStates) = (first.values, first.states)
        for i in segment.rows {
            let state = isPair ? max(states[i], firstStates[i]) : states[i]
            if state == LaneState.value {
                xs[count] = isPair ? firstValues[i] : values[i]
                ys[count] = values[i]
                count += 1
            } else if state != LaneState.null {
                whole = max(whole, state)
            }
        }
        let numbers = UnsafeMutableBufferPointer(start: xs, count: count)
        let value =
            isPair
            ? aggregate.function.value(numbers, UnsafeMutableBufferPointer(start: ys, count: count))
            : aggregate.function.value(numbers)
        let isGood = value?.isFinite ?? false
        registers.double(target)[segment.lane] = isGood ? value ?? 0 : 0
        registers.numberState(target)[segment.lane] =
            whole != LaneState.value ? whole : (isGood ? LaneState.value : LaneState.null)
    }

    /// MIN, MAX, SUM, FIRST_VALUE and LAST_VALUE of integers, exact to 64 bits.
    func aggregateIntegers(
        _ function: AggregateFunction, _ x: Register, _ target: Int, _ segment: Segment, _ registers: VectorRegisters,
        _ lanes: Lanes
    ) {
        let values = innerRegisters.integer(x.index)
        let states = innerRegisters.numberState(x.index)
        var whole = segment.whole
        var result: Int64?
        var high: Int64 = 0
        for i in segment.rows {
            if states[i] == LaneState.null { continue }
            if states[i] != LaneState.value {
                whole = max(whole, states[i])
                continue
            }
            guard let so = result else {
                result = values[i]
                high = values[i] < 0 ? -1 : 0
                continue
            }
            switch function {
            case .min: result = min(so, values[i])
            case .max: result = max(so, values[i])
            case .lastValue: result = values[i]
            case .sum:
                // In 128 bits, so that the order of the rows cannot make a sum overflow on its way.
                let (low, carry) = UInt64(bitPattern: so).addingReportingOverflow(UInt64(bitPattern: values[i]))
                result = Int64(bitPattern: low)
                high += (values[i] < 0 ? -1 : 0) + (carry ? 1 : 0)
            default: break
            }
        }
        if function == .sum, let sum = result, high != (sum < 0 ? -1 : 0) {
            whole = LaneState.error
            note(.integerOverflow, segment.lane, lanes)
        }
        registers.integer(target)[segment.lane] = result ?? 0
        registers.numberState(target)[segment.lane] =
            whole != LaneState.value ? whole : (result == nil ? LaneState.null : LaneState.value)
    }

    /// Counts, and the order of texts.
    func aggregateAnything(
        _ aggregate: AggregatePlan.Aggregate, _ x: Register, _ target: Int, _ segment: Segment, _ registers: VectorRegisters
    ) {
        var whole = segment.whole
        var present: [Int] = []
        for i in segment.rows {
            let state = laneState(x, i)
            if state == LaneState.value { present.append(i) } else if state != LaneState.null { whole = max(whole, state) }
        }
        if aggregate.function == .count {
            let count = aggregate.isDistinct ? distinctCount(x, present) : present.count
            registers.integer(target)[segment.lane] = Int64(count)
            registers.numberState(target)[segment.lane] = whole
            return
        }
        let texts = innerRegisters.text(x.index)
        let chosen: Int? =
            switch aggregate.function {
            case .min: present.min { FilterEvaluator.order(texts[$0], texts[$1]) < 0 }
            case .max: present.max { FilterEvaluator.order(texts[$0], texts[$1]) < 0 }
            case .firstValue: present.first
            default: present.last
            }
        if let chosen { registers.text(target)[segment.lane] = texts[chosen] }
        registers.textState(target)[segment.lane] =
            whole != LaneState.value ? whole : (chosen == nil ? LaneState.null : LaneState.value)
    }

    private func laneState(_ x: Register, _ i: Int) -> UInt8 {
        switch x.file {
        case .double, .integer: return innerRegisters.numberState(x.index)[i]
        case .text: return innerRegisters.textState(x.index)[i]
        case .outcome:
            switch innerRegisters.outcome(x.index)[i] {
            case Outcome.true, Outcome.false: return LaneState.value
            case Outcome.null: return LaneState.null
            case Outcome.error: return LaneState.error
            default: return LaneState.unknown
            }
        }
    }

    private func distinctCount(_ x: Register, _ present: [Int]) -> Int {
        switch x.file {
        case .double: return Set(present.map { innerRegisters.double(x.index)[$0] }).count
        case .integer: return Set(present.map { innerRegisters.integer(x.index)[$0] }).count
        case .outcome: return Set(present.map { innerRegisters.outcome(x.index)[$0] }).count
        case .text: return Set(present.map { Array(innerRegisters.text(x.index)[$0]) }).count
        }
    }
}

/// The first argument of a pair of arguments, while the second one is computed.
struct ArgumentBuffer: ~Copyable {
    private(set) var values: UnsafeMutablePointer<Double> = .allocate(capacity: 1024)
    private(set) var states: UnsafeMutablePointer<UInt8> = .allocate(capacity: 1024)
    private var capacity = 1024

    deinit {
        values.deallocate()
        states.deallocate()
    }

    mutating func reserve(_ count: Int) {
        guard count > capacity else { return }
        values.deallocate()
        states.deallocate()
        capacity = count * 2
        values = .allocate(capacity: capacity)
        states = .allocate(capacity: capacity)
    }
}

/// Room for the numbers of one segment.
struct PairBuffer: ~Copyable {
    private(set) var x: UnsafeMutablePointer<Double> = .allocate(capacity: 1024)
    private(set) var y: UnsafeMutablePointer<Double> = .allocate(capacity: 1024)
    private var capacity = 1024

    deinit {
        x.deallocate()
        y.deallocate()
    }

    mutating func reserve(_ count: Int) {
        guard count > capacity else { return }
        x.deallocate()
        y.deallocate()
        capacity = count * 2
        x = .allocate(capacity: capacity)
        y = .allocate(capacity: capacity)
    }
}
