import Core
import Synchronization

/// Writer schemas by id: from memory, else bundled, else the registry with its disk cache. Starts without a network.
public final class SchemaStore: SchemaProvider {
    private struct State {
        var known: [Int32: AvroSchema] = [:]
        /// Ids that the registry did not know, and until when (monotonic seconds) that is believed.
        var unknownUntil: [Int32: Double] = [:]
    }

    /// How long an unknown id stays unknown, so that a flood of such messages does not become a flood of requests.
    public static let unknownSeconds = 30.0

    private let registry: SchemaRegistryClient?
    private let clock: any WallClock
    private let state = Mutex(State())

    public init(registry: SchemaRegistryClient? = nil, clock: any WallClock = SystemClock()) {
        self.registry = registry
        self.clock = clock
    }

    /// Adds a schema that is neither bundled nor the registry's: a container's own, or one of our publications.
    public func add(_ schema: AvroSchema, id: Int32) { state.withLock { $0.known[id] = schema } }

    /// Asks the registry again about ids that it did not know.
    public func forgetUnknown() { state.withLock { $0.unknownUntil.removeAll() } }

    public func schema(id: Int32) throws(AlertFault) -> AvroSchema {
        if let known = state.withLock({ $0.known[id] }) { return known }
        let schema = try find(id)
        state.withLock { $0.known[id] = schema }
        return schema
    }

    private func find(_ id: Int32) throws(AlertFault) -> AvroSchema {
        if let bundled = BundledSchemas.schema(id: id) { return bundled }
        guard let registry else {
            throw .record(RecordFault(.schema, "the schema id \(id) is not bundled and no registry is configured"))
        }
        if let until = state.withLock({ $0.unknownUntil[id] }), clock.monotonicSeconds < until {
            throw .record(RecordFault(.schema, "the registry does not know the schema id \(id)"))
        }
        let json: [UInt8]
        do {
            json = try registry.json(id: id)
        } catch .record(let fault) {
            let until = clock.monotonicSeconds + SchemaStore.unknownSeconds
            state.withLock { state in
                if state.unknownUntil.count > 10_000 { state.unknownUntil.removeAll() }
                state.unknownUntil[id] = until
            }
            throw .record(fault)
        }
        do {
            return try AvroSchema(json: json)
        } catch {
            throw .record(error)
        }
    }
}
