import Core

/// Encodes `AvroValue` trees by a schema.
public struct AvroEncoder: Sendable {
    public let schema: AvroSchema
    public init(schema: AvroSchema) { self.schema = schema }

    /// The value's bytes; a `schema` fault with the field's path when it does not fit.
    public func encode(_ value: AvroValue) throws(RecordFault) -> [UInt8] {
        var writer = AvroWriter()
        try encode(value, to: &writer)
        return writer.bytes
    }

    public func encode(_ value: AvroValue, to writer: inout AvroWriter) throws(RecordFault) {
        try write(value, schema.root, &writer, 0)
    }

    private func write(_ value: AvroValue, _ node: Int, _ writer: inout AvroWriter, _ depth: Int) throws(RecordFault) {
        guard depth < AvroSchema.maximumValueDepth else { throw RecordFault(.schema, "values are nested too deep") }
        switch (schema[node].kind, value) {
        case (.null, .null): break
        case (.boolean, .boolean(let flag)): writer.write(boolean: flag)
        case (.int, .int(let number)): writer.write(int: number)
        case (.long, .long(let number)): writer.write(long: number)
        case (.long, .int(let number)): writer.write(int: number)
        case (.float, .float(let number)): writer.write(float: number)
        case (.double, .double(let number)): writer.write(double: number)
        case (.double, .float(let number)): writer.write(double: Double(number))
        case (.bytes, .bytes(let content)): writer.write(bytes: content)
        case (.string, .string(let text)): writer.write(string: text)
        case (.fixed(let fixed), .fixed(let content)) where content.count == fixed.size: writer.write(raw: content)
        case (.enumeration(let type), .enumeration(let symbol)):
            guard let index = type.symbols.firstIndex(of: symbol) else {
                throw RecordFault(.schema, "the enum \(type.name.full) has no symbol \(symbol)")
            }
            writer.write(long: Int64(index))
        case (.array(let items), .array(let elements)):
            if !elements.isEmpty { writer.write(blockOf: elements.count) }
            for (index, element) in elements.enumerated() {
                try step("[\(index)]") { () throws(RecordFault) in try write(element, items, &writer, depth + 1) }
            }
            writer.write(blockOf: 0)
        case (.map(let values), .map(let members)):
            if !members.isEmpty { writer.write(blockOf: members.count) }
            for member in members {
                writer.write(string: member.name)
                try step(member.name) { () throws(RecordFault) in try write(member.value, values, &writer, depth + 1) }
            }
            writer.write(blockOf: 0)
        case (.record(let record), .record(let members)): try write(members, record, &writer, depth)
        case (.union(let branches), _): try write(value, branches, &writer, depth)
        default: throw RecordFault(.schema, "the value is not a \(schema[node].kind.typeName)")
        }
    }

    private func step(_ name: String, _ body: () throws(RecordFault) -> Void) throws(RecordFault) {
        do { try body() } catch { throw error.inside(name) }
    }

    private func write(
        _ members: [AvroMember], _ record: AvroRecord, _ writer: inout AvroWriter, _ depth: Int
    ) throws(RecordFault) {
        for (index, field) in record.fields.enumerated() {
            // Members usually come in the schema's order; then no search is needed.
            let member =
                index < members.count && members[index].name == field.name
                ? members[index] : members.first { $0.name == field.name }
            try step(field.name) { () throws(RecordFault) in
                if let member { return try write(member.value, field.type, &writer, depth + 1) }
                guard let given = field.defaultValue else { throw RecordFault(.schema, "the record has no such field") }
                try write(try schema.value(of: given, as: field.type), field.type, &writer, depth + 1)
            }
        }
    }

    private func write(
        _ value: AvroValue, _ branches: [Int], _ writer: inout AvroWriter, _ depth: Int
    ) throws(RecordFault) {
        if case .union(let index, let content) = value {
            guard branches.indices.contains(index) else {
                throw RecordFault(.schema, "the union has no branch \(index)")
            }
            writer.write(branch: index)
            return try write(content, branches[index], &writer, depth + 1)
        }
        // A bare value goes into the first branch that takes it.
        for (index, branch) in branches.enumerated() {
            var attempt = AvroWriter()
            attempt.write(branch: index)
            guard (try? write(value, branch, &attempt, depth + 1)) != nil else { continue }
            return writer.write(raw: attempt.bytes)
        }
        throw RecordFault(.schema, "the value fits no branch of the union")
    }
}
