import Core
import Sky

@testable import Storage

/// A planner of the plainest kind: reads every touched object's whole light curve, so that it shares nothing with the one
/// that it helps to test the database for.
struct TestPlanner {
    let database: any Database
    /// Night of arrival of everything.
    var recordedAt = MJD(61_000.1)
    var topic = "alerts"
    var publishes = true
    /// Adds to each plan before it is committed.
    var adding: (inout CommitPlan) throws -> Void = { _ in }

    /// Plans and commits alerts in batches of a given size.
    func ingest(_ alerts: [TestAlert], batchSize: Int) throws {
        var start = 0
        while start < alerts.count {
            let end = min(start + batchSize, alerts.count)
            try commit(Array(alerts[start..<end]))
            start = end
        }
    }

    func commit(_ alerts: [TestAlert]) throws {
        let partition = InputPartition(topic: topic, partition: 0)
        let next = try database.nextOffset(of: partition)
        let batch = AlertBatch.make(alerts, firstOffset: next ?? 0, topic: topic)
        var plan = CommitPlan(
            batch: batch, firstCommitSeq: CommitSeq(rawValue: try database.lastCommitSeq().rawValue + 1),
            lineage: Lineage(software: "test"), recordedAt: recordedAt)
        plan.advances = [
            PartitionAdvance(partition: partition, expectedNext: next, newNext: (next ?? 0) + Int64(alerts.count))
        ]
        var work = Work(batch: batch, firstCommitSeq: plan.firstCommitSeq.rawValue)
        for row in 0..<batch.count { try work.plan(row, database) }
        plan.outcomes = work.outcomes
        plan.points = work.points
        plan.roundCount = work.roundCount
        plan.objects = work.objects.values.sorted { $0.record.diaObjectId < $1.record.diaObjectId }
        plan.counters = work.counters()
        if publishes { plan.publications = work.publications() }
        try adding(&plan)
        guard try database.commit(plan) == .committed else { throw DependencyFault("test", "stale") }
    }

    private struct Work {
        let batch: AlertBatch
        let firstCommitSeq: Int64
        var outcomes: [AlertOutcome] = []
        var points: [PointWrite] = []
        var objects: [DiaObjectID: ObjectWrite] = [:]
        var roundCount = 1
        private var known: [DiaObjectID: [PointKey: UInt64]] = [:]
        private var measured: [DiaObjectID: [PointKey: Measurement]] = [:]
        private var rounds: [Int64: Int32] = [:]
        private var alerts: [DiaSourceID: (hash: UInt64, revision: Int32)] = [:]
        private var hashes: (source: [UInt64], detections: [UInt64], forced: [UInt64]) = ([], [], [])

        init(batch: AlertBatch, firstCommitSeq: Int64) {
            self.batch = batch
            self.firstCommitSeq = firstCommitSeq
            ContentHash.appendHashes(of: batch.source, into: &hashes.source)
            ContentHash.appendHashes(of: batch.detections.table, into: &hashes.detections)
            ContentHash.appendHashes(of: batch.forced.table, into: &hashes.forced)
        }

        mutating func plan(_ row: Int, _ database: any Database) throws {
            let source = batch.source
            let id = DiaSourceID(rawValue: source.column("diaSourceId").int64(row)!)
            let object = DiaObjectID(rawValue: source.column("diaObjectId").int64(row) ?? 0)
            let solar = SSObjectID(rawValue: source.column("ssObjectId").int64(row) ?? 0)
            let ra = source.column("ra").double(row)!
            let dec = source.column("dec").double(row)!
            var outcome = AlertOutcome(
                kind: .new, diaSourceId: id, diaObjectId: object, ssObjectId: solar,
                home: Home(rawValue: HEALPix.index(raDegrees: ra, decDegrees: dec)),
                midpoint: MJD(source.column("midpointMjdTai").double(row)!),
                visit: VisitID(rawValue: source.column("visit").int64(row)!),
                detector: source.column("detector").int32(row)!, contentHash: hashes.source[row], revision: 0, round: 0)
            if alerts[id] == nil, let stored = try database.alert(id) {
                alerts[id] = (stored.known.contentHash, stored.known.revision)
            }
            if let old = alerts[id] {
                outcome.kind = old.hash == hashes.source[row] ? .duplicate : .revised
                outcome.revision = old.revision + (outcome.kind == .revised ? 1 : 0)
            }
            defer { outcomes.append(outcome) }
            guard outcome.kind != .duplicate else { return }
            alerts[id] = (hashes.source[row], outcome.revision)
            outcome.round = (rounds[object.isNone ? id.rawValue : object.rawValue] ?? -1) + 1
            rounds[object.isNone ? id.rawValue : object.rawValue] = outcome.round
            roundCount = max(roundCount, Int(outcome.round) + 1)
            let trigger = KnownPoint(
                key: PointKey(detection: id), contentHash: hashes.source[row], midpoint: outcome.midpoint)
            guard !object.isNone else {
                points.append(
                    PointWrite(
                        place: .trigger, row: Int32(row), diaObjectId: object, ssObjectId: solar, home: outcome.home,
                        point: trigger, isRevision: outcome.kind == .revised, round: outcome.round))
                return
            }
            try load(object, database)
            let commitSeq = CommitSeq(rawValue: firstCommitSeq + Int64(outcome.round))
            var record =
                try objects[object]?.record ?? database.object(object)?.record
                ?? ObjectRecord(diaObjectId: object, home: outcome.home, ra: ra, dec: dec, firstKnown: commitSeq)
            outcome.home = record.home
            for child in batch.detections.rows(of: row) { addDetection(child, &record, outcome) }
            for child in batch.forced.rows(of: row) { addForced(child, &record, outcome) }
            add(.trigger, row, trigger, &record, outcome)
            record.statistics = statistics(object)
            record.lastChanged = commitSeq
            record.lastVisit = max(record.lastVisit, outcome.visit)
            record.ra = ra
            record.dec = dec
            let first = SkyPosition(raDegrees: record.firstRa, decDegrees: record.firstDec)
            record.driftArcsec = max(
                record.driftArcsec, first.separation(to: SkyPosition(raDegrees: ra, decDegrees: dec)).arcsec)
            objects[object] = ObjectWrite(record: record, packetRow: batch.object.isPresent(row) ? Int32(row) : -1)
        }

