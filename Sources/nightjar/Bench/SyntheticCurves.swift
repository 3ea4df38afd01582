import Core
import Sky
import Storage

/// Forced points of full-entropy fluxes for the storage benchmarks: visits of 10 000 objects each, every object in every
/// `visitCount`-th of them.
struct SyntheticCurves {
    let objects: Int
    private var random = SeededRandom(seed: 77)
    private var nextPointId: Int64 = 1

    init(objects: Int) { self.objects = objects }

    static func id(_ object: Int) -> DiaObjectID {
        DiaObjectID(rawValue: Int64(object) * 524_288 + 170_000_000_000_000_000)
    }

    /// A place on a grid of the sky, the same for the same object.
    static func place(_ object: Int) -> SkyPosition {
        let turn = (Double(object) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1)
        return SkyPosition(raDegrees: turn * 360, decDegrees: -60 + Double(object % 9973) / 9973 * 60)
    }

    /// Commits one point of every object in each of some visits, `days` apart, all arriving in one night.
    mutating func write(
        to database: EmbeddedDatabase, visits: Int, from start: MJD, days: Double, recordedAt: MJD
    ) throws -> Int {
        var points = 0
        for visit in 0..<visits {
            let midpoint = MJD(start.days + Double(visit) * days)
            for first in stride(from: 0, to: objects, by: 10_000) {
                let range = first..<min(first + 10_000, objects)
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
        let band = table.arena.append("r")
        let visitId = Int64(Night(midpoint).dayObs) * 100_000 + Int64(visit % 1000)
        for object in range { append(object, visitId, midpoint, band, to: table) }
        var hashes: [UInt64] = []
        ContentHash.appendHashes(of: table, into: &hashes)
        let firstCommit = CommitSeq(rawValue: try database.lastCommitSeq().rawValue + 1)
        var plan = CommitPlan(
            batch: batch, firstCommitSeq: firstCommit, lineage: Lineage(software: "bench"), recordedAt: recordedAt)
        let requests = directoryRequests(range)
        let known = try database.histories(of: requests, asOf: nil)
        for (row, object) in range.enumerated() {
            let key = PointKey(forcedVisit: VisitID(rawValue: visitId), detector: Int32(object % 189))
            let point = KnownPoint(key: key, contentHash: hashes[row], midpoint: midpoint)
            let place = SyntheticCurves.place(object)
            let home = Home(rawValue: HEALPix.index(raDegrees: place.raDegrees, decDegrees: place.decDegrees))
            var record =
                known.alerts[row].object
                ?? ObjectRecord(
                    diaObjectId: SyntheticCurves.id(object), home: home, ra: place.raDegrees, dec: place.decDegrees,
                    firstKnown: firstCommit)
            record.add(point)
            record.lastChanged = firstCommit
            plan.objects.append(ObjectWrite(record: record, packetRow: -1))
            plan.points.append(
                PointWrite(
                    place: .forced, row: Int32(row), diaObjectId: record.diaObjectId,
                    ssObjectId: SSObjectID(rawValue: 0),
                    home: home, point: point, isRevision: false, round: 0))
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
                    diaSourceId: DiaSourceID(rawValue: 0), diaObjectId: SyntheticCurves.id(object),
                    windowStart: MJD(99_999), points: 0..<0))
        }
        return requests
    }

    private mutating func append(
        _ object: Int, _ visit: Int64, _ midpoint: MJD, _ band: ByteReference, to table: ColumnTable
    ) {
        let place = SyntheticCurves.place(object)
        for (schema, column) in zip(table.schema.columns, table.columns) {
            switch schema.name {
            case "diaForcedSourceId":
                column.append(visit << 19 | nextPointId & 0x7FFFF)
                nextPointId += 1
            case "diaObjectId": column.append(SyntheticCurves.id(object).rawValue)
            case "ra": column.append(place.raDegrees)
            case "dec": column.append(place.decDegrees)
            case "visit": column.append(visit)
            case "detector": column.append(Int32(object % 189))
            case "midpointMjdTai": column.append(midpoint.days)
            case "band": column.append(band)
            case "timeProcessedMjdTai": column.append(midpoint.days + 0.0017)
            case "timeWithdrawnMjdTai": column.appendMissing(.null)
            default: column.append(Float(random.normal() * 1000))
            }
        }
        table.finishRow()
    }
}
