import Avro
import Core

/// Reads fields of archived packets with the schema that wrote them.
public final class AvroPacketReader: PacketReader {
    private let schemas: any SchemaProvider

    public init(schemas: any SchemaProvider) { self.schemas = schemas }

    public func bytes(field: String, message: [UInt8], writerSchemaID: Int32) throws -> [UInt8]? {
        let schema: AvroSchema
        do {
            schema = try schemas.schema(id: writerSchemaID)
        } catch {
            switch error {
            case .record(let fault): throw fault
            case .dependency(let fault): throw fault
            }
        }
        let value = try message.withUnsafeBytes { bytes throws(RecordFault) in
            try AvroValueReader(writer: schema).read(bytes, from: bodyStart(message, writerSchemaID))
        }
        guard case .bytes(let bytes) = value[field]?.unwrapped else { return nil }
        return bytes
    }

    /// After Confluent's header when there is one; packets out of containers are bare bodies.
    private func bodyStart(_ message: [UInt8], _ schemaID: Int32) -> Int {
        message.starts(with: ConfluentFrame(schemaID: schemaID).header) ? ConfluentFrame.headerBytes : 0
    }
}
