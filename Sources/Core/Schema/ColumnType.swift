/// The type of a column, everywhere: on the wire, in batches, in stored rows and in answers.
public enum ColumnType: UInt8, Sendable, CaseIterable {
    case bool = 1
    case int32 = 2
    case int64 = 3
    case float32 = 4
    case float64 = 5
    /// UTF-8.
    case string = 6
    case bytes = 7

    /// Bytes that one cell takes in a `Column`; strings and bytes take a reference into an arena.
    public var width: Int {
        switch self {
        case .bool: 1
        case .int32, .float32: 4
        case .int64, .float64, .string, .bytes: 8
        }
    }

    /// The name of Avro's type.
    public var avroName: String {
        switch self {
        case .bool: "boolean"
        case .int32: "int"
        case .int64: "long"
        case .float32: "float"
        case .float64: "double"
        case .string: "string"
        case .bytes: "bytes"
        }
    }

    public var isNumeric: Bool {
        switch self {
        case .int32, .int64, .float32, .float64: true
        case .bool, .string, .bytes: false
        }
    }

    public var isVariableLength: Bool { self == .string || self == .bytes }
}
