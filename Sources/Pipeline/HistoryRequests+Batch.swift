import Core

extension HistoryRequests {
    /// How far back a packet reaches: Rubin packets bring twelve months.
    static let packetWindowDays = 365.0

    /// Asks for what the database knows of every alert of a batch.
    mutating func fill(from batch: AlertBatch, points hashes: PacketPoints, wantsMissingPoints: Bool) {
        removeAll()
        self.wantsMissingPoints = wantsMissingPoints
        let trigger = PointColumns(batch.source)
        let detections = PointColumns(batch.detections.table)
        let forced = ForcedColumns(batch.forced.table)
        for row in 0..<batch.count {
            let object = DiaObjectID(rawValue: trigger.diaObjectId.int64(row) ?? 0)
            let first = points.count
            if !object.isNone {
                for point in batch.detections.rows(of: row) {
                    points.append(detections.detection(point, hash: hashes.detectionHashes[point]))
                }
                for point in batch.forced.rows(of: row) {
                    points.append(forced.point(point, hash: hashes.forcedHashes[point]))
                }
            }
            alerts.append(
                Alert(
                    diaSourceId: DiaSourceID(rawValue: trigger.diaSourceId.int64(row) ?? 0), diaObjectId: object,
                    windowStart: MJD((trigger.midpoint.double(row) ?? 0) - HistoryRequests.packetWindowDays),
                    points: first..<points.count))
        }
    }
}
