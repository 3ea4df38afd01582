import Core

extension JSONValue {
    /// The value as compact JSON text.
    public var json: String {
        var writer = TextWriter(capacity: 256)
        write(to: &writer)
        return writer.text
    }

    public func write(to writer: inout TextWriter) {
        switch self {
        case .null: writer.append("null")
        case .bool(let value): writer.append(string: value ? "true" : "false")
        case .number(let digits): writer.append(string: digits)
        case .string(let text): writer.append(jsonString: text)
        case .array(let elements):
            writer.append("[")
            for (index, element) in elements.enumerated() {
                if index > 0 { writer.append(",") }
                element.write(to: &writer)
            }
            writer.append("]")
        case .object(let members):
            writer.append("{")
            for (index, member) in members.enumerated() {
                if index > 0 { writer.append(",") }
                writer.append(jsonString: member.name)
                writer.append(":")
                member.value.write(to: &writer)
            }
            writer.append("}")
        }
    }
}