        private mutating func load(_ object: DiaObjectID, _ database: any Database) throws {
            guard known[object] == nil else { return }
            var points: [PointKey: UInt64] = [:]
            if let embedded = database as? EmbeddedDatabase, let record = try embedded.object(object)?.record {
                for point in try embedded.knownPoints(of: record) { points[point.key] = point.contentHash }
            }
            known[object] = points
            measured[object] = [:]
            var query = LightCurveQuery(.diaObject(object))
            query.kind = .detection
            guard let curve = try database.lightCurve(query)?.detections else { return }
            let ids = curve.column("diaSourceId")
            for row in 0..<curve.rowCount {
                let key = PointKey(detection: DiaSourceID(rawValue: ids.int64(row) ?? 0))
                measured[object]?[key] = Measurement(curve, row)
            }
        }

        /// What statistics take of a detection.
        private struct Measurement {
            let band: Band?
            let flux: Double?
            let fluxErr: Double?
            let midpoint: Double
            let isWithdrawn: Bool

            init(_ table: ColumnTable, _ row: Int) {
                band = table.column("band").reference(row).flatMap { Band(table.arena.string($0)) }
                flux = table.column("psfFlux").number(row)
                fluxErr = table.column("psfFluxErr").number(row)
                midpoint = table.column("midpointMjdTai").double(row) ?? 0
                isWithdrawn = table.column("timeWithdrawnMjdTai").number(row) != nil
            }
        }

        private func statistics(_ object: DiaObjectID) -> [BandStatistics] {
            var statistics = [BandStatistics](repeating: BandStatistics(), count: Band.allCases.count)
            let sorted = (measured[object] ?? [:]).sorted { ($0.value.midpoint, $0.key) < ($1.value.midpoint, $1.key) }
            for one in sorted.map(\.value) where !one.isWithdrawn {
                guard let band = one.band else { continue }
                statistics[Int(band.rawValue)].add(flux: one.flux, fluxErr: one.fluxErr, midpoint: MJD(one.midpoint))
            }
            return statistics
        }

        private mutating func addDetection(_ row: Int, _ record: inout ObjectRecord, _ outcome: AlertOutcome) {
            let table = batch.detections.table
            let key = PointKey(detection: DiaSourceID(rawValue: table.column("diaSourceId").int64(row)!))
            let midpoint = MJD(table.column("midpointMjdTai").double(row)!)
            let point = KnownPoint(key: key, contentHash: hashes.detections[row], midpoint: midpoint)
            add(.detection, row, point, &record, outcome)
        }

        private mutating func addForced(_ row: Int, _ record: inout ObjectRecord, _ outcome: AlertOutcome) {
            let table = batch.forced.table
            let visit = VisitID(rawValue: table.column("visit").int64(row)!)
            let key = PointKey(forcedVisit: visit, detector: table.column("detector").int32(row)!)
            let midpoint = MJD(table.column("midpointMjdTai").double(row)!)
            let point = KnownPoint(key: key, contentHash: hashes.forced[row], midpoint: midpoint)
            add(.forced, row, point, &record, outcome)
        }

        private mutating func add(
            _ place: PointWrite.Place, _ row: Int, _ point: KnownPoint, _ record: inout ObjectRecord,
            _ outcome: AlertOutcome
        ) {
            let old = known[record.diaObjectId]?[point.key]
            guard old != point.contentHash else { return }
            if let old { record.revise(point, was: old) } else { record.add(point) }
            known[record.diaObjectId]?[point.key] = point.contentHash
            if place != .forced {
                let table = place == .trigger ? batch.source : batch.detections.table
                measured[record.diaObjectId]?[point.key] = Measurement(table, row)
            }
            points.append(
                PointWrite(
                    place: place, row: Int32(row), diaObjectId: record.diaObjectId, ssObjectId: outcome.ssObjectId,
                    home: record.home, point: point, isRevision: old != nil, round: outcome.round))
        }

        func publications() -> [PublicationWrite] {
            outcomes.enumerated().compactMap { _, outcome in
                guard outcome.kind != .duplicate, outcome.diaSourceId.rawValue % 2 == 0 else { return nil }
                return PublicationWrite(
                    topic: "even", kind: outcome.kind == .new ? .new : .update, diaSourceId: outcome.diaSourceId,
                    diaObjectId: outcome.diaObjectId, ssObjectId: outcome.ssObjectId, round: outcome.round,
                    revision: outcome.revision, schemaVersion: 1,
                    payload: Array("\(outcome.diaSourceId) r\(outcome.revision)".utf8),
                    producedAtUnixSeconds: 5)
            }
        }

        func counters() -> [CounterDelta] {
            outcomes.flatMap { outcome -> [CounterDelta] in
                let kind =
                    switch outcome.kind {
                    case .new: "new"
                    case .revised: "revised"
                    case .duplicate: "duplicate"
                    }
                return ["received", "decoded", kind].map { CounterDelta(visit: outcome.visit, name: $0, amount: 1) }
            }
        }
    }
}
