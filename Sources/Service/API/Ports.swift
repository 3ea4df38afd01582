import Core

/// A filter version as the API shows it.
public struct FilterDescription: Sendable, Equatable {
    public enum State: String, Sendable { case active, paused, quarantined, retired }

    public var name: String
    public var owner: String
    public var title: String
    public var topic: String
    public var version: Int
    public var state: State
    /// Registry id of the output schema.
    public var schemaID: Int32
    public var deployedAt: MJD
    /// The ADQL as it was deployed.
    public var text: String

    public init(
        name: String, owner: String, title: String, topic: String, version: Int, state: State, schemaID: Int32,
        deployedAt: MJD, text: String
    ) {
        self.name = name
        self.owner = owner
        self.title = title
        self.topic = topic
        self.version = version
        self.state = state
        self.schemaID = schemaID
        self.deployedAt = deployedAt
        self.text = text
    }
}

/// The registry of filters, for the API. Errors are `UserFault` (a wrong filter, a breaking schema) or `DependencyFault`.
public protocol FilterService: AnyObject, Sendable {
    /// The current version of every filter, in order of name.
    func filters() throws -> [FilterDescription]
    /// Every version of one filter, newest first; empty when there is none of that name.
    func versions(of name: String) throws -> [FilterDescription]
    /// - Parameter allowBreaking: accept an output schema that readers of the topic's old records cannot resolve.
    func deploy(text: String, name: String?, allowBreaking: Bool) throws -> FilterDescription
    func setState(_ state: FilterDescription.State, of name: String) throws -> FilterDescription
}

/// What is known of a topic beside its records.
public struct TopicDescription: Sendable {
    public struct SchemaVersion: Sendable {
        public let version: Int32
        /// Registry id, unique among all schemas that this broker serves.
        public let id: Int32
        /// The Avro schema as JSON.
        public let json: String
        public init(version: Int32, id: Int32, json: String) {
            self.version = version
            self.id = id
            self.json = json
        }
    }

    public var topic: String
    public var title: String
    public var owner: String
    public var filter: String
    /// Ascending by version.
    public var schemas: [SchemaVersion]
    public var retentionDays: Double
    public var retentionBytes: Int64

    public init(
        topic: String, title: String, owner: String, filter: String, schemas: [SchemaVersion], retentionDays: Double,
        retentionBytes: Int64
    ) {
        self.topic = topic
        self.title = title
        self.owner = owner
        self.filter = filter
        self.schemas = schemas
        self.retentionDays = retentionDays
        self.retentionBytes = retentionBytes
    }
}

/// Topics that exist whether or not they have records, and how their records read.
public protocol TopicDirectory: AnyObject, Sendable {
    /// In order of name.
    func topics() throws -> [TopicDescription]
    func topic(_ name: String) throws -> TopicDescription?
}

/// Turns a publication's Avro body into one line of JSON (no newline): ids as strings, NaN as null.
public protocol PublicationRenderer: AnyObject, Sendable {
    func appendJSON(_ publication: StoredPublication, topic: String, to writer: inout TextWriter) throws
}

/// Schemas by registry id, the incoming ones (Rubin's) and our own.
public protocol SchemaDirectory: AnyObject, Sendable {
    /// Ids in ascending order.
    func schemaIDs() throws -> [Int32]
    /// The schema's JSON, nil when the id is unknown.
    func schema(id: Int32) throws -> String?
}

/// Reads archived packets.
public protocol PacketReader: AnyObject, Sendable {
    /// The bytes of a top-level bytes field (`cutoutDifference`), nil when the packet has none.
    func bytes(field: String, message: [UInt8], writerSchemaID: Int32) throws -> [UInt8]?
}

/// Says whether the broker does its work.
public protocol ReadinessReporter: AnyObject, Sendable {
    /// Empty when ready; else one sentence for each thing that is not.
    func reasonsNotReady() -> [String]
}
