/// An Avro schema: a table of nodes that refer to each other by index, so that recursive types need no references.
public struct AvroSchema: Sendable {
    /// Index of a node of its schema.
    public typealias NodeID = Int

    public let nodes: [AvroNode]
    public let root: NodeID
    /// The fewest bytes a value of each node can take: what a hostile item count is checked against.
    public let minimumSizes: [Int]

    init(nodes: [AvroNode], root: NodeID) {
        self.nodes = nodes
        self.root = root
        minimumSizes = AvroSchema.minimumSizes(of: nodes)
    }

    public subscript(node: NodeID) -> AvroNode { nodes[node] }

    /// The record at the root, if it is one.
    public var rootRecord: AvroRecord? {
        if case .record(let record) = nodes[root].kind { return record }
        return nil
    }
}

/// One type of a schema.
public struct AvroNode: Sendable {
    public let kind: AvroKind
    /// The annotation that the type carries, nil for none or an unknown one.
    public let logicalType: AvroLogicalType?

    public init(_ kind: AvroKind, logicalType: AvroLogicalType? = nil) {
        self.kind = kind
        self.logicalType = logicalType
    }
}

/// What Avro types there are.
public enum AvroKind: Sendable {
    case null, boolean, int, long, float, double, bytes, string
    case record(AvroRecord)
    case enumeration(AvroEnumeration)
    case fixed(AvroFixed)
    case array(items: AvroSchema.NodeID)
    case map(values: AvroSchema.NodeID)
    case union([AvroSchema.NodeID])

    /// Avro's word for it; records, enums and fixed say their kind, not their name.
    public var typeName: String {
        switch self {
        case .null: "null"
        case .boolean: "boolean"
        case .int: "int"
        case .long: "long"
        case .float: "float"
        case .double: "double"
        case .bytes: "bytes"
        case .string: "string"
        case .record: "record"
        case .enumeration: "enum"
        case .fixed: "fixed"
        case .array: "array"
        case .map: "map"
        case .union: "union"
        }
    }

    /// The name of a record, enum or fixed.
    public var definedName: AvroName? {
        switch self {
        case .record(let record): record.name
        case .enumeration(let enumeration): enumeration.name
        case .fixed(let fixed): fixed.name
        default: nil
        }
    }
}

/// A name with its namespace resolved.
public struct AvroName: Sendable, Hashable {
    /// `lsst.v11_1.alert`.
    public let full: String
    public init(full: String) { self.full = full }

    /// The last part: `alert`.
    public var unqualified: String { full.split(separator: ".").last.map(String.init) ?? full }
    /// All but the last part, empty when there is none: `lsst.v11_1`.
    public var namespace: String { full.split(separator: ".").dropLast().joined(separator: ".") }
}

public struct AvroRecord: Sendable {
    public let name: AvroName
    public let aliases: [AvroName]
    public let doc: String?
    public let fields: [AvroField]

    public func field(named name: String) -> AvroField? { fields.first { $0.name == name } }
}

public struct AvroField: Sendable {
    public let name: String
    public let aliases: [String]
    public let doc: String?
    public let type: AvroSchema.NodeID
    /// As written; real producers emit defaults that do not fit the type, so it is only looked at when it is needed.
    public let defaultValue: JSONValue?
}

public struct AvroEnumeration: Sendable {
    public let name: AvroName
    public let aliases: [AvroName]
    public let doc: String?
    public let symbols: [String]
    /// The symbol a reader takes for one it does not know.
    public let defaultSymbol: String?
}

public struct AvroFixed: Sendable {
    public let name: AvroName
    public let aliases: [AvroName]
    /// Bytes of every value.
    public let size: Int
}

/// The logical types of Avro 1.11.
public enum AvroLogicalType: Sendable, Equatable {
    case decimal(precision: Int, scale: Int)
    case uuid, date, timeMillis, timeMicros, timestampMillis, timestampMicros, localTimestampMillis,
        localTimestampMicros
    case duration

    static let plainNames: [(String, AvroLogicalType)] = [
        ("uuid", .uuid), ("date", .date), ("time-millis", .timeMillis), ("time-micros", .timeMicros),
        ("timestamp-millis", .timestampMillis), ("timestamp-micros", .timestampMicros),
        ("local-timestamp-millis", .localTimestampMillis), ("local-timestamp-micros", .localTimestampMicros),
        ("duration", .duration),
    ]

    public var name: String {
        if case .decimal = self { return "decimal" }
        return AvroLogicalType.plainNames.first { $0.1 == self }?.0 ?? ""
    }
}
