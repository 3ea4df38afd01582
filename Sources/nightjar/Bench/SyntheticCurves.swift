import Core
import Sky
import Storage

/// Forced points of full-entropy fluxes for the storage benchmarks: every object in each of some visits of a year.
struct SyntheticCurves {
    /// Ascending by place, as the database keeps them.
    private let objects: [NewCurves.Curve]
    private var random = SeededRandom(seed: 77)
    private var nextPointId: Int64 = 1

    init(objects count: Int, firstId: Int64 = 170_000_000_000_000_000) {
        let places = (0..<count).map { (index: Int) -> (home: Home, curve: NewCurves.Curve) in
            // A grid of the sky, the same for the same object.
            let turn = (Double(index) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1)
            let curve = NewCurves.Curve(
                diaObjectId: DiaObjectID(rawValue: Int64(index) * 524_288 + firstId), ra: turn * 360,
                dec: -60 + Double(index % 9973) / 9973 * 60, rows: 0..<0)
            return (curve.home, curve)
        }
        objects = places.sorted { ($0.home, $0.curve.diaObjectId) < ($1.home, $1.curve.diaObjectId) }.map(\.curve)
    }

    var count: Int { objects.count }

    func id(_ object: Int) -> DiaObjectID { objects[object].diaObjectId }

    /// Loads a history of `visits` points of every object as year blocks, the way to many points in little time.
    mutating func load(
        into database: EmbeddedDatabase, visits: Int, from start: MJD, days: Double, recordedAt: MJD
    ) throws -> FoldReport {
        var report = FoldReport()
        var new = NewCurves()
        for first in stride(from: 0, to: objects.count, by: 5000) {
            new.removeAll()
            let bands = SyntheticCurves.bands.map { new.points.arena.append($0) }
            for object in first..<min(first + 5000, objects.count) {
                let begin = new.points.rowCount
                for visit in 0..<visits {
                    let midpoint = MJD(start.days + Double(visit) * days)
                    append(object, visit, midpoint, bands[visit % bands.count], to: new.points)
                }
                let curve = objects[object]
                new.curves.append(
                    NewCurves.Curve(
                        diaObjectId: curve.diaObjectId, ra: curve.ra, dec: curve.dec, rows: begin..<new.points.rowCount)
                )
            }
            let part = try database.load(new, lineage: Lineage(software: "bench"), recordedAt: recordedAt)
            report.points += part.points
            report.blocks += part.blocks
            report.bytes += part.bytes
        }
        return report
    }

    /// Commits one point of every object in each of some visits, `days` apart, all arriving in one night.
    mutating func write(
        to database: EmbeddedDatabase, visits: Int, from start: MJD, days: Double, recordedAt: MJD,
        while goesOn: () -> Bool = { true }
    ) throws -> Int {
        var points = 0
        for visit in 0..<visits {
            let midpoint = MJD(start.days + Double(visit) * days)
            for first in stride(from: 0, to: objects.count, by: 10_000) where goesOn() {
                let range = first..<min(first + 10_000, objects.count)
                try commit(range, visit: visit, midpoint: midpoint, to: database, recordedAt: recordedAt)
                points += range.count
            }
        }
        return points
    }

    private mutating func commit(
        _ range: Range<Int>, visit: Int, midpoint: MJD, to database: EmbeddedDatabase, recordedAt: MJD
    ) throws {
        let batch = AlertBatch(capacity: 8)
        let table = batch.forced.table
        let band = table.arena.append(SyntheticCurves.bands[visit % SyntheticCurves.bands.count])
        for object in range { append(object, visit, midpoint, band, to: table) }
        var hashes: [UInt64] = []
        ContentHash.appendHashes(of: table, into: &hashes)
        let firstCommit = CommitSeq(rawValue: try database.lastCommitSeq().rawValue + 1)
        var plan = CommitPlan(
            batch: batch, firstCommitSeq: firstCommit, lineage: Lineage(software: "bench"), recordedAt: recordedAt)
        let known = try database.histories(of: directoryRequests(range), asOf: nil)
        let visitId = SyntheticCurves.visit(visit, midpoint)
        for (row, object) in range.enumerated() {
            let curve = objects[object]
            let key = PointKey(forcedVisit: visitId, detector: SyntheticCurves.detector(curve.diaObjectId))
            let point = KnownPoint(key: key, contentHash: hashes[row], midpoint: midpoint)
            var record =
                known.alerts[row].object
                ?? ObjectRecord(
                    diaObjectId: curve.diaObjectId, home: curve.home, ra: curve.ra, dec: curve.dec,
                    firstKnown: firstCommit)
            record.add(point)
            record.lastChanged = firstCommit
            plan.points.append(
                PointWrite(
                    place: .forced, row: Int32(row), diaObjectId: record.diaObjectId,
                    ssObjectId: SSObjectID(rawValue: 0), home: record.home, point: point, isRevision: false, round: 0))
            plan.objects.append(ObjectWrite(record: record, packetRow: -1))
        }
        guard try database.commit(plan) == .committed else {
            throw UserFault(.conflict, "another process writes to the benchmark's database")
        }
    }

    private func directoryRequests(_ range: Range<Int>) -> HistoryRequests {
        var requests = HistoryRequests()
        for object in range {
            requests.alerts.append(
                HistoryRequests.Alert(
                    diaSourceId: DiaSourceID(rawValue: 0), diaObjectId: id(object), windowStart: MJD(99_999),
                    points: 0..<0))
        }
        return requests
    }

    // MARK: Points

    private static let bands = ["u", "g", "r", "i", "z", "y"]

    private enum Role {
        case id, object, ra, dec, visit, detector, midpoint, band, processed, withdrawn, flux
    }

    private static let roles: [Role] = Tables.diaForcedSource.columns.map { column in
        switch column.name {
        case "diaForcedSourceId": .id
        case "diaObjectId": .object
        case "ra": .ra
        case "dec": .dec
        case "visit": .visit
        case "detector": .detector
        case "midpointMjdTai": .midpoint
        case "band": .band
        case "timeProcessedMjdTai": .processed
        case "timeWithdrawnMjdTai": .withdrawn
        default: .flux
        }
    }

    private static func visit(_ visit: Int, _ midpoint: MJD) -> VisitID {
        VisitID(rawValue: Int64(Night(midpoint).dayObs) * 100_000 + Int64(visit % 1000))
    }

    private static func detector(_ id: DiaObjectID) -> Int32 { Int32(id.rawValue >> 19 % 189) }

    private mutating func append(
        _ object: Int, _ visit: Int, _ midpoint: MJD, _ band: ByteReference, to table: ColumnTable
    ) {
        let curve = objects[object]
        let visitId = SyntheticCurves.visit(visit, midpoint).rawValue
        for (role, column) in zip(SyntheticCurves.roles, table.columns) {
            switch role {
            case .id:
                column.append(visitId << 19 | nextPointId & 0x7FFFF)
                nextPointId += 1
            case .object: column.append(curve.diaObjectId.rawValue)
            case .ra: column.append(curve.ra)
            case .dec: column.append(curve.dec)
            case .visit: column.append(visitId)
            case .detector: column.append(SyntheticCurves.detector(curve.diaObjectId))
            case .midpoint: column.append(midpoint.days)
            case .band: column.append(band)
            case .processed: column.append(midpoint.days + 0.0017)
            case .withdrawn: column.appendMissing(.null)
            case .flux: column.append(Float(random.normal() * 1000))
            }
        }
        table.finishRow()
    }
}
