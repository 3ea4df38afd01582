import Core

/// Completes each alert's history for the filters: what the packet brought, the trigger itself, and what the database or
/// earlier rounds of the same batch know beside it within the packet's window; the newest content of each point, withdrawn
/// ones left out, ascending by time.
struct HistoryAssembly {
    private let plan: CommitPlan
    private let batch: AlertBatch
    private let requests: HistoryRequests
    private let histories: Histories
    private let stale: [BatchPlanner.StalePoint]
    private let detections: PointColumns
    private let forced: ForcedColumns
    private let storedDetections: PointColumns
    private let storedForced: ForcedColumns
    private let forcedWithdrawn: Column

    init(plan: CommitPlan, requests: HistoryRequests, histories: Histories, stale: [BatchPlanner.StalePoint]) {
        self.plan = plan
        batch = plan.batch
        self.requests = requests
        self.histories = histories
        self.stale = stale
        detections = PointColumns(plan.batch.detections.table)
        forced = ForcedColumns(plan.batch.forced.table)
        storedDetections = PointColumns(histories.missingDetections.table)
        storedForced = ForcedColumns(histories.missingForced.table)
        forcedWithdrawn = plan.batch.forced.table.column("timeWithdrawnMjdTai")
    }

    /// The decoder leaves a copy of the trigger right after each alert's prvDiaSources: the range grows by it.
    static func addTriggers(to batch: AlertBatch) {
        for row in 0..<batch.count {
            let rows = batch.detections.rows(of: row)
            batch.detections.setRows(of: row, to: rows.lowerBound..<rows.upperBound + 1)
        }
    }

    /// Merges what the packets lack, for rows that lack something.
    func merge() {
        for row in 0..<batch.count where plan.outcomes[row].kind != .duplicate {
            let outcome = plan.outcomes[row]
            let isRepeat = outcome.round > 0 && !outcome.diaObjectId.isNone
            let own = stale.filter { $0.batchRow == row }
            if isRepeat || !own.isEmpty || !isComplete(row, .detection) { merge(row, .detection, own) }
            if isRepeat || !own.isEmpty || !isComplete(row, .forced) { merge(row, .forced, own) }
        }
    }

    /// One content of a point.
    private struct Cell {
        let table: ColumnTable
        let row: Int
        let midpoint: Double
        let isWithdrawn: Bool
        let isOwn: Bool
    }

    /// Where the times stand in the tables of one kind of points.
    private struct TimeColumns {
        let midpoint: Int
        let withdrawn: Int

        init(_ schema: TableSchema) {
            midpoint = schema.require("midpointMjdTai")
            withdrawn = schema.require("timeWithdrawnMjdTai")
        }
    }

    private static let detectionTimes = TimeColumns(Tables.diaSource)
    private static let forcedTimes = TimeColumns(Tables.diaForcedSource)

    private func cell(_ table: ColumnTable, _ row: Int, _ kind: PointKind, isOwn: Bool) -> Cell {
        let times = kind == .detection ? HistoryAssembly.detectionTimes : HistoryAssembly.forcedTimes
        return Cell(
            table: table, row: row, midpoint: table.columns[times.midpoint].double(row) ?? 0,
            isWithdrawn: table.columns[times.withdrawn].time(row) != nil, isOwn: isOwn)
    }

    /// Whether the packet alone is the history: nothing stored beside it, ascending, each point once, none withdrawn.
    private func isComplete(_ row: Int, _ kind: PointKind) -> Bool {
        switch kind {
        case .detection:
            let own = batch.detections.rows(of: row)
            return histories.missingDetections.rows(of: row).isEmpty
                && isAscending(own, detections.midpoint) { self.detections.detection($0, hash: 0).key }
                && own.allSatisfy { detections.withdrawn.time($0) == nil }
        case .forced:
            let own = batch.forced.rows(of: row)
            return histories.missingForced.rows(of: row).isEmpty
                && isAscending(own, forced.midpoint) { self.forced.point($0, hash: 0).key }
                && own.allSatisfy { forcedWithdrawn.time($0) == nil }
        }
    }

