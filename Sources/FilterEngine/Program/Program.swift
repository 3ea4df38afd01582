import ADQL
import Core
import Functions

/// A register and the file it lies in.
struct Register: Equatable, Sendable {
    enum File: Equatable, Sendable {
        case double
        case integer
        case outcome
        case text
    }

    let file: File
    let index: Int
}

/// Straight-line code that leaves one value.
struct Block: Sendable {
    var instructions: [Instruction] = []
    var result = Register(file: .outcome, index: 0)
    var numberCount = 0
    var outcomeCount = 0
    var textCount = 0
    /// Relative cost for a row, by which conditions are ordered.
    var cost = 0
}

/// Aggregates over the rows that each alert has of a table.
struct AggregatePlan: Sendable {
    struct Aggregate: Sendable {
        let function: AggregateFunction
        let arguments: [Block]
        let isDistinct: Bool
    }

    let table: ColumnSource.Table
    /// Terms that all must hold for a row to count, cheap ones first.
    let conditions: [Block]
    let aggregates: [Aggregate]
    /// Instructions that one row of the table may cost.
    let costPerRow: Int
}

/// A filter as straight-line code over columns. Immutable; evaluators hold the memory.
public struct FilterProgram: Sendable {
    let conditions: [Block]
    let items: [Block]
    let plans: [AggregatePlan]
    /// Names of the catalogues behind `nearest` tables, in the order of `ColumnSource.Table.nearest`.
    public let catalogues: [String]
    let texts: [[UInt8]]
    /// The columns that a passed alert is published with.
    public let output: TableSchema
    /// Whether it reads stored history: `detections` or `forced`.
    public let readsHistory: Bool
    /// Whether it reads `sso`.
    public let readsSSO: Bool
    /// Whether it reads `sso.provisional`, and so may say another thing once the alert's visit is closed.
    public let readsProvisional: Bool

    /// The one kind of points that its history has to hold, nil when it reads both or none.
    public var onlyHistory: PointKind? {
        let readsForced = plans.contains { $0.table == .forced }
        guard readsForced != plans.contains(where: { $0.table == .detections }) else { return nil }
        return readsForced ? .forced : .detection
    }
}
