import Glibc

extension FilterEvaluator {
    /// A number that does not fit an integer, and a text that is no number, fail the alert.
    func cast(_ instruction: Instruction, _ lanes: Lanes, _ r: VectorRegisters) {
        let n = lanes.count
        switch instruction {
        case .doubleToInteger(let d, let a):
            let (to, from) = (r.integer(d), r.double(a))
            copyStates(r, a, to: d, n)
            let states = r.numberState(d)
            for i in 0..<n where states[i] == LaneState.value {
                if let value = Int64(exactly: from[i].rounded(.towardZero)) { to[i] = value } else { fail(i, states, lanes) }
            }
        case .outcomeToInteger(let d, let a):
            let (to, from, states) = (r.integer(d), r.outcome(a), r.numberState(d))
            for i in 0..<n {
                to[i] = from[i] == Outcome.true ? 1 : 0
                states[i] =
                    switch from[i] {
                    case Outcome.true, Outcome.false: LaneState.value
                    case Outcome.null: LaneState.null
                    case Outcome.error: LaneState.error
                    default: LaneState.unknown
                    }
            }
        case .textToNumber(let d, let a, let isInteger):
            let (from, states) = (r.text(a), r.numberState(d))
            states.update(from: r.textState(a), count: n)
            for i in 0..<n where states[i] == LaneState.value {
                let text = String(decoding: from[i], as: UTF8.self)
                if isInteger, let value = Int64(text) {
                    r.integer(d)[i] = value
                } else if !isInteger, let value = Double(text), value.isFinite {
                    r.double(d)[i] = value
                } else {
                    fail(i, states, lanes)
                }
            }
        default: preconditionFailure("not a cast")
        }
    }

    private func fail(_ lane: Int, _ states: UnsafeMutablePointer<UInt8>, _ lanes: Lanes) {
        states[lane] = LaneState.error
        note(.cast, lane, lanes)
    }

    /// LOWER, UPPER (ASCII, as everywhere in ADQL) and `||`.
    func makeText(_ instruction: Instruction, _ n: Int, _ r: VectorRegisters) {
        switch instruction {
        case .changeCase(let d, let a, let toUpper):
            let (to, from, states) = (r.text(d), r.text(a), r.textState(d))
            if a != d { states.update(from: r.textState(a), count: n) }
            for i in 0..<n where states[i] == LaneState.value {
                let made = scratch.allocate(from[i].count)
                for (index, byte) in from[i].enumerated() {
                    let change = toUpper ? byte >= 97 && byte <= 122 : byte >= 65 && byte <= 90
                    made[index] = change ? byte ^ 32 : byte
                }
                to[i] = UnsafeRawBufferPointer(made)
            }
        case .concatenate(let d, let a, let b):
            let (to, x, y) = (r.text(d), r.text(a), r.text(b))
            let (s, t, states) = (r.textState(a), r.textState(b), r.textState(d))
            for i in 0..<n {
                let state = max(s[i], t[i])
                if state == LaneState.value {
                    let made = scratch.allocate(x[i].count + y[i].count)
                    UnsafeMutableRawBufferPointer(rebasing: made[..<x[i].count]).copyMemory(from: x[i])
                    UnsafeMutableRawBufferPointer(rebasing: made[x[i].count...]).copyMemory(from: y[i])
                    to[i] = UnsafeRawBufferPointer(made)
                }
                states[i] = state
            }
        default: preconditionFailure("not a text")
        }
    }
}
