import Core
import Sky

/// Decides, alert by alert in order of arrival, what a batch adds to the database. Pure: columns and histories in, rows out.
///
/// An object occurs once a round, and so does a detection, whichever objects it is given to; a repeat goes to the next
/// round and sees what earlier rounds wrote, so that no result depends on where batches are cut. Revisions and detections that change their object need `Contents`: while `needs` is
/// not empty after `plan`, the caller fetches them and plans anew.
struct BatchPlanner {
    /// The state of a touched object after the rounds so far.
    struct ObjectWork {
        var record: ObjectRecord
        /// The row whose packet brought its newest diaObject, −1 for none.
        var row: Int32 = -1
        let order: Int
        /// Where its points are in `points`.
        var written: [Range<Int>] = []
        /// Detections that went to other objects, and how many of `points` there were then.
        var lost: [PointKey: Int] = [:]
        var contents: CurrentContents?
        /// Something was revised or taken away: sums cannot follow by addition.
        var isDirty = false
    }

    /// A packet's point that is older than what the database holds: filters see the newer content, or nothing where it
    /// is another object's now.
    struct StalePoint {
        let batchRow: Int
        let key: PointKey
        let newest: CurrentContents.Cells?
    }

    let batch: AlertBatch
    let hashes: PacketPoints
    let requests: HistoryRequests
    let histories: Histories
    let contents: Contents
    let firstCommitSeq: Int64
    let trigger: PointColumns
    let detections: PointColumns
    private let objectRa: Column
    private let objectDec: Column

    private(set) var outcomes: [AlertOutcome] = []
    var points: [PointWrite] = []
    var removals: [PointRemoval] = []
    var stale: [StalePoint] = []
    private(set) var roundCount = 1
    var works: [DiaObjectID: ObjectWork] = [:]
    /// Detections that this batch stored or moved.
    var places: [DiaSourceID: (place: DetectionPlace, round: Int32)] = [:]
    /// What the alert in hand brings: kept for its memory.
    var findings: [Finding] = []
    var neededObjects: Set<DiaObjectID> = []
    var neededDetections: Set<DiaSourceID> = []
    private var objectRounds: [DiaObjectID: Int32] = [:]
    private var alertsInBatch: [DiaSourceID: (hash: UInt64, revision: Int32, round: Int32)] = [:]

    init(
        batch: AlertBatch, hashes: PacketPoints, requests: HistoryRequests, histories: Histories,
        contents: Contents = Contents(), firstCommitSeq: CommitSeq
    ) {
        self.batch = batch
        self.hashes = hashes
        self.requests = requests
        self.histories = histories
        self.contents = contents
        self.firstCommitSeq = firstCommitSeq.rawValue
        trigger = PointColumns(batch.source)
        detections = PointColumns(batch.detections.table)
        objectRa = batch.object.column("ra")
        objectDec = batch.object.column("dec")
        outcomes.reserveCapacity(batch.count)
    }

    /// New states of the touched objects, in order of first touch.
    var objects: [ObjectWrite] {
        works.values.sorted { ($0.order, $0.record.diaObjectId) < ($1.order, $1.record.diaObjectId) }.map {
            ObjectWrite(record: $0.record, packetRow: $0.row)
        }
    }

    /// Where detections are whose own alert came in an older content: the index of alerts now names another place.
    var keptPlaces: [PlaceWrite] {
        var kept: [PlaceWrite] = []
        for one in stale {
            let alert = requests.alerts[one.batchRow]
            guard one.key == PointKey(detection: alert.diaSourceId),
                let place = places[alert.diaSourceId]?.place ?? (contents.places[alert.diaSourceId] ?? nil)
                    ?? histories.alerts[one.batchRow].place
            else { continue }
            kept.append(PlaceWrite(diaSourceId: alert.diaSourceId, place: place))
        }
        return kept
    }

    /// What a plan with the given contents could not tell.
    var needs: ContentsRequest {
        var request = ContentsRequest()
        request.objects = neededObjects.sorted()
        request.detections = neededDetections.sorted()
        return request
    }

    mutating func plan() {
        for row in 0..<batch.count { planAlert(row) }
    }

