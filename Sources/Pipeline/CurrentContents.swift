import Core

/// The points of one object in full, followed through the rounds of a batch.
struct CurrentContents {
    /// Where the newest content of a point is.
    struct Cells {
        let point: KnownPoint
        let table: ColumnTable
        let row: Int

        /// MJD (TAI) of the content: when it was measured or withdrawn, whichever is later; nil when it does not say.
        var version: MJD? {
            let processed = table.column("timeProcessedMjdTai").time(row)
            let withdrawn = table.column("timeWithdrawnMjdTai").time(row)
            guard let processed, let withdrawn else { return processed ?? withdrawn }
            return max(processed, withdrawn)
        }

        var isWithdrawn: Bool { table.column("timeWithdrawnMjdTai").time(row) != nil }

        /// Whether this content is older than another of the same point; contents that do not say count as they come.
        func isOlder(than other: Cells) -> Bool {
            guard let own = version, let others = other.version else { return false }
            return own < others
        }
    }

    private(set) var cells: [PointKey: Cells] = [:]

    init(_ stored: ObjectContents) {
        var hashes: [UInt64] = []
        ContentHash.appendHashes(of: stored.detections, into: &hashes)
        let detections = PointColumns(stored.detections)
        for row in 0..<stored.detections.rowCount {
            set(Cells(point: detections.detection(row, hash: hashes[row]), table: stored.detections, row: row))
        }
        hashes.removeAll()
        ContentHash.appendHashes(of: stored.forced, into: &hashes)
        let forced = ForcedColumns(stored.forced)
        for row in 0..<stored.forced.rowCount {
            set(Cells(point: forced.point(row, hash: hashes[row]), table: stored.forced, row: row))
        }
    }

    mutating func set(_ one: Cells) { cells[one.point.key] = one }
    mutating func remove(_ key: PointKey) { cells[key] = nil }

    /// Statistics of the detections that are not withdrawn, summed in order of time.
    func statistics() -> [BandStatistics] {
        var statistics = [BandStatistics](repeating: BandStatistics(), count: Band.allCases.count)
        let counted = cells.values.filter { $0.point.key.kind == .detection && !$0.isWithdrawn }
            .sorted { ($0.point.midpoint, $0.point.key) < ($1.point.midpoint, $1.point.key) }
        for one in counted {
            guard let band = one.table.column("band").reference(one.row).flatMap({ Band(one.table.arena.string($0)) })
            else { continue }
            statistics[Int(band.rawValue)].add(
                flux: one.table.column("psfFlux").number(one.row),
                fluxErr: one.table.column("psfFluxErr").number(one.row), midpoint: one.point.midpoint)
        }
        return statistics
    }

    /// Points of a month, in order of key.
    func points(in month: CalendarMonth) -> [KnownPoint] {
        cells.values.map(\.point).filter { CalendarMonth($0.midpoint) == month }.sorted { $0.key < $1.key }
    }
}
