import Avro
import Core
import Synchronization

/// Renders publications with the schema version that their topic's directory gives.
public final class AvroPublicationRenderer: PublicationRenderer {
    private struct Key: Hashable {
        let topic: String
        let version: Int32
    }

    private let directory: any TopicDirectory
    /// Schema versions never change, so readers are kept.
    private let readers = Mutex<[Key: AvroValueReader]>([:])

    public init(directory: any TopicDirectory) { self.directory = directory }

    public func appendJSON(_ publication: StoredPublication, topic: String, to writer: inout TextWriter) throws {
        let reader = try reader(of: Key(topic: topic, version: publication.schemaVersion))
        let value = try publication.payload.withUnsafeBytes { bytes throws(RecordFault) in try reader.read(bytes) }
        AvroJSON.append(value, to: &writer)
    }

    private func reader(of key: Key) throws -> AvroValueReader {
        if let known = readers.withLock({ $0[key] }) { return known }
        guard let json = try directory.topic(key.topic)?.schemas.first(where: { $0.version == key.version })?.json
        else {
            throw UserFault(
                .notFound, "the schema of a record is unknown", detail: "\(key.topic) version \(key.version)")
        }
        let reader = AvroValueReader(writer: try AvroSchema(json: json))
        readers.withLock { $0[key] = reader }
        return reader
    }
}
