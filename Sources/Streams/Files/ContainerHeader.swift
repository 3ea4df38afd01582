import Core

/// The head of an object container: magic, metadata map, sync marker.
struct ContainerHeader {
    let schema: String
    let codec: String
    let sync: [UInt8]

    /// Larger heads are damage: Rubin's largest schema takes 30 kB.
    private static let bytesMax = 4 << 20

    static func read(_ input: BufferedReader) throws(ReadFault) -> ContainerHeader {
        var wanted = 64 << 10
        while true {
            let window = try input.peek(wanted)
            if let (header, length) = parse(window) {
                guard let header else {
                    throw .damaged(RecordFault(.container, "the container's header is damaged", byteOffset: 4))
                }
                input.consume(length)
                return header
            }
            guard window.count == wanted, wanted < bytesMax else {
                throw .damaged(input.shortage("the container ends inside its header"))
            }
            wanted *= 4
        }
    }

    /// Nil when more bytes are needed; a nil header when they cannot help.
    private static func parse(_ bytes: UnsafeRawBufferPointer) -> (header: ContainerHeader?, length: Int)? {
        var at = 4
        var schema: String?
        var codec = "null"
        while true {
            guard var count = long(bytes, &at) else { return nil }
            if count == 0 { break }
            if count < 0 {
                guard long(bytes, &at) != nil else { return nil }
                guard count > -1000 else { return (nil, 0) }
                count = -count
            }
            guard count < 1000 else { return (nil, 0) }
            for _ in 0..<count {
                guard let keyLength = long(bytes, &at) else { return nil }
                guard let key = text(bytes, &at, keyLength) else { return isLength(keyLength) ? nil : (nil, 0) }
                guard let valueLength = long(bytes, &at) else { return nil }
                guard let value = text(bytes, &at, valueLength) else { return isLength(valueLength) ? nil : (nil, 0) }
                if key == "avro.schema" { schema = value }
                if key == "avro.codec" { codec = value }
            }
        }
        guard bytes.count >= at + 16 else { return nil }
        guard let schema else { return (nil, 0) }
        return (ContainerHeader(schema: schema, codec: codec, sync: [UInt8](bytes[at..<at + 16])), at + 16)
    }

    private static func isLength(_ value: Int64) -> Bool { value >= 0 && value < Int64(bytesMax) }

    private static func text(_ bytes: UnsafeRawBufferPointer, _ at: inout Int, _ length: Int64) -> String? {
        guard isLength(length), bytes.count - at >= Int(length) else { return nil }
        defer { at += Int(length) }
        return String(decoding: bytes[at..<at + Int(length)], as: UTF8.self)
    }

    /// A zigzag varint; nil when the bytes end inside it.
    static func long(_ bytes: UnsafeRawBufferPointer, _ at: inout Int) -> Int64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while at < bytes.count && shift < 70 {
            let byte = bytes[at]
            at += 1
            if shift < 64 { value |= UInt64(byte & 0x7F) << shift }
            if byte < 0x80 { return Int64(bitPattern: (value >> 1) ^ (0 &- (value & 1))) }
            shift += 7
        }
        return nil
    }
}
