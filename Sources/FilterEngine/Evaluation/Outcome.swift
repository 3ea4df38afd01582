/// What a condition may come to, as a set of bits: with everything known exactly one of them.
///
/// Something unknown makes the set of all that it could turn out to be; conditions work on every member, so that
/// `unknown AND FALSE` is exactly FALSE and needs no second look. An error inside a branch that does not matter is no error.
enum Outcome {
    static let `true`: UInt8 = 1
    static let `false`: UInt8 = 2
    static let null: UInt8 = 4
    static let error: UInt8 = 8
    static let unknown: UInt8 = `true` | `false` | null

    /// Of two sets, indexed by `a << 4 | b`.
    static let and = table { a, b in
        if a == `false` || b == `false` { return `false` }
        if a == error || b == error { return error }
        return a == null || b == null ? null : `true`
    }

    static let or = table { a, b in
        if a == `true` || b == `true` { return `true` }
        if a == error || b == error { return error }
        return a == null || b == null ? null : `false`
    }

    /// Of one set: TRUE and FALSE change places. Bits, not a table, so that many lanes are done at once.
    @inline(__always) static func not(_ set: UInt8) -> UInt8 {
        (set & `true`) &<< 1 | (set & `false`) &>> 1 | (set & (null | error))
    }

    /// Whether a set is NULL: a set again.
    @inline(__always) static func isNull(_ set: UInt8) -> UInt8 {
        (set & null) &>> 2 | ((set & `true`) &<< 1 | (set & `false`)) | (set & error)
    }

    private static func table(_ single: (UInt8, UInt8) -> UInt8) -> [UInt8] {
        let bits: [UInt8] = [`true`, `false`, null, error]
        return (0..<256).map { index in
            var result: UInt8 = 0
            for a in bits where UInt8(index >> 4) & a != 0 {
                for b in bits where UInt8(index & 15) & b != 0 { result |= single(a, b) }
            }
            return result
        }
    }
}

/// Whether a number or text of a lane is there. The larger state wins where two meet: NULL + unknown is NULL for sure.
enum LaneState {
    static let value: UInt8 = 0
    static let unknown: UInt8 = 1
    static let null: UInt8 = 2
    static let error: UInt8 = 3

    /// The outcome of a comparison whose operands are in a state other than value.
    @inline(__always) static func outcome(_ state: UInt8) -> UInt8 {
        state == unknown ? Outcome.unknown : (state == null ? Outcome.null : Outcome.error)
    }
}
