import Core

/// What an alert must satisfy beyond its schema; who does not becomes a dead letter.
enum AlertChecks {
    /// Alerts whose time is further ahead of the clock than this cannot be.
    static let futureToleranceDays = 1.0

    private static let detectionID = Tables.diaSource.require("diaSourceId")
    private static let detectionMidpoint = Tables.diaSource.require("midpointMjdTai")
    private static let forcedMidpoint = Tables.diaForcedSource.require("midpointMjdTai")

    /// - Parameter row: a row of the batch, just decoded.
    static func fault(of batch: AlertBatch, row: Int, trigger: PointColumns, now: MJD) -> RecordFault? {
        let id = trigger.diaSourceId.int64(row) ?? 0
        guard id > 0 else {
            return RecordFault(.impossible, "the diaSourceId is \(id)", fieldPath: "diaSource.diaSourceId")
        }
        guard let ra = trigger.ra.number(row), let dec = trigger.dec.number(row) else {
            return RecordFault(.impossible, "the position is missing or NaN", fieldPath: "diaSource.ra")
        }
        guard ra >= 0, ra <= 360, abs(dec) <= 90 else {
            return RecordFault(.impossible, "ra \(ra), dec \(dec) is outside the sky", fieldPath: "diaSource.ra")
        }
        guard let midpoint = trigger.midpoint.number(row), midpoint > 0 else {
            return RecordFault(.impossible, "the time is missing or NaN", fieldPath: "diaSource.midpointMjdTai")
        }
        guard midpoint < now.days + futureToleranceDays else {
            return RecordFault(
                .impossible, "MJD \(midpoint) is more than a day ahead of the clock",
                fieldPath: "diaSource.midpointMjdTai")
        }
        return historyFault(of: batch, row: row, trigger: trigger, latest: now.days + futureToleranceDays)
    }

    private static func historyFault(
        of batch: AlertBatch, row: Int, trigger: PointColumns, latest: Double
    ) -> RecordFault? {
        let object = trigger.diaObjectId.int64(row) ?? 0
        guard object >= 0 else {
            return RecordFault(.impossible, "the diaObjectId is \(object)", fieldPath: "diaSource.diaObjectId")
        }
        let forced = batch.forced.rows(of: row)
        if object == 0, !forced.isEmpty {
            return RecordFault(
                .impossible, "\(forced.count) forced points without a diaObject", fieldPath: "prvDiaForcedSources")
        }
        let detections = batch.detections.rows(of: row)
        let ids = batch.detections.table.columns[detectionID]
        if let bad = detections.first(where: { (ids.int64($0) ?? 0) <= 0 }) {
            return RecordFault(
                .impossible, "a past detection has the id \(ids.int64(bad) ?? 0)",
                fieldPath: "prvDiaSources.diaSourceId")
        }
        return timeFault(batch.detections.table.columns[detectionMidpoint], detections, "prvDiaSources", latest)
            ?? timeFault(batch.forced.table.columns[forcedMidpoint], forced, "prvDiaForcedSources", latest)
    }

    /// Light curves are ordered and kept by time: one point without a time that can be condemns the alert.
    private static func timeFault(_ column: Column, _ rows: Range<Int>, _ name: String, _ latest: Double)
        -> RecordFault?
    {
        guard let bad = rows.first(where: { !isPossible(column.double($0), latest) }) else { return nil }
        return RecordFault(
            .impossible, "the time of a past point is \(column.double(bad).map { "MJD \($0)" } ?? "missing")",
            fieldPath: "\(name).midpointMjdTai")
    }

    private static func isPossible(_ midpoint: Double?, _ latest: Double) -> Bool {
        guard let midpoint else { return false }
        return midpoint > 0 && midpoint < latest
    }
}
