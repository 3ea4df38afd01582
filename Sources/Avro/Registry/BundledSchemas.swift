import CSchemas
import Core

/// The alert schemas that the binary carries (`Schemas/lsst`), by registry id.
public enum BundledSchemas {
    /// Ids in ascending order: 700 … 1101.
    public static let ids: [Int32] = entries.map(\.id).sorted()

    /// The newest: the model's own version.
    public static var newest: Int32 { ids.last ?? 0 }

    /// The JSON text of a schema, docs included; nil when it is not bundled.
    public static func json(id: Int32) -> [UInt8]? {
        guard let entry = entries.first(where: { $0.id == id }) else { return nil }
        return Array(UnsafeBufferPointer(start: entry.json, count: entry.byte_count))
    }

    /// The parsed schema; nil when it is not bundled.
    public static func schema(id: Int32) -> AvroSchema? {
        guard let json = json(id: id) else { return nil }
        do {
            return try AvroSchema(json: json)
        } catch {
            preconditionFailure("the bundled schema \(id) is broken: \(error)")
        }
    }

    /// The id of the bundled schema that reads the same bytes as this one, whatever its docs and defaults: how a container's
    /// schema gets its id.
    public static func id(matching schema: AvroSchema) -> Int32? { idsByFingerprint[schema.fingerprint] }

    private static let idsByFingerprint = Dictionary(
        ids.compactMap { id in schema(id: id).map { ($0.fingerprint, id) } }, uniquingKeysWith: { first, _ in first })

    private static var entries: UnsafeBufferPointer<nightjar_schema> {
        var count = 0
        let start = nightjar_schemas(&count)
        return UnsafeBufferPointer(start: start, count: count)
    }
}
