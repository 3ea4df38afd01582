import Core
import Sky

/// Decides, alert by alert in order of arrival, what a batch adds to the database. Pure: columns and histories in, rows out.
///
/// An object occurs once a round; a repeat goes to the next round and sees what earlier rounds wrote, so that no result
/// depends on where batches are cut. Revisions and detections that change their object need `Contents`: while `needs` is
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
    var places: [DiaSourceID: DetectionPlace] = [:]
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
        outcome.round = nextRound(row, id: id, object: object)
        outcome.home = home(row, object: object)
        if outcome.kind == .duplicate {
            planDuplicate(row, &outcome)
        } else {
            note(round: outcome.round, row, object: object)
            if object.isNone { planLoneDetection(row, &outcome) } else { planObject(row, &outcome) }
            alertsInBatch[id] = (hash, outcome.revision, outcome.round)
        }
        outcomes.append(outcome)
    }

    /// Neither an object nor an alert occurs twice a round, nor an object that may lose a detection to this alert.
    private func nextRound(_ row: Int, id: DiaSourceID, object: DiaObjectID) -> Int32 {
        let objects = losers(row) + [object]
        return objects.reduce(alertsInBatch[id]?.round ?? -1) { max($0, objectRounds[$1] ?? -1) } + 1
    }

    private mutating func note(round: Int32, _ row: Int, object: DiaObjectID) {
        for one in losers(row) + [object] where !one.isNone { objectRounds[one] = round }
        roundCount = max(roundCount, Int(round) + 1)
    }

    /// A detection without an object (a Solar System alert): its home is its own pixel.
    private mutating func planLoneDetection(_ row: Int, _ outcome: inout AlertOutcome) {
        let cells = CurrentContents.Cells(
            point: trigger.detection(row, hash: outcome.contentHash), table: batch.source, row: row)
        guard let isMoved = takeOver(cells, row, isTrigger: true, outcome) else { return }
        write(.trigger, row, cells.point, isRevision: outcome.kind == .revised, isMoved: isMoved, outcome)
    }

    /// The same trigger again is not evaluated, but its packet may bring history that is not known.
    private mutating func planDuplicate(_ row: Int, _ outcome: inout AlertOutcome) {
        guard !outcome.diaObjectId.isNone else {
            outcome.home = histories.alerts[row].alert?.home ?? outcome.home
            outcome.round = 0
            return
        }
        var (work, recogniser) = begin(row, outcome)
        var seen = Set<PointRecogniser.MonthKey>()
        let firstWrite = points.count
        let triggerKey = PointKey(detection: outcome.diaSourceId)
        _ = addHistory(row, besides: triggerKey, &recogniser, &work, &seen, outcome)
        guard points.count > firstWrite else {
            outcome.round = 0
            return
        }
        note(round: outcome.round, row, object: outcome.diaObjectId)
        finish(&work, outcome, firstWrite: firstWrite)
    }

    private mutating func planObject(_ row: Int, _ outcome: inout AlertOutcome) {
        var (work, recogniser) = begin(row, outcome)
        outcome.home = work.record.home
        var seen = Set<PointRecogniser.MonthKey>()
        let point = trigger.detection(row, hash: outcome.contentHash)
        let firstWrite = points.count
        let repeated = addHistory(row, besides: point.key, &recogniser, &work, &seen, outcome)
        let answer = recogniser.answer(point, as: .trigger(repeated: repeated))
        add(.trigger, row, batchRow: row, point, answer, &work, &seen, outcome)
        touch(&work.record, row, outcome)
        work.row = Int32(row)
        finish(&work, outcome, firstWrite: firstWrite)
    }

    /// The object as it is before this alert, and what tells its points.
    private func begin(_ row: Int, _ outcome: AlertOutcome) -> (ObjectWork, PointRecogniser) {
        let object = outcome.diaObjectId
        let before = works[object]
        let stored = histories.alerts[row].object
        let commitSeq = CommitSeq(rawValue: firstCommitSeq + Int64(outcome.round))
        let recogniser = PointRecogniser(
            history: histories.alerts[row], current: before?.record ?? stored,
            windowStart: requests.alerts[row].windowStart, inBatch: writtenPoints(before),
            lost: before?.lost ?? [:])
        let fresh = ObjectWork(
            record: stored ?? newRecord(row, object, commitSeq), order: works.count,
            contents: contents.objects[object].map(CurrentContents.init))
        return (before ?? fresh, recogniser)
    }

    private mutating func finish(_ work: inout ObjectWork, _ outcome: AlertOutcome, firstWrite: Int) {
        settle(&work, outcome)
        work.written.append(firstWrite..<points.count)
        works[outcome.diaObjectId] = work
    }

    /// What earlier rounds of this batch wrote of an object, newest content of each.
    private func writtenPoints(_ work: ObjectWork?) -> [PointRecogniser.MonthKey: KnownPoint] {
        var written: [PointRecogniser.MonthKey: KnownPoint] = [:]
        guard let work else { return written }
        for index in work.written.lazy.joined() {
            let point = points[index].point
            if let loss = work.lost[point.key], index < loss { continue }
            written[PointRecogniser.MonthKey(point)] = point
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

    private func newRecord(_ row: Int, _ object: DiaObjectID, _ commitSeq: CommitSeq) -> ObjectRecord {
        let (ra, dec) = position(row)
        return ObjectRecord(
            diaObjectId: object, home: home(row, object: object), ra: ra, dec: dec, firstKnown: commitSeq)
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
