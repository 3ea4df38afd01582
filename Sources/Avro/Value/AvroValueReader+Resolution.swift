import Core

// Avro 1.11, "Schema Resolution". Faults of the schemas themselves come as `schema` faults, when the value needs them.
extension AvroValueReader {
    func resolve(
        _ from: Int, _ to: Int, _ reader: AvroSchema, _ cursor: inout AvroCursor, _ depth: Int
    ) throws(RecordFault) -> AvroValue {
        guard depth < AvroSchema.maximumValueDepth else { throw cursor.fault(.malformed, "values are nested too deep") }
        if case .union(let branches) = writer[from].kind {
            let index = try cursor.readIndex(below: branches.count, "union branch")
            return try resolve(branches[index], to, reader, &cursor, depth + 1)
        }
        if case .union(let branches) = reader[to].kind {
            guard let index = bestBranch(for: from, among: branches, reader) else {
                throw mismatch(from, to, reader, cursor)
            }
            return .union(index, try resolve(from, branches[index], reader, &cursor, depth + 1))
        }
        switch (writer[from].kind, reader[to].kind) {
        case (.record(let mine), .record(let theirs)):
            return try record(mine, theirs, reader, &cursor, depth)
        case (.array(let mine), .array(let theirs)):
            return .array(
                try elements(mine, &cursor) { (cursor) throws(RecordFault) in
                    try resolve(mine, theirs, reader, &cursor, depth + 1)
                })
        case (.map(let mine), .map(let theirs)):
            return .map(
                try entries(mine, &cursor) { (cursor) throws(RecordFault) in
                    try resolve(mine, theirs, reader, &cursor, depth + 1)
                })
        case (.enumeration(let mine), .enumeration(let theirs)):
            let symbol = mine.symbols[try cursor.readIndex(below: mine.symbols.count, "enum symbol")]
            if theirs.symbols.contains(symbol) { return .enumeration(symbol) }
            guard let other = theirs.defaultSymbol else {
                throw cursor.fault(.schema, "the reader's enum \(theirs.name.full) has no symbol \(symbol)")
            }
            return .enumeration(other)
        default:
            guard AvroValueReader.matches(writer, from, reader, to) else { throw mismatch(from, to, reader, cursor) }
            return try promoted(try plain(from, &cursor, depth + 1), reader[to].kind, cursor)
        }
    }

    private func mismatch(_ from: Int, _ to: Int, _ reader: AvroSchema, _ cursor: AvroCursor) -> RecordFault {
        cursor.fault(
            .schema,
            "the writer's \(writer[from].kind.typeName) cannot be read as the reader's \(reader[to].kind.typeName)")
    }

    private func record(
        _ mine: AvroRecord, _ theirs: AvroRecord, _ reader: AvroSchema, _ cursor: inout AvroCursor, _ depth: Int
    ) throws(RecordFault) -> AvroValue {
        var values = [AvroValue?](repeating: nil, count: theirs.fields.count)
        for field in mine.fields {
            do {
                // Plain names go before aliases, so that a new field may take over an old one's name.
                let target =
                    theirs.fields.firstIndex { $0.name == field.name }
                    ?? theirs.fields.firstIndex { $0.aliases.contains(field.name) }
                if let target {
                    values[target] = try resolve(field.type, theirs.fields[target].type, reader, &cursor, depth + 1)
                } else {
                    try writer.skip(field.type, in: &cursor, depth: depth + 1)
                }
            } catch {
                throw error.inside(field.name)
            }
        }
        var members: [AvroMember] = []
        for (index, field) in theirs.fields.enumerated() {
            if let value = values[index] {
                members.append(AvroMember(field.name, value))
                continue
            }
            guard let given = field.defaultValue else {
                throw RecordFault(
                    .schema, "the writer has no such field and the reader has no default", byteOffset: cursor.position,
                    fieldPath: field.name)
            }
            do {
                members.append(AvroMember(field.name, try reader.value(of: given, as: field.type)))
            } catch {
                throw error.inside(field.name)
            }
        }
        return .record(members)
    }

    /// The reader's branch for a writer's type: the same type first, then the first it can be promoted to.
    private func bestBranch(for from: Int, among branches: [Int], _ reader: AvroSchema) -> Int? {
        let name = writer[from].kind.definedName?.full
        let exact = branches.firstIndex { branch in
            let kind = reader[branch].kind
            return kind.typeName == writer[from].kind.typeName && kind.definedName?.full == name
        }
        return exact ?? branches.firstIndex { AvroValueReader.matches(writer, from, reader, $0) }
    }

    /// Whether a writer's type can be read as a reader's, not looking inside arrays, maps and records.
    static func matches(_ writer: AvroSchema, _ from: Int, _ reader: AvroSchema, _ to: Int) -> Bool {
        switch (writer[from].kind, reader[to].kind) {
        case (.null, .null), (.boolean, .boolean), (.int, .int), (.long, .long), (.float, .float), (.double, .double),
            (.bytes, .bytes), (.string, .string), (.array, .array), (.map, .map):
            true
        case (.int, .long), (.int, .float), (.int, .double), (.long, .float), (.long, .double), (.float, .double),
            (.string, .bytes), (.bytes, .string):
            true
        case (.record(let mine), .record(let theirs)): sameName(mine.name, theirs.name, theirs.aliases)
        case (.enumeration(let mine), .enumeration(let theirs)): sameName(mine.name, theirs.name, theirs.aliases)
        case (.fixed(let mine), .fixed(let theirs)):
            mine.size == theirs.size && sameName(mine.name, theirs.name, theirs.aliases)
        default: false
        }
    }

    private static func sameName(_ mine: AvroName, _ theirs: AvroName, _ aliases: [AvroName]) -> Bool {
        mine.unqualified == theirs.unqualified
            || aliases.contains { $0.full == mine.full || $0.unqualified == mine.unqualified }
    }

    private func promoted(_ value: AvroValue, _ kind: AvroKind, _ cursor: AvroCursor) throws(RecordFault) -> AvroValue {
        switch (value, kind) {
        case (.int(let number), .long): return .long(Int64(number))
        case (.int(let number), .float): return .float(Float(number))
        case (.int(let number), .double): return .double(Double(number))
        case (.long(let number), .float): return .float(Float(number))
        case (.long(let number), .double): return .double(Double(number))
        case (.float(let number), .double): return .double(Double(number))
        case (.string(let text), .bytes): return .bytes(Array(text.utf8))
        case (.bytes(let bytes), .string): return .string(String(decoding: bytes, as: UTF8.self))
        default: return value
        }
    }
}
