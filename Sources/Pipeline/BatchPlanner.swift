import Core
import Sky

/// Decides, alert by alert in order of arrival, what a batch adds to the database. Pure: columns and histories in, rows out.
///
/// An object occurs once a round; a repeat goes to the next round and sees what earlier rounds wrote, so that no result
/// depends on where batches are cut.
struct BatchPlanner {
    private let batch: AlertBatch
    private let hashes: PacketPoints
    private let requests: HistoryRequests
    private let histories: Histories
    private let firstCommitSeq: Int64
    private let trigger: PointColumns
    private let detections: PointColumns
    private let objectRa: Column
    private let objectDec: Column

    private(set) var outcomes: [AlertOutcome] = []
    private(set) var points: [PointWrite] = []
    private(set) var roundCount = 1
    /// Newest state of every object of the batch, the row whose packet brought it, and where its points are in `points`.
    private var records: [DiaObjectID: (record: ObjectRecord, row: Int32, order: Int, written: [Range<Int>])] = [:]
    private var objectRounds: [DiaObjectID: Int32] = [:]
    private var alertsInBatch: [DiaSourceID: (hash: UInt64, revision: Int32, round: Int32)] = [:]

    init(
        batch: AlertBatch, hashes: PacketPoints, requests: HistoryRequests, histories: Histories,
        firstCommitSeq: CommitSeq
    ) {
        self.batch = batch
        self.hashes = hashes
        self.requests = requests
        self.histories = histories
        self.firstCommitSeq = firstCommitSeq.rawValue
        trigger = PointColumns(batch.source)
        detections = PointColumns(batch.detections.table)
        objectRa = batch.object.column("ra")
        objectDec = batch.object.column("dec")
        outcomes.reserveCapacity(batch.count)
    }

    /// New states of the touched objects, in order of first touch.
    var objects: [ObjectWrite] {
        records.values.sorted { $0.order < $1.order }.map { ObjectWrite(record: $0.record, packetRow: $0.row) }
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
        if outcome.kind == .duplicate {
            outcome.home = histories.alerts[row].alert?.home ?? home(row, object: object)
        } else {
            outcome.round = nextRound(id: id, object: object)
            if object.isNone { planLoneDetection(row, &outcome) } else { planObject(row, &outcome) }
            alertsInBatch[id] = (hash, outcome.revision, outcome.round)
        }
        outcomes.append(outcome)
    }

    private mutating func nextRound(id: DiaSourceID, object: DiaObjectID) -> Int32 {
        // A revision may come with another object than before: neither the object nor the alert occurs twice a round.
        let round = max(objectRounds[object] ?? -1, alertsInBatch[id]?.round ?? -1) + 1
        if !object.isNone { objectRounds[object] = round }
        roundCount = max(roundCount, Int(round) + 1)
        return round
    }

    /// A detection without an object (a Solar System alert): its home is its own pixel.
    private mutating func planLoneDetection(_ row: Int, _ outcome: inout AlertOutcome) {
        outcome.home = home(row, object: outcome.diaObjectId)
        write(
            .trigger, row, trigger.detection(row, hash: outcome.contentHash), isRevision: outcome.kind == .revised,
            outcome)
    }

    private mutating func planObject(_ row: Int, _ outcome: inout AlertOutcome) {
        let object = outcome.diaObjectId
        let commitSeq = CommitSeq(rawValue: firstCommitSeq + Int64(outcome.round))
        let before = records[object]
        var record = before?.record ?? histories.alerts[row].object ?? newRecord(row, object, commitSeq)
        outcome.home = record.home
        var recogniser = PointRecogniser(
            history: histories.alerts[row], current: before?.record ?? histories.alerts[row].object,
            windowStart: requests.alerts[row].windowStart, inBatch: writtenPoints(before?.written ?? []))
        var seen = Set<PointRecogniser.MonthKey>()
        let point = trigger.detection(row, hash: outcome.contentHash)
        let firstWrite = points.count
        let repeated = addHistory(row, besides: point.key, &recogniser, &record, &seen, outcome)
        let answer = recogniser.answer(point, as: .trigger(repeated: repeated))
        add(.trigger, row, point, answer, &record, &seen, outcome)
        touch(&record, row, outcome, commitSeq)
        let written = (before?.written ?? []) + [firstWrite..<points.count]
        records[object] = (record, Int32(row), before?.order ?? records.count, written)
    }

