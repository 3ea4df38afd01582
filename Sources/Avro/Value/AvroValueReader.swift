import Core

/// Decodes values of any schema into `AvroValue` trees, as the writer wrote them or resolved to a reader's schema.
public struct AvroValueReader: Sendable {
    let writer: AvroSchema
    let reader: AvroSchema?

    /// - Parameters:
    ///   - writer: the schema of the bytes.
    ///   - reader: the schema of the result (Avro 1.11, "Schema Resolution"); nil for the writer's own. Named types match by
    ///     unqualified name or alias.
    public init(writer: AvroSchema, reader: AvroSchema? = nil) {
        self.writer = writer
        self.reader = reader
    }

    /// Decodes bytes that are one value and nothing else.
    public func read(_ bytes: UnsafeRawBufferPointer, from start: Int = 0) throws(RecordFault) -> AvroValue {
        var cursor = AvroCursor(bytes, position: start)
        let value = try read(&cursor)
        guard cursor.isAtEnd else { throw cursor.fault(.malformed, "\(cursor.remaining) bytes after the value") }
        return value
    }

    /// Decodes the next value.
    public func read(_ cursor: inout AvroCursor) throws(RecordFault) -> AvroValue {
        if let reader { return try resolve(writer.root, reader.root, reader, &cursor, 0) }
        return try plain(writer.root, &cursor, 0)
    }

    func plain(_ node: Int, _ cursor: inout AvroCursor, _ depth: Int) throws(RecordFault) -> AvroValue {
        guard depth < AvroSchema.maximumValueDepth else { throw cursor.fault(.malformed, "values are nested too deep") }
        switch writer[node].kind {
        case .null: return .null
        case .boolean: return .boolean(try cursor.readBoolean())
        case .int: return .int(try cursor.readInt())
        case .long: return .long(try cursor.readLong())
        case .float: return .float(try cursor.readFloat())
        case .double: return .double(try cursor.readDouble())
        case .bytes: return .bytes(Array(cursor.bytes[try cursor.readBytes()]))
        case .string: return .string(try text(&cursor))
        case .fixed(let fixed): return .fixed(Array(cursor.bytes[try cursor.readFixed(fixed.size)]))
        case .enumeration(let type):
            return .enumeration(type.symbols[try cursor.readIndex(below: type.symbols.count, "enum symbol")])
        case .union(let branches):
            let index = try cursor.readIndex(below: branches.count, "union branch")
            return .union(index, try plain(branches[index], &cursor, depth + 1))
        case .record(let record):
            var members: [AvroMember] = []
            members.reserveCapacity(record.fields.count)
            for field in record.fields {
                do {
                    members.append(AvroMember(field.name, try plain(field.type, &cursor, depth + 1)))
                } catch {
                    throw error.inside(field.name)
                }
            }
            return .record(members)
        case .array(let items):
            return .array(
                try elements(items, &cursor) { (cursor) throws(RecordFault) in
                    try plain(items, &cursor, depth + 1)
                })
        case .map(let values):
            return .map(
                try entries(values, &cursor) { (cursor) throws(RecordFault) in
                    try plain(values, &cursor, depth + 1)
                })
        }
    }

    /// Bytes that are not UTF-8 become U+FFFD: one bad name must not cost the record.
    func text(_ cursor: inout AvroCursor) throws(RecordFault) -> String {
        let range = try cursor.readBytes()
        return String(decoding: cursor.bytes[range], as: UTF8.self)
    }

    func elements(
        _ item: Int, _ cursor: inout AvroCursor, _ read: (inout AvroCursor) throws(RecordFault) -> AvroValue
    ) throws(RecordFault) -> [AvroValue] {
        var values: [AvroValue] = []
        while true {
            let block = try cursor.readBlock(minimumItemSize: writer.minimumSizes[item])
            if block.count == 0 { return values }
            let start = cursor.position
            for _ in 0..<block.count {
                do {
                    values.append(try read(&cursor))
                } catch {
                    throw error.inside("[\(values.count)]")
                }
            }
            try cursor.expectBlockEnd(start, block.byteSize)
        }
    }

    func entries(
        _ value: Int, _ cursor: inout AvroCursor, _ read: (inout AvroCursor) throws(RecordFault) -> AvroValue
    ) throws(RecordFault) -> [AvroMember] {
        var members: [AvroMember] = []
        while true {
            let block = try cursor.readBlock(minimumItemSize: writer.minimumSizes[value] + 1)
            if block.count == 0 { return members }
            let start = cursor.position
            for _ in 0..<block.count {
                let key = try text(&cursor)
                do {
                    members.append(AvroMember(key, try read(&cursor)))
                } catch {
                    throw error.inside(key)
                }
            }
            try cursor.expectBlockEnd(start, block.byteSize)
        }
    }
}
