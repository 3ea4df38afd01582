import Core

/// A value to be written into a field.
enum FieldValue {
    case null
    case bool(Bool)
    case integer(Int64)
    case real(Double)
    case text(String)
}

/// An encoded record whose values are then patched in place: a copy and a few stores a record.
///
/// Patched fields must keep their encoded length, so varints of another length need a template of their own.
struct RecordTemplate {
    private(set) var bytes: [UInt8] = []
    /// Where the value of each column of Core's table starts; −1 when it is null here or unknown to the schema.
    private(set) var offsets: [Int]

    /// Fields that `values` does not name get Rubin's "missing": NaN, false, 0, null strings.
    init(table: TableSchema, version: AlertSchemaVersion, values: [String: FieldValue]) {
        offsets = Array(repeating: -1, count: table.columns.count)
        for field in version.fields(of: table) {
            let value = values[field.name] ?? RecordTemplate.missing(field)
            if case .null = value {
                precondition(field.isNullable, "\(table.name).\(field.name) may not be null")
                bytes.append(0)
                continue
            }
            if field.isNullable { bytes.append(2) }
            offsets[field.position] = bytes.count
            append(value, as: field)
        }
    }

    private static func missing(_ field: WireField) -> FieldValue {
        switch field.type {
        case .bool: .bool(false)
        case .int32, .int64: .integer(0)
        case .float32, .float64: .real(.nan)
        case .string, .bytes: field.isNullable ? .null : .text("")
        }
    }

    private mutating func append(_ value: FieldValue, as field: WireField) {
        switch (value, field.type) {
        case (.bool(let value), .bool): bytes.append(value ? 1 : 0)
        case (.integer(let value), .int32), (.integer(let value), .int64): append(varint: value)
        case (.real(let value), .float32):
            withUnsafeBytes(of: Float(value).bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        case (.real(let value), .float64):
            withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        case (.text(let value), .string), (.text(let value), .bytes):
            append(varint: Int64(value.utf8.count))
            bytes.append(contentsOf: value.utf8)
        default: preconditionFailure("\(field.name) cannot hold \(value)")
        }
    }

    private mutating func append(varint value: Int64) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 10) { buffer in
            guard let base = buffer.baseAddress else { return }
            let length = WireBytes.writeLong(value, at: base)
            bytes.append(contentsOf: buffer[0..<length])
        }
    }

    /// Where the value of a column starts; the column must be there.
    func offset(_ position: Int) -> Int {
        precondition(offsets[position] >= 0, "the template has no value at column \(position)")
        return offsets[position]
    }
}
