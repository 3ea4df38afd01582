import ADQL
import Functions
import Sky

extension FilterEvaluator {
    func compute(_ instruction: Instruction, _ lanes: Lanes, _ r: VectorRegisters) {
        let n = lanes.count
        switch instruction {
        case .negate(let d, let a, let isInteger):
            if isInteger {
                integers(d, a, a, lanes, r) { x, _ in (0 as Int64).subtractingReportingOverflow(x) }
            } else {
                let (to, from) = (r.double(d), r.double(a))
                for i in 0..<n { to[i] = -from[i] }
                copyStates(r, a, to: d, n)
            }
        case .arithmetic(let operation, let d, let a, let b, let isInteger):
            if isInteger { integerArithmetic(operation, d, a, b, lanes, r) } else { doubleArithmetic(operation, d, a, b, n, r) }
        case .integerFunction(let function, let d, let a, let b): integerFunction(function, d, a, b, lanes, r)
        case .function1(let function, let d, let a):
            let (to, x) = (r.double(d), r.double(a))
            copyStates(r, a, to: d, n)
            let states = r.numberState(d)
            for i in 0..<n where states[i] == LaneState.value { to[i] = function.value(x[i]) }
            nullifyNonFinite(d, n, r)
        case .function2(let function, let d, let a, let b):
            let (to, x, y) = (r.double(d), r.double(a), r.double(b))
            joinStates(r, a, b, to: d, n)
            let states = r.numberState(d)
            for i in 0..<n where states[i] == LaneState.value { to[i] = function.value(x[i], y[i]) }
            nullifyNonFinite(d, n, r)
        case .distance(let d, let a, let b, let c, let e): distance(d, a, b, c, e, n, r)
        case .integerToDouble(let d, let a):
            let (to, from) = (r.double(d), r.integer(a))
            for i in 0..<n { to[i] = Double(from[i]) }
            copyStates(r, a, to: d, n)
        case .doubleToInteger, .outcomeToInteger, .textToNumber: cast(instruction, lanes, r)
        case .changeCase, .concatenate: makeText(instruction, n, r)
        default: preconditionFailure("not a computation")
        }
    }

    func copyStates(_ r: VectorRegisters, _ a: Int, to d: Int, _ n: Int) {
        if a != d { r.numberState(d).update(from: r.numberState(a), count: n) }
    }

    func joinStates(_ r: VectorRegisters, _ a: Int, _ b: Int, to d: Int, _ n: Int) {
        let (x, y, to) = (r.numberState(a), r.numberState(b), r.numberState(d))
        for i in 0..<n { to[i] = max(x[i], y[i]) }
    }

    func nullifyNonFinite(_ d: Int, _ n: Int, _ r: VectorRegisters) {
        let (values, states) = (r.double(d), r.numberState(d))
        for i in 0..<n {
            let isBad = states[i] == LaneState.value && !values[i].isFinite
            states[i] = isBad ? LaneState.null : states[i]
        }
    }

    private func doubleArithmetic(
        _ operation: ArithmeticOperator, _ d: Int, _ a: Int, _ b: Int, _ n: Int, _ r: VectorRegisters
    ) {
        let (to, x, y) = (r.double(d), r.double(a), r.double(b))
        switch operation {
        case .add: for i in 0..<n { to[i] = x[i] + y[i] }
        case .subtract: for i in 0..<n { to[i] = x[i] - y[i] }
        case .multiply: for i in 0..<n { to[i] = x[i] * y[i] }
        case .divide: for i in 0..<n { to[i] = x[i] / y[i] }
        case .modulo: for i in 0..<n { to[i] = ScalarFunction.mod.value(x[i], y[i]) }
        }
        joinStates(r, a, b, to: d, n)
        nullifyNonFinite(d, n, r)
    }

    /// Division truncates towards zero; by zero it is NULL.
    private func integerArithmetic(
        _ operation: ArithmeticOperator, _ d: Int, _ a: Int, _ b: Int, _ lanes: Lanes, _ r: VectorRegisters
    ) {
        switch operation {
        case .add: integers(d, a, b, lanes, r) { $0.addingReportingOverflow($1) }
        case .subtract: integers(d, a, b, lanes, r) { $0.subtractingReportingOverflow($1) }
        case .multiply: integers(d, a, b, lanes, r) { $0.multipliedReportingOverflow(by: $1) }
        case .divide:
            integers(d, a, b, lanes, r, zeroIsNull: true) { $0.dividedReportingOverflow(by: $1) }
        case .modulo: integerFunction(.mod, d, a, b, lanes, r)
        }
    }

    private func integerFunction(
        _ function: ScalarFunction, _ d: Int, _ a: Int, _ b: Int, _ lanes: Lanes, _ r: VectorRegisters
    ) {
        switch function {
        case .abs:
            integers(d, a, a, lanes, r) { x, _ in x < 0 ? (0 as Int64).subtractingReportingOverflow(x) : (x, false) }
        case .sign: integers(d, a, a, lanes, r) { x, _ in (x.signum(), false) }
        case .mod:
            // The remainder of the smallest integer by −1 is 0, though the quotient does not fit.
            integers(d, a, b, lanes, r, zeroIsNull: true) { ($0.remainderReportingOverflow(dividingBy: $1).partialValue, false) }
        default: preconditionFailure("\(function.rawValue) is not a function of integers")
        }
    }

    @inline(__always)
    private func integers(
        _ d: Int, _ a: Int, _ b: Int, _ lanes: Lanes, _ r: VectorRegisters, zeroIsNull: Bool = false,
        _ operation: (Int64, Int64) -> (partialValue: Int64, overflow: Bool)
    ) {
        let (to, x, y) = (r.integer(d), r.integer(a), r.integer(b))
        joinStates(r, a, b, to: d, lanes.count)
        let states = r.numberState(d)
        for i in 0..<lanes.count where states[i] == LaneState.value {
            if zeroIsNull && y[i] == 0 {
                states[i] = LaneState.null
                continue
            }
            let (value, overflow) = operation(x[i], y[i])
            to[i] = value
            if overflow {
                states[i] = LaneState.error
                note(.integerOverflow, i, lanes)
            }
        }
    }

    private func distance(_ d: Int, _ a: Int, _ b: Int, _ c: Int, _ e: Int, _ n: Int, _ r: VectorRegisters) {
        let (ra1, dec1, ra2, dec2, to) = (r.double(a), r.double(b), r.double(c), r.double(e), r.double(d))
        let (s1, s2, s3, s4, states) = (
            r.numberState(a), r.numberState(b), r.numberState(c), r.numberState(e), r.numberState(d)
        )
        for i in 0..<n {
            let state = max(max(s1[i], s2[i]), max(s3[i], s4[i]))
            if state == LaneState.value { to[i] = SkyPosition.separationDegrees(ra1[i], dec1[i], ra2[i], dec2[i]) }
            states[i] = state
        }
        nullifyNonFinite(d, n, r)
    }
}
