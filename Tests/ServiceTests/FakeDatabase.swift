import Core
import Synchronization

/// A database in memory that answers questions; it commits nothing.
final class FakeDatabase: Database, @unchecked Sendable {
    // Filled before it is shared; publications alone grow, under their lock.
    var objects: [DiaObjectID: StoredObject] = [:]
    var curves: [DiaObjectID: LightCurve] = [:]
    var alerts: [DiaSourceID: StoredAlert] = [:]
    var recent: [KnownAlertSummary] = []
    var letters: [StoredDeadLetter] = []
    var counts: [CounterValue] = []
    let topicRecords = Mutex<[String: (earliest: Int64, records: [StoredPublication])]>([:])
    let isDown = Atomic<Bool>(false)

    func publish(_ topic: String, _ count: Int) {
        topicRecords.withLock { topics in
            var entry = topics[topic] ?? (0, [])
            for _ in 0..<count {
                let offset = entry.earliest + Int64(entry.records.count)
                entry.records.append(
                    StoredPublication(
                        offset: offset, kind: .new, diaSourceId: DiaSourceID(rawValue: 9_007_199_254_740_993 + offset),
                        diaObjectId: DiaObjectID(rawValue: 11), ssObjectId: SSObjectID(rawValue: 0),
                        commitSeq: CommitSeq(rawValue: 5), schemaVersion: 1, payload: [1, 2, 3],
                        recordedAt: MJD(61_095.25), producedAtUnixSeconds: 0))
            }
            topics[topic] = entry
        }
    }

    func expire(_ topic: String, _ count: Int) {
        topicRecords.withLock { topics in
            guard var entry = topics[topic] else { return }
            entry.records.removeFirst(count)
            entry.earliest += Int64(count)
            topics[topic] = entry
        }
    }

    private func check() throws(DependencyFault) {
        if isDown.load(ordering: .relaxed) { throw DependencyFault("database", "it is down", hint: "wait") }
    }

    func lastCommitSeq() throws(DependencyFault) -> CommitSeq { CommitSeq(rawValue: 5) }
    func nextOffset(of partition: InputPartition) throws(DependencyFault) -> Int64? { nil }
    func nextOffsets() throws(DependencyFault) -> [(partition: InputPartition, next: Int64)] {
        [(InputPartition(topic: "lsst", partition: 3), 17)]
    }
    func contents(of request: ContentsRequest) -> Contents { Contents() }
    func histories(of requests: HistoryRequests, asOf: CommitSeq?) throws(DependencyFault) -> Histories {
        Histories(count: requests.alerts.count)
    }
    func commit(_ plan: CommitPlan) throws(DependencyFault) -> CommitOutcome { .stale(nil, storedNext: nil) }
    func filterRegistry() throws(DependencyFault) -> StoredRegistry { StoredRegistry(version: 0, bytes: []) }
    func replaceFilterRegistry(_ bytes: [UInt8], expectedVersion: Int64) throws(DependencyFault) -> Bool { false }

    func object(_ id: DiaObjectID) throws(DependencyFault) -> StoredObject? {
        try check()
        return objects[id]
    }

    func lightCurve(_ query: LightCurveQuery) throws(DependencyFault) -> LightCurve? {
        try check()
        let found: LightCurve? =
            switch query.subject {
            case .diaObject(let id): curves[id]
            case .ssObject(let id): bodies[id]
            }
        guard let curve = found else { return nil }
        var result = LightCurve()
        if query.kind != .forced {
            result.detectionsKnownFrom = copy(curve.detections, to: result.detections, curve.detectionsKnownFrom, query)
        }
        if query.kind != .detection {
            result.forcedKnownFrom = copy(curve.forced, to: result.forced, curve.forcedKnownFrom, query)
        }
        return result
    }

    private func copy(_ from: ColumnTable, to: ColumnTable, _ known: [CommitSeq], _ query: LightCurveQuery)
        -> [CommitSeq]
    {
        var kept: [CommitSeq] = []
        for row in 0..<from.rowCount {
            let time = from.column("midpointMjdTai").double(row) ?? 0
            if let band = query.band, from.string("band", row) != band.description { continue }
            if let start = query.start, time < start.days { continue }
            if let stop = query.stop, time >= stop.days { continue }
            if let asOf = query.asOf, known[row] > asOf { continue }
            to.appendRow(row, of: from)
            kept.append(known[row])
        }
        return kept
    }

    func cone(_ query: ConeQuery) throws(DependencyFault) -> [ConeHit] {
        let hits = objects.values.map { object in
            let (dx, dy) = (object.record.ra - query.raDegrees, object.record.dec - query.decDegrees)
            return ConeHit(record: object.record, separationArcsec: (dx * dx + dy * dy).squareRoot() * 3600)
        }
        return Array(
            hits.filter { $0.separationArcsec <= query.radiusArcsec }
                .sorted { $0.separationArcsec < $1.separationArcsec }.prefix(query.limit))
    }

