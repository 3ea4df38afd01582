import ADQL
import Functions

/// Where a column of a program lies in its input.
struct ColumnSource: Equatable, Sendable {
    enum Table: Equatable, Sendable {
        case source
        case packet
        case object
        case packetSSO
        case sso
        /// Index into the program's catalogues.
        case nearest(Int)
        case detections
        case forced
    }

    let table: Table
    let column: Int
}

/// One step of a column program: works on every lane of its registers.
///
/// Registers come in three files: numbers (doubles or 64-bit integers, which of both the instruction knows), outcomes
/// (see `Outcome`) and texts. The first register is where the result goes.
enum Instruction: Sendable {
    case loadDouble(Int, ColumnSource)
    case loadInteger(Int, ColumnSource)
    case loadOutcome(Int, ColumnSource)
    case loadText(Int, ColumnSource)
    case loadIsSSO(Int)
    case loadNight(Int)
    case loadPresence(Int, ColumnSource.Table)
    case mjdNow(Int)
    case setInteger(Int, Int64)
    case setDouble(Int, Double)
    case setOutcome(Int, UInt8)
    /// Index into the program's texts.
    case setText(Int, Int)
    case setNullNumber(Int)
    case setNullText(Int)

    case negate(Int, Int, isInteger: Bool)
    case arithmetic(ArithmeticOperator, Int, Int, Int, isInteger: Bool)
    case integerFunction(ScalarFunction, Int, Int, Int)
    case function1(ScalarFunction, Int, Int)
    case function2(ScalarFunction, Int, Int, Int)
    case distance(Int, Int, Int, Int, Int)
    case integerToDouble(Int, Int)
    case doubleToInteger(Int, Int)
    case outcomeToInteger(Int, Int)
    case textToNumber(Int, Int, isInteger: Bool)
    case changeCase(Int, Int, toUpper: Bool)
    case concatenate(Int, Int, Int)

    case compareDoubles(ComparisonOperator, Int, Int, Int)
    case compareIntegers(ComparisonOperator, Int, Int, Int)
    case compareWithDouble(ComparisonOperator, Int, Int, Double)
    case compareWithInteger(ComparisonOperator, Int, Int, Int64)
    case compareTexts(ComparisonOperator, Int, Int, Int)
    case compareOutcomes(ComparisonOperator, Int, Int, Int)
    case like(Int, Int, pattern: Int, ignoringCase: Bool)
    case and(Int, Int, Int)
    case or(Int, Int, Int)
    case not(Int, Int)
    case numberIsNull(Int, Int)
    case textIsNull(Int, Int)
    case outcomeIsNull(Int, Int)

    /// Result, condition, value where it holds, value elsewhere.
    case selectNumber(Int, Int, Int, Int)
    case selectText(Int, Int, Int, Int)
    case selectOutcome(Int, Int, Int, Int)
    case coalesceNumber(Int, Int, Int)
    case coalesceText(Int, Int, Int)
    case coalesceOutcome(Int, Int, Int)

    /// A plan of the program, and for each of its aggregates the register that takes it.
    case aggregate(plan: Int, results: [Int])

    /// The column that it loads, if it does.
    var source: ColumnSource? {
        switch self {
        case .loadDouble(_, let source), .loadInteger(_, let source), .loadOutcome(_, let source), .loadText(_, let source):
            source
        default: nil
        }
    }
}
