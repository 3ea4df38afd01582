import Avro
import Core
import Service
import Synchronization

/// The schemas of topics' versions, asked for once: a version never changes, and the registry is read from the database each time.
final class SchemaMemo: Sendable {
    private struct Key: Hashable {
        let topic: String
        let version: Int32
    }

    private let topics: RegistryTopics
    /// Gives the ids when one is configured; our own endpoint's ids otherwise.
    private let registry: SchemaRegistryClient?
    private let known = Mutex<[Key: TopicDescription.SchemaVersion]>([:])

    init(_ topics: RegistryTopics, registry: SchemaRegistryClient?) {
        self.topics = topics
        self.registry = registry
    }

    func schema(_ topic: String, _ version: Int32) throws(DependencyFault) -> TopicDescription.SchemaVersion {
        let key = Key(topic: topic, version: version)
        if let schema = known.withLock({ $0[key] }) { return schema }
        let found: TopicDescription.SchemaVersion?
        do {
            found = try topics.topic(topic)?.schemas.first { $0.version == version }
        } catch {
            throw DependencyFault("filter registry", "\(error)")
        }
        guard let found else {
            throw DependencyFault("filter registry", "it has no schema \(version) of \(topic)", isRetriable: false)
        }
        let schema = try registered(found, topic)
        known.withLock { $0[key] = schema }
        return schema
    }

    /// Registers a schema under the topic's subject, `<topic>-value`; the registry answers the same id for the same schema.
    private func registered(
        _ schema: TopicDescription.SchemaVersion, _ topic: String
    ) throws(DependencyFault) -> TopicDescription.SchemaVersion {
        guard let registry else { return schema }
        let parsed: AvroSchema
        do {
            parsed = try AvroSchema(json: schema.json)
        } catch {
            throw DependencyFault("filter registry", "the schema of \(topic) is damaged: \(error)", isRetriable: false)
        }
        let id = try registry.register(subject: topic + "-value", schema: parsed)
        return TopicDescription.SchemaVersion(version: schema.version, id: id, json: schema.json)
    }
}
