import Core

/// What an alert must satisfy beyond its schema; who does not becomes a dead letter.
enum AlertChecks {
    /// Alerts whose time is further ahead of the clock than this cannot be.
    static let futureToleranceDays = 1.0

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
                .impossible, "MJD \(midpoint) is in the future (now is \(now.days))",
                fieldPath: "diaSource.midpointMjdTai")
        }
        return historyFault(of: batch, row: row, trigger: trigger)
    }

    private static func historyFault(of batch: AlertBatch, row: Int, trigger: PointColumns) -> RecordFault? {
        let object = trigger.diaObjectId.int64(row) ?? 0
        let forced = batch.forced.rows(of: row)
        if object == 0, !forced.isEmpty {
            return RecordFault(
                .impossible, "\(forced.count) forced points without a diaObject", fieldPath: "prvDiaForcedSources")
        }
        return nil
    }
}
