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
    private let known = Mutex<[Key: TopicDescription.SchemaVersion]>([:])

    init(_ topics: RegistryTopics) { self.topics = topics }

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
        known.withLock { $0[key] = found }
        return found
    }
}