    // MARK: One alert

    private mutating func planAlert(_ row: Int) {
        let id = requests.alerts[row].diaSourceId
        let object = requests.alerts[row].diaObjectId
        let hash = hashes.triggerHashes[row]
        var outcome = AlertOutcome(
            kind: .new, diaSourceId: id, diaObjectId: object,
            ssObjectId: SSObjectID(rawValue: trigger.ssObjectId.int64(row) ?? 0), home: Home(rawValue: 0),
            midpoint: MJD(trigger.midpoint.double(row) ?? 0), visit: VisitID(rawValue: trigger.visit.int64(row) ?? 0),
            detector: trigger.detector.int32(row) ?? 0, contentHash: hash, revision: 0, round: 0)
        let known =
            alertsInBatch[id].map { ($0.hash, $0.revision) }
            ?? histories.alerts[row].alert.map { ($0.contentHash, $0.revision) }
        if let (knownHash, revision) = known {
            outcome.kind = knownHash == hash ? .duplicate : .revised
            outcome.revision = knownHash == hash ? revision : revision + 1
        }
        outcome.home = home(row, object: object)
        if outcome.kind == .duplicate {
            planDuplicate(row, &outcome)
        } else {
            if object.isNone { planLoneDetection(row, &outcome) } else { planObject(row, &outcome) }
            alertsInBatch[id] = (hash, outcome.revision, outcome.round)
        }
        outcomes.append(outcome)
    }

    /// Neither an object nor an alert nor a detection is written twice a round, so that each content has a commit of its
    /// own; nor is an object that may lose a detection to this alert.
    private func nextRound(id: DiaSourceID, object: DiaObjectID) -> Int32 {
        var last = max(alertsInBatch[id]?.round ?? -1, object.isNone ? -1 : objectRounds[object] ?? -1)
        for finding in findings where finding.place != .forced {
            last = max(last, places[DiaSourceID(rawValue: finding.point.key.first)]?.round ?? -1)
            guard let holder = finding.from?.diaObjectId, !holder.isNone else { continue }
            last = max(last, objectRounds[holder] ?? -1)
        }
        return last + 1
    }

    mutating func note(_ object: DiaObjectID, inRound round: Int32) {
        if !object.isNone { objectRounds[object] = round }
        roundCount = max(roundCount, Int(round) + 1)
    }

    /// A detection without an object (a Solar System alert): its home is its own pixel.
    private mutating func planLoneDetection(_ row: Int, _ outcome: inout AlertOutcome) {
        let point = trigger.detection(row, hash: outcome.contentHash)
        findings.removeAll(keepingCapacity: true)
        findings.append(Finding(place: .trigger, row: row, point: point, answer: .new))
        findPlaces(row, nil)
        outcome.round = nextRound(id: outcome.diaSourceId, object: outcome.diaObjectId)
        note(outcome.diaObjectId, inRound: outcome.round)
        var isRevision = false
        var isMoved = false
        if let from = findings[0].from {
            isRevision = from.diaObjectId.isNone && from.home == outcome.home && from.midpoint == point.midpoint
            isMoved = !isRevision
            let cells = CurrentContents.Cells(point: point, table: batch.source, row: row)
            if isMoved { guard takeOver(cells, row, from, outcome) else { return } }
        }
        write(.trigger, row, point, isRevision: isRevision, isMoved: isMoved, outcome)
    }

    /// The same trigger again is not evaluated, but its packet may bring history that is not known.
    private mutating func planDuplicate(_ row: Int, _ outcome: inout AlertOutcome) {
        guard !outcome.diaObjectId.isNone else {
            outcome.home = histories.alerts[row].alert?.home ?? outcome.home
            return
        }
        var (work, recogniser) = begin(row, outcome.diaObjectId)
        _ = findHistory(row, besides: PointKey(detection: outcome.diaSourceId), &recogniser)
        findPlaces(row, work)
        findings.removeAll { $0.answer == .known }
        guard !findings.isEmpty else { return }
        outcome.round = nextRound(id: outcome.diaSourceId, object: outcome.diaObjectId)
        finish(&work, row, outcome)
    }

