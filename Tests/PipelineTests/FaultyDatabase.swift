import Core
import Synchronization

/// A database whose pipeline calls fail now and then: before or after the work is done, or by answering that the offsets
/// moved.
final class FaultyDatabase: Database {
    private let base: any Database
    private let random: Mutex<SeededRandom>
    private let faultShare: Double
    let faults = Atomic<Int>(0)
    /// Writes whose alerts were read.
    let writesRead = Atomic<Int>(0)

    init(_ base: any Database, seed: UInt64, faultShare: Double) {
        self.base = base
        self.faultShare = faultShare
        random = Mutex(SeededRandom(seed: seed))
    }

    private func isUnlucky() -> Bool {
        let isHit = random.withLock { $0.uniform() < faultShare }
        if isHit { faults.add(1, ordering: .relaxed) }
        return isHit
    }

    private func fail(_ what: String) throws(DependencyFault) {
        if isUnlucky() { throw DependencyFault("test", what) }
    }

    func lastCommitSeq() throws(DependencyFault) -> CommitSeq {
        try fail("last commit")
        return try base.lastCommitSeq()
    }
    func nextOffset(of partition: InputPartition) throws(DependencyFault) -> Int64? {
        try fail("next offset")
        return try base.nextOffset(of: partition)
    }
    func nextOffsets() throws(DependencyFault) -> [(partition: InputPartition, next: Int64)] { try base.nextOffsets() }
    func histories(of requests: HistoryRequests, asOf: CommitSeq?) throws(DependencyFault) -> Histories {
        try fail("histories")
        return try base.histories(of: requests, asOf: asOf)
    }
    func contents(of request: ContentsRequest) throws(DependencyFault) -> Contents {
        try fail("contents")
        return try base.contents(of: request)
    }
    func commit(_ plan: CommitPlan) throws(DependencyFault) -> CommitOutcome {
        try fail("before the commit")
        if isUnlucky() { return .stale(plan.advances.first?.partition, storedNext: nil) }
        let outcome = try base.commit(plan)
        try fail("after the commit")
        return outcome
    }
    func filterRegistry() throws(DependencyFault) -> StoredRegistry { try base.filterRegistry() }
    func replaceFilterRegistry(_ bytes: [UInt8], expectedVersion: Int64) throws(DependencyFault) -> Bool {
        try base.replaceFilterRegistry(bytes, expectedVersion: expectedVersion)
    }
    func object(_ id: DiaObjectID) throws(DependencyFault) -> StoredObject? { try base.object(id) }
    func lightCurve(_ query: LightCurveQuery) throws(DependencyFault) -> LightCurve? { try base.lightCurve(query) }
    func cone(_ query: ConeQuery) throws(DependencyFault) -> [ConeHit] { try base.cone(query) }
    func alert(_ id: DiaSourceID) throws(DependencyFault) -> StoredAlert? { try base.alert(id) }
    func recentAlerts(limit: Int) throws(DependencyFault) -> [KnownAlertSummary] { try base.recentAlerts(limit: limit) }
    func topics() throws(DependencyFault) -> [TopicExtent] { try base.topics() }
    func publications(
        topic: String, from offset: Int64, limit: Int, maxBytes: Int
    ) throws(DependencyFault) -> [StoredPublication] {
        try base.publications(topic: topic, from: offset, limit: limit, maxBytes: maxBytes)
    }
    func publisherCursor(_ publisher: String, topic: String) throws(DependencyFault) -> Int64 {
        try base.publisherCursor(publisher, topic: topic)
    }
    func setPublisherCursor(_ publisher: String, topic: String, next: Int64) throws(DependencyFault) {
        try base.setPublisherCursor(publisher, topic: topic, next: next)
    }
    func expirePublications(topic: String, olderThan: MJD, maxBytes: Int64) throws(DependencyFault) {
        try base.expirePublications(topic: topic, olderThan: olderThan, maxBytes: maxBytes)
    }
    func lastPublications(
        of alerts: [DiaSourceID], in topics: [String]
    ) throws(DependencyFault) -> [PublicationKey: LastPublication] {
        try fail("last publications")
        return try base.lastPublications(of: alerts, in: topics)
    }
    func waitingVerdicts(after: WaitingVerdict?, limit: Int) throws(DependencyFault) -> [WaitingVerdict] {
        try fail("waiting verdicts")
        return try base.waitingVerdicts(after: after, limit: limit)
    }
    func committedAlerts(of verdicts: [WaitingVerdict]) throws(DependencyFault) -> CommittedAlerts? {
        try fail("committed alerts")
        writesRead.add(1, ordering: .relaxed)
        return try base.committedAlerts(of: verdicts)
    }
    func solarSources(of visit: VisitID) throws(DependencyFault) -> SolarSources {
        try fail("solar sources of a visit")
        return try base.solarSources(of: visit)
    }
    func solarSources(
        of detections: [(visit: VisitID, diaSourceId: DiaSourceID)]
    ) throws(DependencyFault) -> SolarSources {
        try fail("solar sources")
        return try base.solarSources(of: detections)
    }
    func solarClaims(on orbits: [SSObjectID], start: VisitID?, stop: VisitID?) throws(DependencyFault) -> [SolarClaim] {
        try fail("solar claims")
        return try base.solarClaims(on: orbits, start: start, stop: stop)
    }
    func solarVisit(_ visit: VisitID) throws(DependencyFault) -> SolarVisit? {
        try fail("solar visit")
        return try base.solarVisit(visit)
    }
    func openSolarVisits() throws(DependencyFault) -> [SolarVisit] {
        try fail("open visits")
        return try base.openSolarVisits()
    }
    func unknownSolarVisits(since night: Night?) throws(DependencyFault) -> [SolarVisit] {
        try fail("unknown visits")
        return try base.unknownSolarVisits(since: night)
    }
    func solarChanges(night: Night) throws(DependencyFault) -> [SolarChange] { try base.solarChanges(night: night) }
    func committedAlerts(night: Night, after write: CommitSeq) throws(DependencyFault) -> CommittedAlerts? {
        try fail("committed alerts of a night")
        return try base.committedAlerts(night: night, after: write)
    }
    func annotatedAlert(_ id: DiaSourceID) throws(DependencyFault) -> AnnotatedAlert? { try base.annotatedAlert(id) }
    func detections(_ ids: [DiaSourceID]) throws(DependencyFault) -> LightCurve { try base.detections(ids) }
    func deadLetters(from id: Int64, limit: Int, openOnly: Bool) throws(DependencyFault) -> [StoredDeadLetter] {
        try base.deadLetters(from: id, limit: limit, openOnly: openOnly)
    }
    func counters(night: Night?, visit: VisitID?) throws(DependencyFault) -> [CounterValue] {
        try base.counters(night: night, visit: visit)
    }
    func close() { base.close() }
}
