import Avro
import Core
import FilterEngine

/// The topics of the deployed filters, the dead letters and the summaries of Solar System objects, whether or not they have records, with every schema version.
public final class RegistryTopics: TopicDirectory, SchemaDirectory {
    private let database: any Database
    private let retentionDays: Double
    private let retentionBytes: Int64

    public init(database: any Database, retentionDays: Double, retentionBytes: Int64) {
        self.database = database
        self.retentionDays = retentionDays
        self.retentionBytes = retentionBytes
    }

    public func topics() throws -> [TopicDescription] {
        let registry = try RegistryFilterService.registry(in: database).registry
        var topics = [deadLetters, summaries]
        for filter in registry.filters {
            for topic in Set(filter.versions.map(\.topic)).sorted() { topics.append(describe(filter, topic: topic)) }
        }
        return topics.sorted { $0.topic < $1.topic }
    }

    public func topic(_ name: String) throws -> TopicDescription? { try topics().first { $0.topic == name } }

    public func schemaIDs() throws -> [Int32] {
        let own = try topics().flatMap { $0.schemas.map(\.id) }
        return Array(Set(BundledSchemas.ids + own)).sorted()
    }

    public func schema(id: Int32) throws -> String? {
        if let bundled = BundledSchemas.json(id: id) { return String(decoding: bundled, as: UTF8.self) }
        return try topics().lazy.flatMap(\.schemas).first { $0.id == id }?.json
    }

    private func describe(_ filter: FilterRecord, topic: String) -> TopicDescription {
        let versions = filter.versions.filter { $0.topic == topic }
        return TopicDescription(
            topic: topic, title: filter.current.title, owner: filter.current.owner, filter: filter.name,
            schemas: versions.map { version in
                let json = OutputSchema.avroJSON(topic: topic, columns: version.columns)
                return TopicDescription.SchemaVersion(
                    version: version.number, id: OutputSchemaID.id(topic: topic, json: json), json: json)
            }, retentionDays: retentionDays, retentionBytes: retentionBytes)
    }

    private var deadLetters: TopicDescription {
        builtIn(DeadLetterTopic.name, "Records that could not be read", version: 1, DeadLetterTopic.schemaJSON)
    }

    private var summaries: TopicDescription {
        builtIn(
            SSObjectTopic.name, "Solar System objects seen in a night: counts, arc, absolute magnitudes",
            version: SSObjectTopic.schemaVersion, SSObjectTopic.schemaJSON)
    }

    private func builtIn(_ name: String, _ title: String, version: Int32, _ json: String) -> TopicDescription {
        TopicDescription(
            topic: name, title: title, owner: "nightjar", filter: "",
            schemas: [
                TopicDescription.SchemaVersion(version: version, id: OutputSchemaID.id(topic: name, json: json), json: json)
            ], retentionDays: retentionDays, retentionBytes: retentionBytes)
    }
}
