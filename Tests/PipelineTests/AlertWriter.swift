import Core

/// A detection as a test states it; the same value gives the same row as a trigger and as history.
struct TestDetection: Hashable {
    var id: Int64
    var object: Int64
    var mjd: Double
    var sso: Int64 = 0
    var visit: Int64 = 2_026_022_400_001
    var detector: Int32 = 7
    var ra = 150.0
    var dec = 2.0
    var flux: Float = 1000
    var fluxErr: Float = 50
    var band = "r"
    var processed: Double?
    var withdrawn: Double?
}

struct TestForced: Hashable {
    var object: Int64
    var visit: Int64
    var mjd: Double
    var detector: Int32 = 7
    var ra = 150.0
    var dec = 2.0
    var flux: Float = 900
    var band = "r"
    var processed: Double?
    var withdrawn: Double?
}

struct TestAlert {
    var trigger: TestDetection
    var detections: [TestDetection] = []
    var forced: [TestForced] = []
    var objectRa: Double?
    var objectDec: Double?
    /// False where the packet names an object and has no diaObject.
    var hasObject = true
    /// Ids that the packet gives beside those of the trigger.
    var packetSourceID: Int64?
    var packetObjectID: Int64?
}

/// Writes alerts into batches, row by row.
enum AlertWriter {
    enum Cell {
        case int64(Int64)
        case int32(Int32)
        case float(Float)
        case double(Double)
        case text(String)
    }

    static func batch(_ alerts: [TestAlert]) -> AlertBatch {
        let batch = AlertBatch(capacity: 8)
        for alert in alerts { append(alert, to: batch) }
        return batch
    }

    static func append(_ alert: TestAlert, to batch: AlertBatch) {
        append(cells(alert.trigger), to: batch.source)
        append(alert.packetSourceID.map { ["diaSourceId": .int64($0)] } ?? [:], to: batch.packet)
        batch.packetSSO.appendMissingRow(.null)
        batch.mpcOrbits.appendMissingRow(.null)
        if alert.trigger.object == 0 || !alert.hasObject {
            batch.object.appendMissingRow(.null)
        } else {
            append(
                [
                    "diaObjectId": .int64(alert.packetObjectID ?? alert.trigger.object),
                    "ra": .double(alert.objectRa ?? alert.trigger.ra),
                    "dec": .double(alert.objectDec ?? alert.trigger.dec),
                ], to: batch.object)
        }
        let firstDetection = batch.detections.table.rowCount
        for detection in alert.detections { append(cells(detection), to: batch.detections.table) }
        batch.detections.finishParent(firstRow: firstDetection, isGiven: !alert.detections.isEmpty)
        let firstForced = batch.forced.table.rowCount
        for forced in alert.forced { append(cells(forced), to: batch.forced.table) }
        batch.forced.finishParent(firstRow: firstForced, isGiven: alert.trigger.object != 0)
        batch.origins.append(AlertOrigin(partition: 0, offset: Int64(batch.count)))
        batch.messages.append(ByteReference(offset: 0, length: 0))
        batch.writerSchemaIDs.append(1101)
        batch.extras.append(nil)
    }

    private static func cells(_ detection: TestDetection) -> [String: Cell] {
        var cells: [String: Cell] = [
            "diaSourceId": .int64(detection.id), "diaObjectId": .int64(detection.object),
            "ssObjectId": .int64(detection.sso), "visit": .int64(detection.visit),
            "detector": .int32(detection.detector), "midpointMjdTai": .double(detection.mjd),
            "ra": .double(detection.ra), "dec": .double(detection.dec), "psfFlux": .float(detection.flux),
            "psfFluxErr": .float(detection.fluxErr), "band": .text(detection.band),
        ]
        cells["timeProcessedMjdTai"] = detection.processed.map { .double($0) }
        cells["timeWithdrawnMjdTai"] = detection.withdrawn.map { .double($0) }
        return cells
    }

    private static func cells(_ forced: TestForced) -> [String: Cell] {
        var cells: [String: Cell] = [
            "diaObjectId": .int64(forced.object), "visit": .int64(forced.visit), "detector": .int32(forced.detector),
            "ra": .double(forced.ra), "dec": .double(forced.dec),
            "midpointMjdTai": .double(forced.mjd), "psfFlux": .float(forced.flux), "band": .text(forced.band),
        ]
        cells["timeProcessedMjdTai"] = forced.processed.map { .double($0) }
        cells["timeWithdrawnMjdTai"] = forced.withdrawn.map { .double($0) }
        return cells
    }

    private static func append(_ cells: [String: Cell], to table: ColumnTable) {
        for (schema, column) in zip(table.schema.columns, table.columns) {
            switch cells[schema.name] {
            case .int64(let value): column.append(value)
            case .int32(let value): column.append(value)
            case .float(let value): column.append(value)
            case .double(let value): column.append(value)
            case .text(let value): column.append(table.arena.append(value))
            case nil: column.appendMissing(.null)
            }
        }
        table.finishRow()
    }
}