    private mutating func planObject(_ row: Int, _ outcome: inout AlertOutcome) {
        var (work, recogniser) = begin(row, outcome.diaObjectId)
        outcome.home = work.record.home
        let point = trigger.detection(row, hash: outcome.contentHash)
        let repeated = findHistory(row, besides: point.key, &recogniser)
        let answer = recogniser.answer(point, as: .trigger(repeated: repeated))
        findings.append(Finding(place: .trigger, row: row, point: point, answer: answer))
        findPlaces(row, work)
        outcome.round = nextRound(id: outcome.diaSourceId, object: outcome.diaObjectId)
        if work.record.firstKnown.rawValue == 0 {
            work.record.firstKnown = CommitSeq(rawValue: firstCommitSeq + Int64(outcome.round))
        }
        touch(&work.record, row, outcome)
        if batch.object.isPresent(row) { work.row = Int32(row) }
        finish(&work, row, outcome)
    }

    /// The object as it is before this alert, and what tells its points. One that is new is known from commit 0 until its
    /// round is decided.
    private func begin(_ row: Int, _ object: DiaObjectID) -> (ObjectWork, PointRecogniser) {
        let before = works[object]
        let stored = histories.alerts[row].object
        let recogniser = PointRecogniser(
            history: histories.alerts[row], current: before?.record ?? stored,
            windowStart: requests.alerts[row].windowStart, inBatch: writtenPoints(before),
            lost: before.map { Set($0.lost.keys) } ?? [])
        let fresh = ObjectWork(
            record: stored ?? newRecord(row, object), order: works.count,
            contents: contents.objects[object].map(CurrentContents.init))
        return (before ?? fresh, recogniser)
    }

    private mutating func finish(_ work: inout ObjectWork, _ row: Int, _ outcome: AlertOutcome) {
        note(outcome.diaObjectId, inRound: outcome.round)
        let firstWrite = points.count
        addFindings(row, &work, outcome)
        settle(&work, outcome)
        work.written.append(firstWrite..<points.count)
        works[outcome.diaObjectId] = work
    }

    /// What earlier rounds of this batch wrote of an object and it still has, newest content of each.
    private func writtenPoints(_ work: ObjectWork?) -> [PointKey: KnownPoint] {
        var written: [PointKey: KnownPoint] = [:]
        guard let work else { return written }
        for index in work.written.lazy.joined() {
            let point = points[index].point
            if let loss = work.lost[point.key], index < loss { continue }
            written[point.key] = point
        }
        return written
    }

    // MARK: Objects

    private func position(_ row: Int) -> (ra: Double, dec: Double) {
        if let ra = objectRa.number(row), let dec = objectDec.number(row), ra >= 0, ra <= 360, abs(dec) <= 90 {
            return (ra, dec)
        }
        return (trigger.ra.double(row) ?? 0, trigger.dec.double(row) ?? 0)
    }

    private func home(_ row: Int, object: DiaObjectID) -> Home {
        if let record = histories.alerts[row].object ?? works[object]?.record { return record.home }
        let place = object.isNone ? (trigger.ra.double(row) ?? 0, trigger.dec.double(row) ?? 0) : position(row)
        return Home(rawValue: HEALPix.index(raDegrees: place.0, decDegrees: place.1))
    }

    private func newRecord(_ row: Int, _ object: DiaObjectID) -> ObjectRecord {
        let (ra, dec) = position(row)
        return ObjectRecord(
            diaObjectId: object, home: home(row, object: object), ra: ra, dec: dec, firstKnown: CommitSeq(rawValue: 0))
    }

    private func touch(_ record: inout ObjectRecord, _ row: Int, _ outcome: AlertOutcome) {
        guard outcome.visit >= record.lastVisit else { return }
        record.lastVisit = outcome.visit
        (record.ra, record.dec) = position(row)
        let drift = SkyPosition(raDegrees: record.firstRa, decDegrees: record.firstDec)
            .separation(to: SkyPosition(raDegrees: record.ra, decDegrees: record.dec)).arcsec
        record.driftArcsec = max(record.driftArcsec, drift)
    }
}
