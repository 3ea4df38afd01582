import Core

/// The points of one object that were read.
struct ObjectPoints {
    let detections: PointSet
    let forced: PointSet

    /// Known points of some months.
    func known(in months: [CalendarMonth]) -> [KnownPoint] {
        guard !months.isEmpty else { return [] }
        return (detections.knownPoints() + forced.knownPoints()).map(\.point)
            .filter { months.contains(CalendarMonth($0.midpoint)) }
    }

    /// Appends the points of some months, inside the packet's window, that the packet lacks.
    func appendMissing(
        months: [CalendarMonth], _ request: HistoryRequests.Alert, _ packet: ArraySlice<KnownPoint>,
        to histories: inout Histories
    ) {
        var given = Set(packet.map(\.key))
        given.insert(PointKey(detection: request.diaSourceId))
        for (points, child) in [(detections, histories.missingDetections), (forced, histories.missingForced)] {
            for row in points.rowsByTime(withdrawn: false) {
                let midpoint = points.midpoint(row)
                guard midpoint >= request.windowStart, !given.contains(points.key(row)),
                    months.contains(CalendarMonth(midpoint))
                else { continue }
                child.table.appendRow(row, of: points.table)
            }
        }
    }

    /// The state that the points alone give: what an earlier commit knew. Positions and drift are the newest ones known.
    func record(like newest: ObjectRecord) -> ObjectRecord {
        var record = ObjectRecord(
            diaObjectId: newest.diaObjectId, home: newest.home, ra: newest.firstRa, dec: newest.firstDec,
            firstKnown: newest.firstKnown)
        record.ra = newest.ra
        record.dec = newest.dec
        record.driftArcsec = newest.driftArcsec
        let bands = detections.table.column("band")
        let fluxes = detections.table.column("psfFlux")
        let errors = detections.table.column("psfFluxErr")
        let visits = detections.table.column("visit")
        var lastChanged = record.firstKnown.rawValue
        for (row, point) in detections.knownPoints() {
            record.add(point)
            lastChanged = max(lastChanged, detections.knownFrom[row])
            record.lastVisit = max(record.lastVisit, VisitID(rawValue: visits.int64(row) ?? 0))
            guard !detections.isWithdrawn(row),
                let band = bands.reference(row).flatMap({ Band(detections.table.arena.string($0)) })
            else { continue }
            record.statistics[Int(band.rawValue)].add(
                flux: fluxes.number(row), fluxErr: errors.number(row), midpoint: point.midpoint)
        }
        for (row, point) in forced.knownPoints() {
            record.add(point)
            lastChanged = max(lastChanged, forced.knownFrom[row])
        }
        record.lastChanged = CommitSeq(rawValue: lastChanged)
        return record
    }
}
