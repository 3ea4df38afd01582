import Core

/// Fields that a writer has and the model does not, kept beside the alert in a blob that describes itself.
///
/// Byte 0 is the format, 1. Then, until the end, entries: path length (LEB128), path in UTF-8, one byte of
/// `ColumnType.rawValue`, the value: bool 1 byte; int32 and float32 4 bytes, int64 and float64 8 bytes, little-endian; string
/// and bytes a length (LEB128) and the bytes. Paths are those of the packet: `prvDiaSources[3].x_y_Cov`. Records, arrays and
/// maps are flattened to their scalars; nulls and empty arrays leave no entry.
public enum AlertExtras {
    public static let format: UInt8 = 1

    public enum Value: Sendable, Equatable {
        case bool(Bool)
        case int32(Int32)
        case int64(Int64)
        case float32(Float)
        case float64(Double)
        case string(String)
        case bytes([UInt8])
    }

    public struct Entry: Sendable, Equatable {
        public let path: String
        public let value: Value
    }

    /// The extras of an alert, in the packet's order; empty when there are none.
    /// Throws a `malformed` fault where a blob is damaged or of a newer format.
    public static func list(_ batch: AlertBatch, row: Int) throws(RecordFault) -> [Entry] {
        guard let reference = batch.extras[row] else { return [] }
        return try list(batch.arena.bytes(reference))
    }

    public static func list(_ blob: UnsafeRawBufferPointer) throws(RecordFault) -> [Entry] {
        guard blob.first == format else { throw RecordFault(.malformed, "extras of an unknown format", byteOffset: 0) }
        var cursor = AvroCursor(blob, position: 1)
        var entries: [Entry] = []
        while !cursor.isAtEnd {
            let path = String(decoding: blob[try cursor.readCounted()], as: UTF8.self)
            entries.append(Entry(path: path, value: try value(&cursor)))
        }
        return entries
    }

    private static func value(_ cursor: inout AvroCursor) throws(RecordFault) -> Value {
        let at = try cursor.take(1)
        guard let type = ColumnType(rawValue: cursor.bytes[at]) else {
            throw RecordFault(.malformed, "an extra of an unknown type", byteOffset: at)
        }
        switch type {
        case .bool: return .bool(try cursor.readBoolean())
        case .int32: return .int32(Int32(bitPattern: try cursor.readFloat().bitPattern))
        case .int64: return .int64(Int64(bitPattern: try cursor.readDouble().bitPattern))
        case .float32: return .float32(try cursor.readFloat())
        case .float64: return .float64(try cursor.readDouble())
        case .string: return .string(String(decoding: cursor.bytes[try cursor.readCounted()], as: UTF8.self))
        case .bytes: return .bytes(Array(cursor.bytes[try cursor.readCounted()]))
        }
    }
}

extension AvroCursor {
    /// The range of bytes behind an unsigned LEB128 length.
    mutating func readCounted() throws(RecordFault) -> Range<Int> {
        var length = 0
        var shift = 0
        while true {
            let byte = bytes[try take(1)]
            guard shift < 35 else { throw fault(.malformed, "a length is too large") }
            length |= Int(byte & 0x7F) << shift
            if byte < 0x80 { break }
            shift += 7
        }
        return try readFixed(length)
    }
}

/// Collects the extras of one alert.
struct AlertExtrasWriter {
    private(set) var bytes: [UInt8] = []

    var isEmpty: Bool { bytes.isEmpty }
    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// Reads a value of any type and keeps its scalars.
    mutating func keep(
        _ node: Int, _ path: String, _ schema: AvroSchema, _ cursor: inout AvroCursor, depth: Int = 0
    ) throws(RecordFault) {
        guard depth < AvroSchema.maximumValueDepth else { throw cursor.fault(.malformed, "values are nested too deep") }
        switch schema[node].kind {
        case .null: break
        case .boolean: scalar(path, .bool, [try cursor.readBoolean() ? 1 : 0])
        case .int: scalar(path, .int32, little(UInt32(bitPattern: try cursor.readInt())))
        case .long: scalar(path, .int64, little(UInt64(bitPattern: try cursor.readLong())))
        case .float: scalar(path, .float32, little(try cursor.readFloat().bitPattern))
        case .double: scalar(path, .float64, little(try cursor.readDouble().bitPattern))
        case .string: counted(path, .string, cursor.bytes[try cursor.readBytes()])
        case .bytes: counted(path, .bytes, cursor.bytes[try cursor.readBytes()])
        case .fixed(let fixed): counted(path, .bytes, cursor.bytes[try cursor.readFixed(fixed.size)])
        case .enumeration(let type):
            counted(path, .string, type.symbols[try cursor.readIndex(below: type.symbols.count, "enum symbol")].utf8)
        case .union(let branches):
            let branch = try cursor.readIndex(below: branches.count, "union branch")
            try keep(branches[branch], path, schema, &cursor, depth: depth + 1)
        case .record(let record):
            for field in record.fields {
                try keep(field.type, path + "." + field.name, schema, &cursor, depth: depth + 1)
            }
        case .array(let items): try blocks(items, path, false, schema, &cursor, depth)
        case .map(let values): try blocks(values, path, true, schema, &cursor, depth)
        }
    }

    private mutating func blocks(
        _ item: Int, _ path: String, _ hasKeys: Bool, _ schema: AvroSchema, _ cursor: inout AvroCursor, _ depth: Int
    ) throws(RecordFault) {
        var index = 0
        while true {
            let block = try cursor.readBlock(minimumItemSize: schema.minimumSizes[item] + (hasKeys ? 1 : 0))
            if block.count == 0 { return }
            let start = cursor.position
            for _ in 0..<block.count {
                let name =
                    hasKeys ? "." + String(decoding: cursor.bytes[try cursor.readBytes()], as: UTF8.self) : "[\(index)]"
                try keep(item, path + name, schema, &cursor, depth: depth + 1)
                index += 1
            }
            try cursor.expectBlockEnd(start, block.byteSize)
        }
    }

    private mutating func scalar(_ path: String, _ type: ColumnType, _ value: [UInt8]) {
        head(path, type)
        bytes.append(contentsOf: value)
    }

    private mutating func counted(_ path: String, _ type: ColumnType, _ value: some Collection<UInt8>) {
        head(path, type)
        write(length: value.count)
        bytes.append(contentsOf: value)
    }

    private mutating func head(_ path: String, _ type: ColumnType) {
        if bytes.isEmpty { bytes.append(AlertExtras.format) }
        write(length: path.utf8.count)
        bytes.append(contentsOf: path.utf8)
        bytes.append(type.rawValue)
    }

    private mutating func write(length: Int) {
        var rest = length
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private func little(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}
