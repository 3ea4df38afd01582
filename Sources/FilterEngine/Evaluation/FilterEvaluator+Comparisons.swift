import ADQL
import Core
import Glibc

extension FilterEvaluator {
    func compare(_ instruction: Instruction, _ lanes: Lanes, _ r: VectorRegisters) {
        let n = lanes.count
        switch instruction {
        case .compareDoubles(let comparison, let d, let a, let b):
            let (x, y) = (r.double(a), r.double(b))
            dispatch(comparison, r.outcome(d), r.numberState(a), r.numberState(b), n, { x[$0] }, { y[$0] })
        case .compareIntegers(let comparison, let d, let a, let b):
            let (x, y) = (r.integer(a), r.integer(b))
            dispatch(comparison, r.outcome(d), r.numberState(a), r.numberState(b), n, { x[$0] }, { y[$0] })
        case .compareWithDouble(let comparison, let d, let a, let value):
            let x = r.double(a)
            dispatch(comparison, r.outcome(d), r.numberState(a), r.numberState(a), n, { x[$0] }, { _ in value })
        case .compareWithInteger(let comparison, let d, let a, let value):
            let x = r.integer(a)
            dispatch(comparison, r.outcome(d), r.numberState(a), r.numberState(a), n, { x[$0] }, { _ in value })
        case .compareTexts(let comparison, let d, let a, let b):
            let (x, y, s, t, to) = (r.text(a), r.text(b), r.textState(a), r.textState(b), r.outcome(d))
            for i in 0..<n {
                let state = max(s[i], t[i])
                if state != LaneState.value {
                    to[i] = LaneState.outcome(state)
                } else {
                    let holds = comparison.holds(FilterEvaluator.order(x[i], y[i]), 0)
                    to[i] = holds ? Outcome.true : Outcome.false
                }
            }
        case .compareOutcomes(let comparison, let d, let a, let b): compareOutcomes(comparison, d, a, b, n, r)
        case .like(let d, let a, let pattern, let ignoringCase):
            let (x, s, to) = (r.text(a), r.textState(a), r.outcome(d))
            for i in 0..<n {
                if s[i] != LaneState.value {
                    to[i] = LaneState.outcome(s[i])
                } else {
                    to[i] = LikePattern.matches(x[i], texts[pattern], ignoringCase) ? Outcome.true : Outcome.false
                }
            }
        default: preconditionFailure("not a comparison")
        }
    }

    /// One loop for each operator, so that the operator is not asked for in every lane.
    @inline(__always)
    private func dispatch<T: Comparable>(
        _ comparison: ComparisonOperator, _ to: UnsafeMutablePointer<UInt8>, _ s: UnsafeMutablePointer<UInt8>,
        _ t: UnsafeMutablePointer<UInt8>, _ n: Int, _ x: (Int) -> T, _ y: (Int) -> T
    ) {
        switch comparison {
        case .equal: loop(to, s, t, n) { x($0) == y($0) }
        case .notEqual: loop(to, s, t, n) { x($0) != y($0) }
        case .less: loop(to, s, t, n) { x($0) < y($0) }
        case .lessOrEqual: loop(to, s, t, n) { x($0) <= y($0) }
        case .greater: loop(to, s, t, n) { x($0) > y($0) }
        case .greaterOrEqual: loop(to, s, t, n) { x($0) >= y($0) }
        }
    }

    @inline(__always)
    private func loop(
        _ to: UnsafeMutablePointer<UInt8>, _ s: UnsafeMutablePointer<UInt8>, _ t: UnsafeMutablePointer<UInt8>, _ n: Int,
        _ holds: (Int) -> Bool
    ) {
        // Two loops without branches; states other than value are seldom and put right afterwards.
        var states: UInt8 = 0
        for i in 0..<n { states |= s[i] | t[i] }
        for i in 0..<n { to[i] = holds(i) ? Outcome.true : Outcome.false }
        guard states != LaneState.value else { return }
        for i in 0..<n {
            let state = max(s[i], t[i])
            if state != LaneState.value { to[i] = LaneState.outcome(state) }
        }
    }

    private func compareOutcomes(
        _ comparison: ComparisonOperator, _ d: Int, _ a: Int, _ b: Int, _ n: Int, _ r: VectorRegisters
    ) {
        let (x, y, to) = (r.outcome(a), r.outcome(b), r.outcome(d))
        let known = Outcome.true | Outcome.false
        for i in 0..<n {
            if x[i] == Outcome.error || y[i] == Outcome.error {
                to[i] = Outcome.error
            } else if x[i] == Outcome.null || y[i] == Outcome.null {
                to[i] = Outcome.null
            } else if (x[i] == Outcome.true || x[i] == Outcome.false) && (y[i] == Outcome.true || y[i] == Outcome.false) {
                let holds = comparison.holds(x[i] == Outcome.true ? 1 : 0, y[i] == Outcome.true ? 1 : 0)
                to[i] = holds ? Outcome.true : Outcome.false
            } else {
                to[i] = known | ((x[i] | y[i]) & (Outcome.null | Outcome.error))
            }
        }
    }

    /// Bytes decide, which for UTF-8 is the order of code points.
    static func order(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
        let common = min(a.count, b.count)
        if common > 0, let x = a.baseAddress, let y = b.baseAddress {
            let difference = memcmp(x, y, common)
            if difference != 0 { return Int(difference) }
        }
        return a.count - b.count
    }
}

extension ComparisonOperator {
    @inline(__always) func holds(_ a: Int, _ b: Int) -> Bool {
        switch self {
        case .equal: a == b
        case .notEqual: a != b
        case .less: a < b
        case .lessOrEqual: a <= b
        case .greater: a > b
        case .greaterOrEqual: a >= b
        }
    }
}
