import Core

/// How a run of consecutive fields is read. "Optional" is a union of null and one type.
enum FieldOperation: UInt8 {
    /// Fields of fixed widths, wanted or not, optional or not.
    case fixed
    case int32, int64, text
    case optionalInt32, optionalInt64, optionalText
    case skipVarint, skipText, skipOptionalVarint, skipOptionalText
    /// One field by the checked path: conversions, general unions, extras, unwanted complex types.
    case checked
}

/// Consecutive fields of a record with the same operation (and consecutive slots, unless they are `fixed`): one dispatch
/// for all of them.
struct FieldRun {
    var operation: FieldOperation
    /// The encoded branch of an optional's value and of its null: 0x02 and 0x00 when null comes first.
    var valueByte: UInt8 = 0
    var nullByte: UInt8 = 0
    var firstField: Int32
    var firstSlot: Int32
    var count: Int32
    /// Of `fixed`: which of the record's groups.
    var group: Int32 = 0
}

/// One field of a writer's record and where it goes.
struct FieldTarget {
    let name: String
    let node: AvroSchema.NodeID
    /// Index among the program's columns; −1 when the field is not wanted.
    let slot: Int
    let type: ColumnType?
    let isExtra: Bool
    /// A 32-bit integer, or null: its varint's length is another in every record.
    let isShort: Bool
    /// UTC microseconds (8.0's timestamps) that become a TAI MJD.
    let isMicroseconds: Bool
    /// Where the symbols of an enum lie among the program's constants.
    let symbols: [ByteReference]
}

/// The flat program for one record of the writer's schema and the table it fills.
struct RecordProgram {
    let table: AlertTable
    var runs: [FieldRun] = []
    var fields: [FieldTarget] = []
    /// What the fixed path knows of each field; not used for those of other runs.
    var fixedFields: [FixedField] = []
    var groupCount = 0
    /// The column of each slot: first those the writer has, in its order, then the `absent` ones.
    var columns: [Int] = []
    var absentFrom = 0
    /// Least bytes of a record.
    var minimumSize = 0
}

/// How a field of the packet that holds a record or an array may be null.
struct NullableBranch {
    let valueIndex: Int
    let nullIndex: Int?
    let branchCount: Int
}

/// One part of the packet, in the writer's order.
enum PacketStep {
    case packetFields(Range<Int>)
    case record(program: Int, branch: NullableBranch?)
    case history(program: Int, branch: NullableBranch?)
}

/// A writer's alert schema, compiled once: what to read, in order, and where to put it.
public struct AlertProgram: Sendable {
    let schema: AvroSchema
    let projection: AlertProjection
    var steps: [PacketStep] = []
    /// Program 0 is the packet's own fields.
    var records: [RecordProgram] = []
    /// Tables that the writer's schema has no record for: their rows are absent.
    var missingTables: [AlertTable] = []
    /// Texts of enum symbols, put behind every message so that cells can refer to them.
    var constants: [UInt8] = []

    /// Compiles a program; a `schema` fault when the schema is not that of an alert or a field's type does not fit the model.
    public init(schema: AvroSchema, projection: AlertProjection = .all) throws(RecordFault) {
        self.schema = schema
        self.projection = projection
        var compiler = AlertProgramCompiler(schema: schema, projection: projection)
        try compiler.compile()
        steps = compiler.steps
        records = compiler.records
        missingTables = compiler.missingTables
        constants = compiler.constants
    }
}
