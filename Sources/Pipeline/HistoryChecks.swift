import Core

/// What the past points of one packet must satisfy: one that cannot be condemns the alert.
///
/// A place that is missing (NaN) is let through: light curves are ordered and kept by time and id.
struct HistoryChecks {
    private static let detectionID = Tables.diaSource.require("diaSourceId")
    private static let detection = Positions(Tables.diaSource)
    private static let forced = Positions(Tables.diaForcedSource)

    /// Where the columns are that both kinds of points have.
    private struct Positions {
        let object: Int
        let visit: Int
        let midpoint: Int
        let ra: Int
        let dec: Int

        init(_ schema: TableSchema) {
            object = schema.require("diaObjectId")
            visit = schema.require("visit")
            midpoint = schema.require("midpointMjdTai")
            ra = schema.require("ra")
            dec = schema.require("dec")
        }
    }

    private let batch: AlertBatch
    private let row: Int
    private let object: Int64
    /// MJD (TAI) that no time can reach.
    private let latest: Double

    init(_ batch: AlertBatch, _ row: Int, _ trigger: PointColumns, _ latest: Double) {
        self.batch = batch
        self.row = row
        self.latest = latest
        object = trigger.diaObjectId.int64(row) ?? 0
    }

    var fault: RecordFault? {
        let forcedRows = batch.forced.rows(of: row)
        if object == 0, !forcedRows.isEmpty {
            return RecordFault(
                .impossible, "\(forcedRows.count) forced points without a diaObject", fieldPath: "prvDiaForcedSources")
        }
        let detectionRows = batch.detections.rows(of: row)
        let ids = batch.detections.table.columns[HistoryChecks.detectionID]
        if let bad = detectionRows.first(where: { (ids.int64($0) ?? 0) <= 0 }) {
            return RecordFault(
                .impossible, "a past detection has the id \(ids.int64(bad) ?? 0)",
                fieldPath: "prvDiaSources.diaSourceId")
        }
        return fault(batch.detections.table, detectionRows, HistoryChecks.detection, "prvDiaSources")
            ?? fault(batch.forced.table, forcedRows, HistoryChecks.forced, "prvDiaForcedSources")
            ?? visitFault(forcedRows)
    }

    private func fault(_ table: ColumnTable, _ rows: Range<Int>, _ positions: Positions, _ name: String)
        -> RecordFault?
    {
        let objects = table.columns[positions.object]
        let midpoints = table.columns[positions.midpoint]
        let (ras, decs) = (table.columns[positions.ra], table.columns[positions.dec])
        func impossible(_ detail: String, _ field: String) -> RecordFault {
            RecordFault(.impossible, detail, fieldPath: "\(name).\(field)")
        }
        for point in rows {
            let own = objects.int64(point) ?? 0
            if own < 0 || (own != object && own != 0 && object != 0) {
                return impossible("a past point is of diaObject \(own), not of \(object)", "diaObjectId")
            }
            guard let midpoint = midpoints.double(point), midpoint > 0, midpoint < latest else {
                let time = midpoints.double(point).map { "MJD \($0)" } ?? "missing"
                return impossible("the time of a past point is \(time)", "midpointMjdTai")
            }
            let (ra, dec) = (ras.double(point) ?? .nan, decs.double(point) ?? .nan)
            if !AlertChecks.isOnSky(ra.isNaN ? 0 : ra, dec.isNaN ? 0 : dec) {
                return impossible("a past point at ra \(ra), dec \(dec) is outside the sky", "ra")
            }
        }
        return nil
    }

    /// A forced point is known by its visit: one number for two times, years apart, would be one point in two months. Visits
    /// that name no date tell nothing.
    private func visitFault(_ rows: Range<Int>) -> RecordFault? {
        let visits = batch.forced.table.columns[HistoryChecks.forced.visit]
        let midpoints = batch.forced.table.columns[HistoryChecks.forced.midpoint]
        for point in rows {
            guard let visit = visits.int64(point), let midpoint = midpoints.double(point),
                let day = HistoryChecks.unixDay(visit)
            else { continue }
            // Noon UTC of its date is the start of the night; a day before and after is forgiven.
            let days = MJD(midpoint).unixSecondsUTC / 86_400 - (Double(day) + 0.5)
            if days < -1 || days > 2 {
                return RecordFault(
                    .impossible, "a past point of visit \(visit) is at MJD \(midpoint)",
                    fieldPath: "prvDiaForcedSources.midpointMjdTai")
            }
        }
        return nil
    }

    /// Days since 1970 of the date that a visit number begins with, nil when it is none.
    private static func unixDay(_ visit: Int64) -> Int? {
        let date = Int(visit / 100_000)
        let (year, month, day) = (date / 10_000, date / 100 % 100, date % 100)
        guard (1900...2999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
        return CivilDate(year: year, month: month, day: day).daysSinceUnixEpoch
    }
}