    /// By time and by key, as ids and visits that are given night by night are: so no point is there twice.
    private func isAscending(_ rows: Range<Int>, _ midpoint: Column, _ key: (Int) -> PointKey) -> Bool {
        guard let first = rows.first else { return true }
        var last = (midpoint.double(first) ?? 0, key(first))
        for row in rows.dropFirst() {
            let next = (midpoint.double(row) ?? 0, key(row))
            guard last.0 < next.0, last.1 < next.1 else { return false }
            last = next
        }
        return true
    }

    private func merge(_ row: Int, _ kind: PointKind, _ stale: [BatchPlanner.StalePoint]) {
        let child = kind == .detection ? batch.detections : batch.forced
        var cells = storedCells(row, kind)
        addEarlierRounds(row, kind, &cells)
        var own = Set<PointKey>()
        let rows = child.rows(of: row)
        for index in rows {
            let key = kind == .detection ? detections.detection(index, hash: 0).key : forced.point(index, hash: 0).key
            // Of two contents in a packet the first counts; the trigger, which is last, before all.
            let isTrigger = kind == .detection && index == rows.upperBound - 1
            if own.insert(key).inserted || isTrigger { cells[key] = cell(child.table, index, kind, isOwn: true) }
        }
        for one in stale where one.key.kind == kind {
            cells[one.key] = one.newest.map { cell($0.table, $0.row, kind, isOwn: true) }
        }
        let windowStart = requests.alerts[row].windowStart.days
        let order = cells.filter { !$0.value.isWithdrawn && ($0.value.isOwn || $0.value.midpoint >= windowStart) }
            .sorted { ($0.value.midpoint, $0.key) < ($1.value.midpoint, $1.key) }
        let first = child.table.rowCount
        for one in order { child.table.appendRow(one.value.row, of: one.value.table) }
        child.setRows(of: row, to: first..<child.table.rowCount)
    }

    private func storedCells(_ row: Int, _ kind: PointKind) -> [PointKey: Cell] {
        var cells: [PointKey: Cell] = [:]
        switch kind {
        case .detection:
            for index in histories.missingDetections.rows(of: row) {
                cells[storedDetections.detection(index, hash: 0).key] = cell(
                    histories.missingDetections.table, index, kind, isOwn: false)
            }
        case .forced:
            for index in histories.missingForced.rows(of: row) {
                cells[storedForced.point(index, hash: 0).key] = cell(
                    histories.missingForced.table, index, kind, isOwn: false)
            }
        }
        return cells
    }

    /// What earlier rounds of this batch wrote of the object, and took from it; not in the month that the window cuts, in
    /// which the packet alone counts wherever batches are cut.
    private func addEarlierRounds(_ row: Int, _ kind: PointKind, _ cells: inout [PointKey: Cell]) {
        let object = plan.outcomes[row].diaObjectId
        let round = plan.outcomes[row].round
        let cutMonth = CalendarMonth(requests.alerts[row].windowStart)
        guard !object.isNone, round > 0 else { return }
        let writes = plan.points.filter { $0.diaObjectId == object && $0.round < round && $0.point.key.kind == kind }
        let removals = plan.removals.filter { $0.diaObjectId == object && $0.round < round }
        for earlier in 0..<round {
            for one in removals where one.round == earlier { cells[PointKey(detection: one.diaSourceId)] = nil }
            for one in writes where one.round == earlier {
                let table =
                    switch one.place {
                    case .trigger: batch.source
                    case .detection: batch.detections.table
                    case .forced: batch.forced.table
                    }
                let isCut = CalendarMonth(one.point.midpoint) <= cutMonth
                cells[one.point.key] = isCut ? nil : cell(table, Int(one.row), kind, isOwn: false)
            }
        }
    }
}
