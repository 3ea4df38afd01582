/// The database behind the pipeline and the service: batches and values; no keys, iterators, snapshots or engine types.
///
/// Thread-safe. `commit` has one caller at a time (the owner's pipeline or a maintenance command); reads go on
/// meanwhile and see whole commits only.
public protocol Database: AnyObject, Sendable {
    // MARK: The pipeline: two round trips a batch

    func lastCommitSeq() throws(DependencyFault) -> CommitSeq
    /// The offset from which a partition goes on; nil when it was never read.
    func nextOffset(of partition: InputPartition) throws(DependencyFault) -> Int64?
    /// All known partitions with their next offsets, in order of topic and partition.
    func nextOffsets() throws(DependencyFault) -> [(partition: InputPartition, next: Int64)]
    func histories(of requests: HistoryRequests, asOf: CommitSeq?) throws(DependencyFault) -> Histories
    /// Where detections are that an object newly has, and points in full of objects that revise or lose some: the third round
    /// trip of the batches that have such. Which they are hangs on the alerts of the batch before, so that `histories` could
    /// answer only by guessing; batches whose packets bring nothing but their own new points need two.
    func contents(of request: ContentsRequest) throws(DependencyFault) -> Contents
    /// Writes a plan atomically and durably.
    func commit(_ plan: CommitPlan) throws(DependencyFault) -> CommitOutcome

    // MARK: Filters

    func filterRegistry() throws(DependencyFault) -> StoredRegistry
    /// Replaces the registry when its stored version is still `expectedVersion`; false when it is not.
    func replaceFilterRegistry(_ bytes: [UInt8], expectedVersion: Int64) throws(DependencyFault) -> Bool

    // MARK: Verdicts that wait

    /// Verdicts that wait for a catalogue, in order of arrival, after a given one.
    func waitingVerdicts(after: WaitingVerdict?, limit: Int) throws(DependencyFault) -> [WaitingVerdict]
    /// The alerts of some waiting verdicts of one write, each once, in the order given; one that is not found is left out. Any
    /// number of the write will do for `write`, and for `row` what tells them apart.
    func committedAlerts(of verdicts: [WaitingVerdict]) throws(DependencyFault) -> CommittedAlerts?

    // MARK: The Solar System

    /// What is stored of a visit's detections, in order of diaSourceId.
    func solarSources(of visit: VisitID) throws(DependencyFault) -> SolarSources
    /// What is stored of some detections, those that have something, in the order given.
    func solarSources(of detections: [(visit: VisitID, diaSourceId: DiaSourceID)]) throws(DependencyFault) -> SolarSources
    /// Claims on some orbits by visits in `start ..< stop`, ascending by visit, orbit, and `SolarClaim.precedes`.
    func solarClaims(
        on orbits: [SSObjectID], start: VisitID?, stop: VisitID?
    ) throws(DependencyFault) -> [SolarClaim]
    func solarVisit(_ visit: VisitID) throws(DependencyFault) -> SolarVisit?
    /// Visits that are open, ascending: cheap, however many are closed.
    func openSolarVisits() throws(DependencyFault) -> [SolarVisit]
    /// Visits with alerts of which nothing is known, of a night and later ones (all when nil), ascending.
    func unknownSolarVisits(since night: Night?) throws(DependencyFault) -> [SolarVisit]
    /// Later changes of attribution among the alerts of a night, ascending by visit, detection and commit.
    func solarChanges(night: Night) throws(DependencyFault) -> [SolarChange]
    /// The alerts of a night that the first write after a given one committed, in order of arrival; nil after the last write.
    func committedAlerts(night: Night, after write: CommitSeq) throws(DependencyFault) -> CommittedAlerts?

    // MARK: Questions

    func object(_ id: DiaObjectID) throws(DependencyFault) -> StoredObject?
    func lightCurve(_ query: LightCurveQuery) throws(DependencyFault) -> LightCurve?
    /// Some detections, wherever they are: the newest content of each that is stored, withdrawn ones left out, ascending by time.
    func detections(_ ids: [DiaSourceID]) throws(DependencyFault) -> LightCurve
    func cone(_ query: ConeQuery) throws(DependencyFault) -> [ConeHit]
    func alert(_ id: DiaSourceID) throws(DependencyFault) -> StoredAlert?
    /// The newest revision of an alert with its annotations; nil when no such alert was committed here.
    func annotatedAlert(_ id: DiaSourceID) throws(DependencyFault) -> AnnotatedAlert?
    /// The newest alerts, newest first.
    func recentAlerts(limit: Int) throws(DependencyFault) -> [KnownAlertSummary]

    // MARK: Publications

    /// Extent of every topic that ever had a record, in order of name.
    func topics() throws(DependencyFault) -> [TopicExtent]
    /// Records from `offset` on, at most `limit`, at most about `maxBytes`.
    func publications(topic: String, from offset: Int64, limit: Int, maxBytes: Int) throws(DependencyFault)
        -> [StoredPublication]
    /// What was published last about alerts in topics; what never was is left out.
    func lastPublications(
        of alerts: [DiaSourceID], in topics: [String]
    ) throws(DependencyFault) -> [PublicationKey: LastPublication]
    /// The next offset that a named publisher has yet to get acknowledged; 0 at first.
    func publisherCursor(_ publisher: String, topic: String) throws(DependencyFault) -> Int64
    func setPublisherCursor(_ publisher: String, topic: String, next: Int64) throws(DependencyFault)
    /// Drops records older than `olderThan` or beyond `maxBytes`, never past a publisher's cursor.
    func expirePublications(topic: String, olderThan: MJD, maxBytes: Int64) throws(DependencyFault)

    // MARK: Dead letters and counters

    func deadLetters(from id: Int64, limit: Int, openOnly: Bool) throws(DependencyFault) -> [StoredDeadLetter]
    /// Counters of a visit, of all visits of a night, or of everything; in order of visit and name.
    func counters(night: Night?, visit: VisitID?) throws(DependencyFault) -> [CounterValue]

    /// Releases everything; further calls are defects.
    func close()
}

extension Database {
    /// Visits that are open or have alerts of which nothing is known, ascending. Where there never were orbits these are all.
    public func pendingSolarVisits() throws(DependencyFault) -> [SolarVisit] {
        let unknown = try unknownSolarVisits(since: nil)
        let open = try openSolarVisits().filter { $0.unknown == 0 }
        return (unknown + open).sorted { $0.visit < $1.visit }
    }

    /// For databases that keep no annotations.
    public func annotatedAlert(_ id: DiaSourceID) throws(DependencyFault) -> AnnotatedAlert? { nil }
}

/// One alert for lists: who, what, when.
public struct KnownAlertSummary: Sendable {
    public let diaSourceId: DiaSourceID
    public let known: KnownAlert

    public init(diaSourceId: DiaSourceID, known: KnownAlert) {
        self.diaSourceId = diaSourceId
        self.known = known
    }
}
