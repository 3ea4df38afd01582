import Core

/// Completes each alert's history for the filters: what the packet brought, the trigger itself, and what the database or
/// earlier rounds of the same batch know beside it, ascending by time, withdrawn points left out.
struct HistoryAssembly {
    private let batch: AlertBatch
    private let midpoint: Column
    private let withdrawn: Column
    private let forcedMidpoint: Column
    private let forcedWithdrawn: Column

    init(batch: AlertBatch) {
        self.batch = batch
        midpoint = batch.detections.table.column("midpointMjdTai")
        withdrawn = batch.detections.table.column("timeWithdrawnMjdTai")
        forcedMidpoint = batch.forced.table.column("midpointMjdTai")
        forcedWithdrawn = batch.forced.table.column("timeWithdrawnMjdTai")
    }

    /// The decoder leaves a copy of the trigger right after each alert's prvDiaSources: the range grows by it.
    func addTriggers() {
        for row in 0..<batch.count {
            let rows = batch.detections.rows(of: row)
            batch.detections.setRows(of: row, to: rows.lowerBound..<rows.upperBound + 1)
        }
    }

    /// Merges what the packets lack, for rows that lack something.
    func merge(_ histories: Histories, outcomes: [AlertOutcome], points: [PointWrite]) {
        for row in 0..<batch.count where outcomes[row].kind != .duplicate {
            let earlier = outcomes[row].round > 0 ? earlierRounds(row, outcomes, points) : ([], [])
            let storedDetections = histories.missingDetections.rows(of: row)
            let storedForced = histories.missingForced.rows(of: row)
            merge(
                batch.detections, row, histories.missingDetections.table, storedDetections, earlier.0, midpoint,
                withdrawn)
            merge(
                batch.forced, row, histories.missingForced.table, storedForced, earlier.1, forcedMidpoint,
                forcedWithdrawn)
        }
    }

    private typealias Cell = (table: ColumnTable, row: Int)

    private func merge(
        _ child: ChildTable, _ row: Int, _ stored: ColumnTable, _ storedRows: Range<Int>, _ earlier: [Cell],
        _ midpoint: Column, _ withdrawn: Column
    ) {
        let own = child.rows(of: row)
        let isOrdered = zip(own, own.dropFirst()).allSatisfy {
            (midpoint.double($0) ?? 0) <= (midpoint.double($1) ?? 0)
        }
        let hasWithdrawn = own.contains { withdrawn.number($0) != nil }
        if storedRows.isEmpty && earlier.isEmpty && isOrdered && !hasWithdrawn { return }
        var cells: [(time: Double, cell: Cell)] = []
        for index in own where withdrawn.number(index) == nil {
            cells.append((midpoint.double(index) ?? 0, (child.table, index)))
        }
        let storedMidpoint = stored.column("midpointMjdTai")
        for index in storedRows { cells.append((storedMidpoint.double(index) ?? 0, (stored, index))) }
        for cell in earlier { cells.append((cell.table.column("midpointMjdTai").double(cell.row) ?? 0, cell)) }
        let order = cells.indices.sorted { (cells[$0].time, $0) < (cells[$1].time, $1) }
        let first = child.table.rowCount
        for index in order { child.table.appendRow(cells[index].cell.row, of: cells[index].cell.table) }
        child.setRows(of: row, to: first..<child.table.rowCount)
    }

    /// Points that earlier alerts of the same object in this batch brought and this packet lacks.
    private func earlierRounds(_ row: Int, _ outcomes: [AlertOutcome], _ points: [PointWrite]) -> ([Cell], [Cell]) {
        let object = outcomes[row].diaObjectId
        guard !object.isNone else { return ([], []) }
        var detections: [Cell] = []
        var forced: [Cell] = []
        let ids = batch.detections.table.column("diaSourceId")
        let own = Set(batch.detections.rows(of: row).map { ids.int64($0) ?? 0 })
        let columns = ForcedColumns(batch.forced.table)
        let ownForced = Set(batch.forced.rows(of: row).map { columns.point($0, hash: 0).key })
        for write in points where write.diaObjectId == object && write.round < outcomes[row].round {
            switch write.place {
            case .trigger where !own.contains(write.point.key.first): detections.append((batch.source, Int(write.row)))
            case .detection where !own.contains(write.point.key.first):
                detections.append((batch.detections.table, Int(write.row)))
            case .forced where !ownForced.contains(write.point.key): forced.append((batch.forced.table, Int(write.row)))
            default: break
            }
        }
        return (detections, forced)
    }
}