    func alert(_ id: DiaSourceID) throws(DependencyFault) -> StoredAlert? { alerts[id] }
    func recentAlerts(limit: Int) throws(DependencyFault) -> [KnownAlertSummary] { Array(recent.prefix(limit)) }

    func topics() throws(DependencyFault) -> [TopicExtent] {
        topicRecords.withLock { topics in
            topics.sorted { $0.key < $1.key }.map { name, entry in
                TopicExtent(
                    topic: name, earliest: entry.earliest, next: entry.earliest + Int64(entry.records.count),
                    bytes: Int64(entry.records.count * 3))
            }
        }
    }

    func publications(topic: String, from offset: Int64, limit: Int, maxBytes: Int) throws(DependencyFault)
        -> [StoredPublication]
    {
        try check()
        return topicRecords.withLock { topics in
            guard let entry = topics[topic] else { return [] }
            let skipped = max(0, Int(offset - entry.earliest))
            return Array(entry.records.dropFirst(skipped).prefix(limit))
        }
    }

    func lastPublications(
        of alerts: [DiaSourceID], in topics: [String]
    ) throws(DependencyFault) -> [PublicationKey: LastPublication] { [:] }
    func waitingVerdicts(after: WaitingVerdict?, limit: Int) throws(DependencyFault) -> [WaitingVerdict] { [] }
    func committedAlerts(of verdicts: [WaitingVerdict]) throws(DependencyFault) -> CommittedAlerts? { nil }
    /// The Solar System: what the packets attribute, and what is stored of orbits.
    var bodies: [SSObjectID: LightCurve] = [:]
    var solar = SolarSources()
    var claims: [SolarClaim] = []
    var openVisits: Set<VisitID> = []
    var nights: [Night: [CommittedAlerts]] = [:]
    var annotated: [DiaSourceID: AnnotatedAlert] = [:]

    func solarSources(of visit: VisitID) -> SolarSources {
        var sources = SolarSources(table: solar.table)
        sources.sources = solar.sources.filter { $0.visit == visit }
        return sources
    }
    func solarSources(of detections: [(visit: VisitID, diaSourceId: DiaSourceID)]) -> SolarSources {
        var sources = SolarSources(table: solar.table)
        sources.sources = detections.compactMap { one in
            solar.sources.first { $0.visit == one.visit && $0.diaSourceId == one.diaSourceId }
        }
        return sources
    }
    func solarClaims(on orbits: [SSObjectID], start: VisitID?, stop: VisitID?) -> [SolarClaim] {
        claims.filter { claim in
            orbits.contains(claim.ssObjectId) && start.map { claim.visit >= $0 } ?? true
                && stop.map { claim.visit < $0 } ?? true
        }.sorted { $0.visit == $1.visit ? $0.precedes($1) : $0.visit < $1.visit }
    }
    func solarVisit(_ visit: VisitID) -> SolarVisit? {
        SolarVisit(visit: visit, isOpen: openVisits.contains(visit), lastAlertAt: MJD(61_095.25), alerts: 1, unknown: 0)
    }
    func unknownSolarVisits(since night: Night?) -> [SolarVisit] { [] }
    func openSolarVisits() -> [SolarVisit] { openVisits.sorted().compactMap { solarVisit($0) } }
    func solarChanges(night: Night) -> [SolarChange] { [] }
    func committedAlerts(night: Night, after write: CommitSeq) -> CommittedAlerts? {
        nights[night]?.first { $0.write > write }
    }
    func annotatedAlert(_ id: DiaSourceID) -> AnnotatedAlert? { annotated[id] }

    func detections(_ ids: [DiaSourceID]) -> LightCurve {
        var result = LightCurve()
        for curve in curves.sorted(by: { $0.key < $1.key }).map(\.value) {
            for row in 0..<curve.detections.rowCount {
                let id = DiaSourceID(rawValue: curve.detections.column("diaSourceId").int64(row) ?? 0)
                guard ids.contains(id) else { continue }
                result.detections.appendRow(row, of: curve.detections)
                result.detectionsKnownFrom.append(curve.detectionsKnownFrom[row])
            }
        }
        return result
    }

    func publisherCursor(_ publisher: String, topic: String) throws(DependencyFault) -> Int64 { 0 }
    func setPublisherCursor(_ publisher: String, topic: String, next: Int64) throws(DependencyFault) {}
    func expirePublications(topic: String, olderThan: MJD, maxBytes: Int64) throws(DependencyFault) {}

    func deadLetters(from id: Int64, limit: Int, openOnly: Bool) throws(DependencyFault) -> [StoredDeadLetter] {
        Array(letters.filter { $0.id >= id && (!openOnly || $0.retriedIn == nil) }.prefix(limit))
    }
    func counters(night: Night?, visit: VisitID?) throws(DependencyFault) -> [CounterValue] {
        try check()
        return counts.filter { counter in
            (night == nil || Night(visit: counter.visit) == night) && (visit == nil || counter.visit == visit)
        }
    }
    func close() {}
}
