import Core

extension AvroSchema {
    /// A field's default (its JSON) as a value. For a union the specification takes the first branch; a default that fits
    /// another branch, as real producers write, is taken too.
    func value(of json: JSONValue, as node: NodeID, depth: Int = 0) throws(RecordFault) -> AvroValue {
        guard depth < AvroSchema.maximumValueDepth else { throw RecordFault(.schema, "a default is nested too deep") }
        switch (nodes[node].kind, json) {
        case (.null, .null): return .null
        case (.boolean, .bool(let flag)): return .boolean(flag)
        case (.int, .number): if let number = json.integer.flatMap({ Int32(exactly: $0) }) { return .int(number) }
        case (.long, .number): if let number = json.integer { return .long(number) }
        case (.float, .number): if let number = json.double { return .float(Float(number)) }
        case (.double, .number): if let number = json.double { return .double(number) }
        case (.float, .string(let text)): if let number = AvroSchema.special(text) { return .float(Float(number)) }
        case (.double, .string(let text)): if let number = AvroSchema.special(text) { return .double(number) }
        case (.string, .string(let text)): return .string(text)
        case (.bytes, .string(let text)): if let bytes = AvroSchema.latin1(text) { return .bytes(bytes) }
        case (.fixed(let fixed), .string(let text)):
            if let bytes = AvroSchema.latin1(text), bytes.count == fixed.size { return .fixed(bytes) }
        case (.enumeration(let type), .string(let symbol)):
            if type.symbols.contains(symbol) { return .enumeration(symbol) }
        case (.array(let items), .array(let elements)):
            return .array(
                try elements.map { (element) throws(RecordFault) in try value(of: element, as: items, depth: depth + 1)
                })
        case (.map(let values), .object(let members)):
            return .map(
                try members.map { (member) throws(RecordFault) in
                    AvroMember(member.name, try value(of: member.value, as: values, depth: depth + 1))
                })
        case (.record(let record), .object): return try recordValue(of: json, as: record, depth: depth)
        case (.union(let branches), _):
            for (index, branch) in branches.enumerated() {
                if let value = try? value(of: json, as: branch, depth: depth + 1) { return .union(index, value) }
            }
        default: break
        }
        throw RecordFault(.schema, "the default \(json.json.prefix(60)) is not a \(nodes[node].kind.typeName)")
    }

    private func recordValue(of json: JSONValue, as record: AvroRecord, depth: Int) throws(RecordFault) -> AvroValue {
        var members: [AvroMember] = []
        for field in record.fields {
            guard let given = json[field.name] ?? field.defaultValue else {
                throw RecordFault(.schema, "a default has no value for the field", fieldPath: field.name)
            }
            members.append(AvroMember(field.name, try value(of: given, as: field.type, depth: depth + 1)))
        }
        return .record(members)
    }

    private static func special(_ text: String) -> Double? {
        switch text {
        case "NaN": .nan
        case "Infinity", "INF": .infinity
        case "-Infinity", "-INF": -.infinity
        default: nil
        }
    }

    /// Bytes in JSON are a string whose code points 0–255 are the bytes.
    static func latin1(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            guard scalar.value < 256 else { return nil }
            bytes.append(UInt8(scalar.value))
        }
        return bytes
    }
}
