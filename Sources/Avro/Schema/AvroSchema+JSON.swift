/// Printing a schema back: whole, or as the parsing canonical form that identifies its bytes.
extension AvroSchema {
    /// JSON with docs, defaults, aliases and logical types.
    public var json: String { SchemaPrinter(schema: self, isCanonical: false).print().json }

    /// The parsing canonical form (Avro 1.11, "Parsing Canonical Form for Schemas"): two schemas with the same form read
    /// the same bytes the same way.
    public var canonicalForm: String { SchemaPrinter(schema: self, isCanonical: true).print().json }

    /// CRC-64-AVRO of the canonical form (Avro 1.11, "Schema Fingerprints").
    public var fingerprint: UInt64 {
        let empty: UInt64 = 0xC15D_213A_A4D7_A795
        var value = empty
        for byte in canonicalForm.utf8 {
            value ^= UInt64(byte)
            for _ in 0..<8 { value = (value >> 1) ^ (empty & (0 &- (value & 1))) }
        }
        return value
    }
}

private struct SchemaPrinter {
    let schema: AvroSchema
    let isCanonical: Bool
    var printed: Set<String> = []

    init(schema: AvroSchema, isCanonical: Bool) {
        self.schema = schema
        self.isCanonical = isCanonical
    }

    func print() -> JSONValue {
        var copy = self
        return copy.node(schema.root)
    }

    private mutating func node(_ id: Int) -> JSONValue {
        let node = schema[id]
        if let name = node.kind.definedName, !printed.insert(name.full).inserted { return .string(name.full) }
        switch node.kind {
        case .record(let record): return self.record(record)
        case .enumeration(let enumeration): return self.enumeration(enumeration)
        case .fixed(let fixed): return .object(head(fixed.name, "fixed", fixed.aliases) + [size(fixed)] + logical(node))
        case .array(let items):
            return .object([JSONMember("type", .string("array")), JSONMember("items", self.node(items))])
        case .map(let values):
            return .object([JSONMember("type", .string("map")), JSONMember("values", self.node(values))])
        case .union(let branches): return .array(branches.map { self.node($0) })
        default:
            let name = JSONValue.string(node.kind.typeName)
            let annotation = logical(node)
            return annotation.isEmpty ? name : .object([JSONMember("type", name)] + annotation)
        }
    }

    private func size(_ fixed: AvroFixed) -> JSONMember { JSONMember("size", .number(String(fixed.size))) }

    private func head(_ name: AvroName, _ type: String, _ aliases: [AvroName]) -> [JSONMember] {
        var members = [JSONMember("name", .string(name.full)), JSONMember("type", .string(type))]
        if !isCanonical, !aliases.isEmpty {
            members.append(JSONMember("aliases", .array(aliases.map { .string($0.full) })))
        }
        return members
    }

    private func note(_ doc: String?) -> [JSONMember] {
        guard !isCanonical, let doc else { return [] }
        return [JSONMember("doc", .string(doc))]
    }

    private func logical(_ node: AvroNode) -> [JSONMember] {
        guard !isCanonical, let logicalType = node.logicalType else { return [] }
        var members = [JSONMember("logicalType", .string(logicalType.name))]
        if case .decimal(let precision, let scale) = logicalType {
            members.append(JSONMember("precision", .number(String(precision))))
            members.append(JSONMember("scale", .number(String(scale))))
        }
        return members
    }

    private mutating func record(_ record: AvroRecord) -> JSONValue {
        var fields: [JSONValue] = []
        for field in record.fields {
            var members = [JSONMember("name", .string(field.name)), JSONMember("type", node(field.type))]
            members += note(field.doc)
            if !isCanonical {
                if let value = field.defaultValue { members.append(JSONMember("default", value)) }
                if !field.aliases.isEmpty {
                    members.append(JSONMember("aliases", .array(field.aliases.map { .string($0) })))
                }
            }
            fields.append(.object(members))
        }
        return .object(
            head(record.name, "record", record.aliases) + note(record.doc) + [JSONMember("fields", .array(fields))])
    }

    private func enumeration(_ enumeration: AvroEnumeration) -> JSONValue {
        var members = head(enumeration.name, "enum", enumeration.aliases) + note(enumeration.doc)
        members.append(JSONMember("symbols", .array(enumeration.symbols.map { .string($0) })))
        if !isCanonical, let symbol = enumeration.defaultSymbol {
            members.append(JSONMember("default", .string(symbol)))
        }
        return .object(members)
    }
}