    /// Adds the packet's history. Answers the content hash of the trigger where the history repeats it: the trigger
    /// itself decides then.
    private mutating func addHistory(
        _ row: Int, besides triggerKey: PointKey, _ recogniser: inout PointRecogniser, _ record: inout ObjectRecord,
        _ seen: inout Set<PointRecogniser.MonthKey>, _ outcome: AlertOutcome
    ) -> UInt64? {
        let range = requests.alerts[row].points
        let detectionRows = batch.detections.rows(of: row)
        let forcedRows = batch.forced.rows(of: row)
        var repeated: UInt64?
        for index in range {
            let point = requests.points[index]
            if point.key == triggerKey {
                repeated = repeated ?? point.contentHash
                continue
            }
            let answer = recogniser.answer(point, as: .history)
            if answer == .known || (answer != .new && isRepeat(point, in: requests.points[range.lowerBound..<index])) {
                continue
            }
            let offset = index - range.lowerBound
            let isDetection = offset < detectionRows.count
            let child =
                isDetection
                ? detectionRows.lowerBound + offset : forcedRows.lowerBound + offset - detectionRows.count
            add(isDetection ? .detection : .forced, child, point, answer, &record, &seen, outcome)
        }
        return repeated
    }

    /// Of two contents of one point in a packet the first counts, also when it is the known one.
    private func isRepeat(_ point: KnownPoint, in earlier: ArraySlice<KnownPoint>) -> Bool {
        let wanted = PointRecogniser.MonthKey(point)
        return earlier.contains { $0.key == point.key && PointRecogniser.MonthKey($0) == wanted }
    }

    private mutating func add(
        _ place: PointWrite.Place, _ row: Int, _ point: KnownPoint, _ answer: PointRecogniser.Answer,
        _ record: inout ObjectRecord, _ seen: inout Set<PointRecogniser.MonthKey>, _ outcome: AlertOutcome
    ) {
        guard answer != .known, seen.insert(PointRecogniser.MonthKey(point)).inserted else { return }
        if case .revised(let old) = answer {
            record.revise(point, was: old)
        } else {
            record.add(point)
            if place != .forced { addStatistics(place == .trigger ? trigger : detections, row, &record) }
        }
        write(place, row, point, isRevision: answer != .new, outcome)
    }

    private func addStatistics(_ columns: PointColumns, _ row: Int, _ record: inout ObjectRecord) {
        guard let band = columns.band(row), let midpoint = columns.midpoint.double(row) else { return }
        record.statistics[Int(band.rawValue)].add(
            flux: columns.psfFlux.number(row), fluxErr: columns.psfFluxErr.number(row), midpoint: MJD(midpoint))
    }

    private mutating func write(
        _ place: PointWrite.Place, _ row: Int, _ point: KnownPoint, isRevision: Bool, _ outcome: AlertOutcome
    ) {
        points.append(
            PointWrite(
                place: place, row: Int32(row), diaObjectId: outcome.diaObjectId, ssObjectId: outcome.ssObjectId,
                home: outcome.home, point: point, isRevision: isRevision, round: outcome.round))
    }

    /// What earlier rounds of this batch wrote of an object, newest content of each.
    private func writtenPoints(_ ranges: [Range<Int>]) -> [PointRecogniser.MonthKey: UInt64] {
        var written: [PointRecogniser.MonthKey: UInt64] = [:]
        for write in ranges.lazy.flatMap({ self.points[$0] }) {
            written[PointRecogniser.MonthKey(write.point)] = write.point.contentHash
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
        if let record = histories.alerts[row].object ?? records[object]?.record { return record.home }
        let place = object.isNone ? (trigger.ra.double(row) ?? 0, trigger.dec.double(row) ?? 0) : position(row)
        return Home(rawValue: HEALPix.index(raDegrees: place.0, decDegrees: place.1))
    }

    private func newRecord(_ row: Int, _ object: DiaObjectID, _ commitSeq: CommitSeq) -> ObjectRecord {
        let (ra, dec) = position(row)
        return ObjectRecord(
            diaObjectId: object, home: home(row, object: object), ra: ra, dec: dec, firstKnown: commitSeq)
    }

    private func touch(_ record: inout ObjectRecord, _ row: Int, _ outcome: AlertOutcome, _ commitSeq: CommitSeq) {
        record.lastChanged = commitSeq
        guard outcome.visit >= record.lastVisit else { return }
        record.lastVisit = outcome.visit
        (record.ra, record.dec) = position(row)
        let drift = SkyPosition(raDegrees: record.firstRa, decDegrees: record.firstDec)
            .separation(to: SkyPosition(raDegrees: record.ra, decDegrees: record.dec)).arcsec
        record.driftArcsec = max(record.driftArcsec, drift)
    }
}
