import Avro
import Core

/// Values of any Avro schema as JSON: 64-bit integers as strings, NaN and null as null, bytes as length and SHA-256.
enum AvroJSON {
    static func append(_ value: AvroValue, to writer: inout TextWriter) {
        switch value {
        case .null: writer.append("null")
        case .boolean(let value): writer.append(string: value ? "true" : "false")
        case .int(let value): writer.append(integer: Int64(value))
        case .long(let value):
            writer.append(byte: 0x22)
            writer.append(integer: value)
            writer.append(byte: 0x22)
        case .float(let value): writer.append(float: value)
        case .double(let value): writer.append(double: value)
        case .string(let text), .enumeration(let text): writer.append(jsonString: text)
        case .bytes(let bytes), .fixed(let bytes): append(digestOf: bytes, to: &writer)
        case .union(_, let value): append(value, to: &writer)
        case .array(let values):
            writer.append("[")
            for (index, value) in values.enumerated() {
                if index > 0 { writer.append(byte: 0x2C) }
                append(value, to: &writer)
            }
            writer.append("]")
        case .record(let members), .map(let members):
            writer.append("{")
            for (index, member) in members.enumerated() {
                if index > 0 { writer.append(byte: 0x2C) }
                writer.append(jsonString: member.name)
                writer.append(byte: 0x3A)
                append(member.value, to: &writer)
            }
            writer.append("}")
        }
    }

    private static func append(digestOf bytes: [UInt8], to writer: inout TextWriter) {
        writer.append(string: "{\"len\":\(bytes.count),\"sha256\":\"")
        writer.append(string: bytes.withUnsafeBytes { SHA256.hex($0) })
        writer.append("\"}")
    }
}
