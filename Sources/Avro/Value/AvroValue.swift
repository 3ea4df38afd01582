/// A decoded value of any schema: for dead letters, containers of other schemas, and publications.
public indirect enum AvroValue: Sendable, Equatable {
    case null
    case boolean(Bool)
    case int(Int32)
    case long(Int64)
    case float(Float)
    case double(Double)
    case bytes([UInt8])
    case string(String)
    case fixed([UInt8])
    case enumeration(String)
    case array([AvroValue])
    /// In the order of the bytes, so that encoding gives them back.
    case map([AvroMember])
    case record([AvroMember])
    /// The branch's index and its value.
    case union(Int, AvroValue)

    /// The member of a record or map, with union wrappers around the whole ignored.
    public subscript(name: String) -> AvroValue? {
        switch self {
        case .record(let members), .map(let members): members.first { $0.name == name }?.value
        case .union(_, let value): value[name]
        default: nil
        }
    }

    /// The value without union wrappers.
    public var unwrapped: AvroValue {
        if case .union(_, let value) = self { return value.unwrapped }
        return self
    }
}

/// A field of a record or an entry of a map.
public struct AvroMember: Sendable, Equatable {
    public let name: String
    public let value: AvroValue

    public init(_ name: String, _ value: AvroValue) {
        self.name = name
        self.value = value
    }
}
