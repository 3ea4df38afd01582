/// A JSON value as it was written: objects keep their order, numbers their digits.
public indirect enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    /// The digits as written, so that 64-bit integers survive.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([JSONMember])

    /// The member of an object with this name; nil for other values.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    public var text: String? {
        if case .string(let text) = self { return text }
        return nil
    }

    public var integer: Int64? {
        if case .number(let digits) = self { return Int64(digits) }
        return nil
    }

    public var double: Double? {
        if case .number(let digits) = self { return Double(digits) }
        return nil
    }
}

/// A name and value of a JSON object.
public struct JSONMember: Sendable, Equatable {
    public let name: String
    public let value: JSONValue

    public init(_ name: String, _ value: JSONValue) {
        self.name = name
        self.value = value
    }
}
