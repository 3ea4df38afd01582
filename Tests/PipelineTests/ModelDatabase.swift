import Core
import Testing

@testable import Pipeline

/// A point by its key, in the month where it is counted.
struct MonthKey: Hashable {
    let key: PointKey
    let month: CalendarMonth

    init(_ point: KnownPoint) {
        key = point.key
        month = CalendarMonth(point.midpoint)
    }
}

/// A database as plain dictionaries: answers what `histories` answers and applies what the planner decides, checking
/// that it never writes what is known. Independent of `Storage`.
struct ModelDatabase {
    struct Place: Hashable {
        let object: Int64
        let point: MonthKey
    }

    private(set) var records: [DiaObjectID: ObjectRecord] = [:]
    /// Newest content of every point of every object.
    private(set) var points: [Place: KnownPoint] = [:]
    private(set) var loneDetections: [DiaSourceID: UInt64] = [:]
    private(set) var alerts: [DiaSourceID: KnownAlert] = [:]
    private var detectionPlaces: [DiaSourceID: DetectionPlace] = [:]
    private(set) var outcomes: [AlertOutcome] = []
    private(set) var counters: [String: Int64] = [:]
    /// Every write: object, key and content.
    private(set) var writes: [String] = []
    private(set) var storedReads = 0
    private var lastCommitSeq: Int64 = 0

    /// Sends a stream through the planner in batches of one size.
    static func run(_ stream: [TestAlert], batchSize: Int) -> ModelDatabase {
        var database = ModelDatabase()
        var start = 0
        while start < stream.count {
            let end = min(start + batchSize, stream.count)
            database.commit(AlertWriter.batch(Array(stream[start..<end])))
            start = end
        }
        return database
    }

    mutating func commit(_ batch: AlertBatch) {
        var hashes = PacketPoints()
        hashes.read(batch)
        var requests = HistoryRequests()
        requests.fill(from: batch, points: hashes, wantsMissingPoints: false)
        var planner = BatchPlanner(
            batch: batch, hashes: hashes, requests: requests, histories: histories(requests),
            firstCommitSeq: CommitSeq(rawValue: lastCommitSeq + 1))
        planner.plan()
        apply(planner)
        var counting = BatchCounters()
        counting.addOutcomes(planner.outcomes)
        for delta in counting.deltas { counters[delta.name, default: 0] += delta.amount }
        lastCommitSeq += Int64(planner.roundCount)
    }

    private mutating func histories(_ requests: HistoryRequests) -> Histories {
        var histories = Histories(count: requests.alerts.count)
        for (row, request) in requests.alerts.enumerated() {
            histories.alerts[row].alert = alerts[request.diaSourceId]
            histories.alerts[row].place = detectionPlaces[request.diaSourceId]
            guard let record = records[request.diaObjectId] else { continue }
            histories.alerts[row].object = record
            let decision = MonthComparison.decide(
                record: record, points: requests.points[request.points], windowStart: request.windowStart)
            histories.alerts[row].readMonths = decision.toRecognise
            histories.alerts[row].readPoints =
                decision.toRecognise.isEmpty ? [] : points(of: request.diaObjectId, in: decision.toRecognise)
            storedReads += decision.toRecognise.isEmpty ? 0 : 1
        }
        return histories
    }

    func points(of object: DiaObjectID, in months: [CalendarMonth]) -> [KnownPoint] {
        points.filter { $0.key.object == object.rawValue && months.contains($0.key.point.month) }.map(\.value)
            .sorted { ($0.midpoint, $0.key) < ($1.midpoint, $1.key) }
    }

    private mutating func apply(_ planner: BatchPlanner) {
        var rounds = Set<String>()
        for outcome in planner.outcomes {
            outcomes.append(outcome)
            guard outcome.kind != .duplicate else { continue }
            let commitSeq = CommitSeq(rawValue: lastCommitSeq + 1 + Int64(outcome.round))
            #expect(outcome.round < planner.roundCount)
            #expect(rounds.insert("alert \(outcome.diaSourceId) \(outcome.round)").inserted, "an alert twice a round")
            if !outcome.diaObjectId.isNone {
                #expect(
                    rounds.insert("object \(outcome.diaObjectId) \(outcome.round)").inserted, "object twice a round")
            }
            alerts[outcome.diaSourceId] = KnownAlert(
                contentHash: outcome.contentHash, revision: outcome.revision, diaObjectId: outcome.diaObjectId,
                ssObjectId: outcome.ssObjectId, home: outcome.home, midpoint: outcome.midpoint, commitSeq: commitSeq)
        }
        for round in 0..<Int32(planner.roundCount) {
            for removal in planner.removals where removal.round == round { apply(removal) }
            for write in planner.points where write.round == round { apply(write) }
        }
        for write in planner.objects { records[write.record.diaObjectId] = write.record }
    }

    private mutating func apply(_ removal: PointRemoval) {
        if removal.diaObjectId.isNone { loneDetections[removal.diaSourceId] = nil }
        let gone = KnownPoint(key: PointKey(detection: removal.diaSourceId), contentHash: 0, midpoint: removal.midpoint)
        points[Place(object: removal.diaObjectId.rawValue, point: MonthKey(gone))] = nil
    }

    private mutating func apply(_ write: PointWrite) {
        if write.point.key.kind == .detection {
            detectionPlaces[DiaSourceID(rawValue: write.point.key.first)] = DetectionPlace(
                diaObjectId: write.diaObjectId, home: write.home, midpoint: write.point.midpoint)
        }
        writes.append("\(write.diaObjectId) \(write.point.key) \(write.point.contentHash)")
        if write.diaObjectId.isNone {
            let id = DiaSourceID(rawValue: write.point.key.first)
            #expect((loneDetections[id] != nil) == write.isRevision)
            loneDetections[id] = write.point.contentHash
            return
        }
        let place = Place(object: write.diaObjectId.rawValue, point: MonthKey(write.point))
        if let known = points[place] {
            #expect(write.isRevision, "\(place) is known and was written as new")
            #expect(known.contentHash != write.point.contentHash, "\(place) was written again")
        } else {
            #expect(!write.isRevision, "\(place) is not known and was written as a revision")
        }
        points[place] = write.point
    }

    /// The directory against the points themselves.
    func checkDirectory() {
        var perObject: [Int64: [KnownPoint]] = [:]
        for (place, point) in points { perObject[place.object, default: []].append(point) }
        #expect(Set(perObject.keys) == Set(records.keys.map(\.rawValue)))
        for (id, record) in records {
            let own = perObject[id.rawValue] ?? []
            var months: [CalendarMonth: MonthSummary] = [:]
            for point in own {
                let month = CalendarMonth(point.midpoint)
                months[month, default: MonthSummary(month: month)].add(point)
            }
            #expect(record.months == months.values.sorted { $0.month < $1.month }, "months of \(id)")
            let newest = own.filter { CalendarMonth($0.midpoint) == record.months.last?.month }
            #expect(
                record.newestMonthPoints.sorted { $0.key < $1.key } == newest.sorted { $0.key < $1.key },
                "newest points of \(id)")
            #expect(record.earliestMidpoint == own.map(\.midpoint).min())
        }
    }
}
