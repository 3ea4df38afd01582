import Core
import Crossmatch
import FilterEngine
import Pipeline
import SolarSystem
import Storage

/// Runs a filter over the alerts of a past night as they were committed: cells and catalogue matches from the alert blocks, history
/// as known at each alert's commit, within the window that a packet brings. Whom an alert is attributed to is what stands now, as
/// what is published follows it.
struct Backtest {
    /// What came of it.
    struct Outcome {
        var alerts = 0
        var verdicts: [FilterVerdict: Int] = [:]
        var failures: [FilterFailure.Reason: Int] = [:]
        /// Alerts whose commit did not ask a catalogue that the filter names, by catalogue.
        var unasked: [String: Int] = [:]
        /// Alerts of which nobody could say whose they are, though the filter reads `sso`.
        var withoutSSO = 0

        func count(_ verdict: FilterVerdict) -> Int { verdicts[verdict] ?? 0 }
    }

    /// Days before an alert that its packet reaches back.
    static let windowDays = 365.0

    private let database: EmbeddedDatabase
    private let program: FilterProgram
    private let nearestSchemas: [String: TableSchema]
    private let attributions: StandingViews
    private let evaluator: FilterEvaluator
    private(set) var outcome = Outcome()

    init(database: EmbeddedDatabase, catalogues: CatalogueSet, orbits: OrbitSet?, definition: FilterDefinition) {
        self.database = database
        attributions = StandingViews(database: database, orbits: orbits)
        program = definition.program
        evaluator = FilterEvaluator(program)
        var schemas: [String: TableSchema] = [:]
        for name in program.catalogues { schemas[name] = catalogues.nearestSchema(name) }
        nearestSchemas = schemas
    }

    /// - Parameter hits: gets the selected columns of the alerts that passed, piece by piece, in order of commit.
    mutating func run(night: Night, hits: (ColumnTable) -> Void) throws(DependencyFault) {
        let sections: [String] =
            ["alert", "source", "object", "packet", "packetSSO"] + program.catalogues.map { "nearest/" + $0 }
        try database.alertBlocks(night: night, sections: Set(sections)) { (block) throws(DependencyFault) in
            try run(block, hits)
            return true
        }
    }

    private mutating func run(_ block: AlertBlock, _ hits: (ColumnTable) -> Void) throws(DependencyFault) {
        guard let alerts = block.table("alert"), let source = block.table("source"), let packet = block.table("packet"),
            let object = block.table("object"), let packetSSO = block.table("packetSSO")
        else {
            throw DependencyFault(
                "alert block \(block.night)/\(block.commitSeq)", "a section is missing", isRetriable: false)
        }
        // Blocks keep cells, not whether a record was there: it was when it has its key.
        Backtest.restorePresence(of: object, key: "diaObjectId")
        Backtest.restorePresence(of: packetSSO, key: "diaSourceId")
        let all = Backtest.rows(of: alerts)
        let withdrawn = source.column("timeWithdrawnMjdTai")
        // A withdrawn alert passes no filter.
        let rows = all.filter { withdrawn.number($0) == nil }
        let history = try history(of: rows, alerts: alerts, source: source)
        let recordedAt = try database.lineage(of: block.commitSeq)?.recordedAt ?? block.night.start
        let input = FilterInput(
            source: source, packet: packet, object: object, packetSSO: packetSSO, detections: history.detections,
            forced: history.forced, nearest: nearest(block, rows.count), sso: try sso(block, all, alerts.rowCount),
            recordedAt: recordedAt, rows: rows.map(Int32.init))
        if program.readsSSO { outcome.withoutSSO += rows.count { program.unknownInputs(ofRow: $0, in: input).sso } }
        let result = evaluator.evaluate(input)
        outcome.alerts += all.count
        if rows.count < all.count { outcome.verdicts[.rejected, default: 0] += all.count - rows.count }
        for verdict in result.verdicts { outcome.verdicts[verdict, default: 0] += 1 }
        for failure in result.failures { outcome.failures[failure.reason, default: 0] += 1 }
        if !result.passedRows.isEmpty { hits(result.selected) }
    }

    /// The alerts of a block, duplicates left out.
    private static func rows(of alerts: ColumnTable) -> [Int] {
        let kinds = alerts.column("outcome")
        let duplicate = Int32(AlertOutcome.Kind.duplicate.rawValue)
        return (0..<alerts.rowCount).filter { kinds.int32($0) != duplicate }
    }

    /// Whom the alerts stand attributed to, with a row for each of the block's; nil where no filter asks.
    private func sso(_ block: AlertBlock, _ rows: [Int], _ count: Int) throws(DependencyFault) -> ColumnTable? {
        let before = CommitSeq(rawValue: block.commitSeq.rawValue - 1)
        guard program.readsSSO, let alerts = try database.committedAlerts(night: block.night, after: before) else { return nil }
        let known = try attributions.table(of: alerts)
        precondition(known.rowCount == rows.count, "the alerts of a block are those of its commit")
        let table = ColumnTable(schema: Tables.sso, capacity: count)
        for (index, row) in rows.enumerated() {
            while table.rowCount < row { table.appendMissingRow(.null) }
            table.appendRow(index, of: known)
        }
        while table.rowCount < count { table.appendMissingRow(.null) }
        return table
    }

    private static func restorePresence(of table: ColumnTable, key: String) {
        let column = table.column(key)
        let present = table.present.buffer(as: UInt8.self)
        for row in 0..<table.rowCount { present[row] = column.hasValue(row) ? 1 : 0 }
    }

    // MARK: History

    /// Points of every row's object as its commit knew them, the trigger among them, in one question; none where no filter
    /// looks. A trigger without object is no history: it is counted anyway.
    private func history(
        of rows: [Int], alerts: ColumnTable, source: ColumnTable
    ) throws(DependencyFault) -> (detections: ChildTable, forced: ChildTable) {
        let detections = ChildTable(schema: Tables.diaSource)
        let forced = ChildTable(schema: Tables.diaForcedSource)
        let (objects, commits) = (alerts.column("diaObjectId"), alerts.column("commitSeq"))
        let midpoints = source.column("midpointMjdTai")
        var queries = [LightCurveQuery?](repeating: nil, count: alerts.rowCount)
        for row in program.readsHistory ? rows : [] {
            let object = DiaObjectID(rawValue: objects.int64(row) ?? 0)
            guard !object.isNone else { continue }
            var query = LightCurveQuery(.diaObject(object))
            query.start = MJD((midpoints.double(row) ?? 0) - Backtest.windowDays)
            query.asOf = CommitSeq(rawValue: commits.int64(row) ?? 0)
            query.kind = program.onlyHistory
            queries[row] = query
        }
        try database.appendCurves(of: queries, to: detections, forced)
        return (detections, forced)
    }

    // MARK: Catalogues

    private mutating func nearest(_ block: AlertBlock, _ count: Int) -> [NearestMatches] {
        var matches: [NearestMatches] = []
        for name in program.catalogues {
            let section = block.sections.first { $0.name == "nearest/" + name }
            guard let section, let schema = nearestSchemas[name] else {
                outcome.unasked[name, default: 0] += count
                continue
            }
            // The program was compiled for the columns that the catalogue has today.
            let stored = NearestMatches(catalogue: name, versionID: section.version, table: section.table)
            matches.append(stored.converted(to: schema))
        }
        return matches
    }
}
