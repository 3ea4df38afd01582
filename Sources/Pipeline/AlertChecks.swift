import Core

/// What an alert must satisfy beyond its schema; who does not becomes a dead letter.
///
/// A missing number (null or NaN) is no fault but where nothing can be done without it: the trigger's and the object's
/// place, and every time. A number that is there must be possible.
enum AlertChecks {
    /// Alerts whose time is further ahead of the clock than this cannot be.
    static let futureToleranceDays = 1.0

    private static let packetID = Tables.packet.require("diaSourceId")
    private static let objectID = Tables.diaObject.require("diaObjectId")
    private static let objectRa = Tables.diaObject.require("ra")
    private static let objectDec = Tables.diaObject.require("dec")

    /// - Parameter row: a row of the batch, just decoded.
    static func fault(of batch: AlertBatch, row: Int, trigger: PointColumns, now: MJD) -> RecordFault? {
        let latest = now.days + futureToleranceDays
        return idFault(of: batch, row: row, trigger) ?? triggerFault(row, trigger, latest)
            ?? objectFault(of: batch, row: row) ?? HistoryChecks(batch, row, trigger, latest).fault
    }

    private static func idFault(of batch: AlertBatch, row: Int, _ trigger: PointColumns) -> RecordFault? {
        let id = trigger.diaSourceId.int64(row) ?? 0
        guard id > 0 else {
            return RecordFault(.impossible, "the diaSourceId is \(id)", fieldPath: "diaSource.diaSourceId")
        }
        let outer = batch.packet.columns[packetID].int64(row) ?? 0
        guard outer == 0 || outer == id else {
            return RecordFault(
                .impossible, "the alert is of diaSourceId \(outer), its diaSource is \(id)", fieldPath: "diaSourceId")
        }
        let object = trigger.diaObjectId.int64(row) ?? 0
        guard object >= 0 else {
            return RecordFault(.impossible, "the diaObjectId is \(object)", fieldPath: "diaSource.diaObjectId")
        }
        let given = batch.object.columns[objectID].int64(row) ?? 0
        guard object == 0 || given == 0 || given == object else {
            return RecordFault(
                .impossible, "the diaObject is \(given), that of the diaSource is \(object)",
                fieldPath: "diaObject.diaObjectId")
        }
        return nil
    }

    private static func triggerFault(_ row: Int, _ trigger: PointColumns, _ latest: Double) -> RecordFault? {
        guard let ra = trigger.ra.number(row), let dec = trigger.dec.number(row) else {
            return RecordFault(.impossible, "the position is missing or NaN", fieldPath: "diaSource.ra")
        }
        guard isOnSky(ra, dec) else {
            return RecordFault(.impossible, "ra \(ra), dec \(dec) is outside the sky", fieldPath: "diaSource.ra")
        }
        guard let midpoint = trigger.midpoint.number(row), midpoint > 0 else {
            return RecordFault(.impossible, "the time is missing or NaN", fieldPath: "diaSource.midpointMjdTai")
        }
        guard midpoint < latest else {
            return RecordFault(
                .impossible, "MJD \(midpoint) is in the future, more than a day ahead of the clock",
                fieldPath: "diaSource.midpointMjdTai")
        }
        return nil
    }

    private static func objectFault(of batch: AlertBatch, row: Int) -> RecordFault? {
        guard batch.object.isPresent(row) else { return nil }
        let ra = batch.object.columns[objectRa].double(row) ?? .nan
        let dec = batch.object.columns[objectDec].double(row) ?? .nan
        guard isOnSky(ra, dec) else {
            return RecordFault(
                .impossible, "ra \(ra), dec \(dec) of the diaObject is outside the sky", fieldPath: "diaObject.ra")
        }
        return nil
    }

    /// False for NaN.
    @inline(__always) static func isOnSky(_ ra: Double, _ dec: Double) -> Bool {
        ra >= 0 && ra <= 360 && abs(dec) <= 90
    }
}
