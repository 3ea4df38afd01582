import Avro
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
            return try PayloadForm.container(schema, publication, topic: topic)
        case .json(let render): return try render(topic, publication)
        }
    }

    /// The sync marker is made from the record's identity: the same bytes whenever it is sent again.
    private static func container(
        _ json: String, _ publication: StoredPublication, topic: String
    ) throws(DependencyFault) -> [UInt8] {
        let schema: AvroSchema
        do {
            schema = try AvroSchema(json: json)
        } catch {
            throw DependencyFault("the schema of \(topic)", "\(error)", isRetriable: false)
        }
        var random = SeededRandom(seed: UInt64(bitPattern: publication.offset) ^ fnv(topic))
        let marker = [random.next(), random.next()].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
        var writer = AvroContainerWriter(schema: schema, codec: .null, sync: marker)
        writer.append(publication.payload)
        writer.closeBlock()
        return writer.drain()
    }

    /// FNV-1a, 64 bits.
    private static func fnv(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
