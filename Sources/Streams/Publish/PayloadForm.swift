import Core

/// How a publication is written into a Kafka message. Each closure gets the topic and the version of its schema.
public enum PayloadForm: Sendable {
    /// 0x00, the registry's big-endian id of the topic's schema, the Avro body: any Avro deserializer reads it.
    case confluent(schemaID: @Sendable (_ topic: String, _ version: Int32) throws(DependencyFault) -> Int32)
    /// An Avro object container of one record: it carries its schema.
    case container(schemaJSON: @Sendable (_ topic: String, _ version: Int32) throws(DependencyFault) -> String)
    case json(@Sendable (_ topic: String, StoredPublication) throws(DependencyFault) -> [UInt8])

    func render(_ publication: StoredPublication, topic: String) throws(DependencyFault) -> [UInt8] {
        switch self {
        case .confluent(let schemaID):
            let id = UInt32(bitPattern: try schemaID(topic, publication.schemaVersion))
            return [0] + (0..<4).map { UInt8(truncatingIfNeeded: id >> (24 - 8 * $0)) } + publication.payload
        case .container(let schemaJSON):
            let schema = try schemaJSON(topic, publication.schemaVersion)
            return PayloadForm.container(schema, publication, topic: topic)
        case .json(let render): return try render(topic, publication)
        }
    }

    /// The sync marker is made from the record's identity: the same bytes whenever it is sent again.
    private static func container(_ schema: String, _ publication: StoredPublication, topic: String) -> [UInt8] {
        var random = SeededRandom(seed: UInt64(bitPattern: publication.offset) ^ fnv(topic))
        let marker = [random.next(), random.next()].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
        var file: [UInt8] = [0x4F, 0x62, 0x6A, 0x01]
        append(2, to: &file)
        for (key, value) in [("avro.schema", schema), ("avro.codec", "null")] {
            append(key.utf8.count, to: &file)
            file += key.utf8
            append(value.utf8.count, to: &file)
            file += value.utf8
        }
        append(0, to: &file)
        file += marker
        append(1, to: &file)
        append(publication.payload.count, to: &file)
        return file + publication.payload + marker
    }

    /// A zigzag varint of a count.
    private static func append(_ count: Int, to bytes: inout [UInt8]) {
        var rest = UInt64(count) << 1
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// FNV-1a, 64 bits.
    private static func fnv(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
