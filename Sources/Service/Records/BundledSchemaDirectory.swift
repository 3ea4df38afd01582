import Avro

/// Rubin's alert schemas, which every binary carries.
public final class BundledSchemaDirectory: SchemaDirectory {
    public init() {}
    public func schemaIDs() throws -> [Int32] { BundledSchemas.ids }
    public func schema(id: Int32) throws -> String? {
        BundledSchemas.json(id: id).map { String(decoding: $0, as: UTF8.self) }
    }
}
