extension FilterEvaluator {
    func choose(_ instruction: Instruction, _ lanes: Lanes, _ r: VectorRegisters) {
        let n = lanes.count
        switch instruction {
        case .and(let d, let a, let b): combine(Outcome.and, r.outcome(d), r.outcome(a), r.outcome(b), n)
        case .or(let d, let a, let b): combine(Outcome.or, r.outcome(d), r.outcome(a), r.outcome(b), n)
        case .not(let d, let a):
            let (to, from) = (r.outcome(d), r.outcome(a))
            for i in 0..<n { to[i] = Outcome.not(from[i]) }
        case .outcomeIsNull(let d, let a):
            let (to, from) = (r.outcome(d), r.outcome(a))
            for i in 0..<n { to[i] = Outcome.isNull(from[i]) }
        case .numberIsNull(let d, let a): isNull(r.outcome(d), r.numberState(a), n)
        case .textIsNull(let d, let a): isNull(r.outcome(d), r.textState(a), n)
        case .selectNumber(let d, let c, let a, let b):
            select(
                r.outcome(c), r.integer(d), r.numberState(d), (r.integer(a), r.numberState(a)), (r.integer(b), r.numberState(b)), n)
        case .selectText(let d, let c, let a, let b):
            select(r.outcome(c), r.text(d), r.textState(d), (r.text(a), r.textState(a)), (r.text(b), r.textState(b)), n)
        case .selectOutcome(let d, let c, let a, let b):
            for i in 0..<n {
                let condition = r.outcome(c)[i]
                var chosen: UInt8 = condition & Outcome.error
                if condition & Outcome.true != 0 { chosen |= r.outcome(a)[i] }
                if condition & (Outcome.false | Outcome.null) != 0 { chosen |= r.outcome(b)[i] }
                r.outcome(d)[i] = chosen
            }
        case .coalesceNumber(let d, let a, let b):
            coalesce(r.integer(d), r.numberState(d), (r.integer(a), r.numberState(a)), (r.integer(b), r.numberState(b)), n)
        case .coalesceText(let d, let a, let b):
            coalesce(r.text(d), r.textState(d), (r.text(a), r.textState(a)), (r.text(b), r.textState(b)), n)
        case .coalesceOutcome(let d, let a, let b):
            for i in 0..<n {
                let first = r.outcome(a)[i]
                r.outcome(d)[i] = (first & ~Outcome.null) | (first & Outcome.null != 0 ? r.outcome(b)[i] : 0)
            }
        default: preconditionFailure("not a choice")
        }
    }

    private func combine(
        _ table: [UInt8], _ to: UnsafeMutablePointer<UInt8>, _ a: UnsafeMutablePointer<UInt8>,
        _ b: UnsafeMutablePointer<UInt8>, _ n: Int
    ) {
        table.withUnsafeBufferPointer { table in
            for i in 0..<n { to[i] = table[Int(a[i] & 15) << 4 | Int(b[i] & 15)] }
        }
    }

    private func isNull(_ to: UnsafeMutablePointer<UInt8>, _ states: UnsafeMutablePointer<UInt8>, _ n: Int) {
        for i in 0..<n {
            to[i] =
                switch states[i] {
                case LaneState.value: Outcome.false
                case LaneState.null: Outcome.true
                case LaneState.unknown: Outcome.true | Outcome.false
                default: Outcome.error
                }
        }
    }

    /// Numbers move as 64 bits, whatever they mean.
    private func select<T>(
        _ condition: UnsafeMutablePointer<UInt8>, _ to: UnsafeMutablePointer<T>, _ states: UnsafeMutablePointer<UInt8>,
        _ a: (values: UnsafeMutablePointer<T>, states: UnsafeMutablePointer<UInt8>),
        _ b: (values: UnsafeMutablePointer<T>, states: UnsafeMutablePointer<UInt8>), _ n: Int
    ) {
        for i in 0..<n {
            let outcome = condition[i]
            if outcome == Outcome.true {
                (to[i], states[i]) = (a.values[i], a.states[i])
            } else if outcome & (Outcome.true | Outcome.error) == 0 {
                (to[i], states[i]) = (b.values[i], b.states[i])
            } else {
                states[i] = outcome == Outcome.error ? LaneState.error : LaneState.unknown
            }
        }
    }

    private func coalesce<T>(
        _ to: UnsafeMutablePointer<T>, _ states: UnsafeMutablePointer<UInt8>,
        _ a: (values: UnsafeMutablePointer<T>, states: UnsafeMutablePointer<UInt8>),
        _ b: (values: UnsafeMutablePointer<T>, states: UnsafeMutablePointer<UInt8>), _ n: Int
    ) {
        for i in 0..<n {
            let useSecond = a.states[i] == LaneState.null
            (to[i], states[i]) = useSecond ? (b.values[i], b.states[i]) : (a.values[i], a.states[i])
        }
    }
}
