/// Names what was published last about an alert in a topic.
public struct PublicationKey: Hashable, Sendable {
    public let topic: String
    public let diaSourceId: DiaSourceID

    public init(topic: String, diaSourceId: DiaSourceID) {
        self.topic = topic
        self.diaSourceId = diaSourceId
    }
}

/// The newest publication about an alert in a topic. It is remembered for as long as the alert is, so that a revision finds what
/// it supersedes however late it comes; the record itself may have expired from the topic.
public struct LastPublication: Sendable, Equatable {
    public let offset: Int64
    public let kind: PublicationKind
    /// Version of the filter that published it.
    public let filterVersion: Int32
    /// Of the alert.
    public let revision: Int32

    public init(offset: Int64, kind: PublicationKind, filterVersion: Int32, revision: Int32) {
        self.offset = offset
        self.kind = kind
        self.filterVersion = filterVersion
        self.revision = revision
    }
}
