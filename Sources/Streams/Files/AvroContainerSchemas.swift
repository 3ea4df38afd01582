import Avro
import Core

/// Containers' writer schemas by fingerprint: a bundled schema keeps its registry id, another gets a negative id that follows from its
/// canonical form, so that the same schema has the same id in every run. Each is added to the store that the decoder asks.
public final class AvroContainerSchemas: ContainerSchemas {
    private let store: SchemaStore
    private var known: [Int32: AvroSchema] = [:]
    private var idsByText: [String: Int32] = [:]

    public init(store: SchemaStore) { self.store = store }

    public func register(_ schemaJSON: String) throws(RecordFault) -> Int32 {
        if let id = idsByText[schemaJSON] { return id }
        let schema = try AvroSchema(json: schemaJSON)
        let id = BundledSchemas.id(matching: schema) ?? AvroContainerSchemas.id(fingerprint: schema.fingerprint)
        store.add(schema, id: id)
        known[id] = schema
        idsByText[schemaJSON] = id
        return id
    }

    public func endOfBody(schemaID: Int32, in bytes: UnsafeRawBufferPointer, from start: Int) throws(RecordFault) -> Int {
        guard let schema = known[schemaID] else { preconditionFailure("the schema was registered before") }
        var cursor = AvroCursor(bytes, position: start)
        try schema.skip(schema.root, in: &cursor)
        return cursor.position
    }

    /// The fingerprint's upper 31 bits below zero: registries give positive ids.
    private static func id(fingerprint: UInt64) -> Int32 { -1 - Int32(truncatingIfNeeded: fingerprint >> 33) }
}
