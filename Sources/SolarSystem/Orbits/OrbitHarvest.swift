import Core

/// Collects the orbits that alerts bring with them (their mpc_orbits records), the newest epoch of each body, for the next set.
/// At the same epoch that of the later fit stays, then that of the later change, else that of the later commit.
public struct OrbitHarvest {
    private var builder = OrbitSetBuilder()
    /// The newest record of each body: the same one comes with every alert of the body.
    private var newest: [BodyKey: Standing] = [:]
    private var fields = ElementFields(usesPlainUnits: false)
    private var draft = OrbitDraft()
    private let numeric: [(field: ElementField, column: Int)]
    private let texts: [(field: ElementField, column: Int)]

    private var latestAlertMjdTai = -Double.infinity

    /// Records seen.
    public private(set) var records = 0
    /// Records that are no orbit, with the first ten reasons.
    public private(set) var badRecords = 0
    public private(set) var firstBad: [String] = []

    private static let fitColumn = Tables.mpcOrbits.require("fitting_datetime")
    private static let changeColumn = Tables.mpcOrbits.require("updated_at")

    public init() {
        let schema = Tables.mpcOrbits
        let numbers: [(ElementField, String)] = [
            (.q, "q"), (.e, "e"), (.inclination, "i"), (.node, "node"), (.argPeri, "argperi"),
            (.timeOfPerihelion, "peri_time"), (.epoch, "epoch_mjd"), (.semiMajorAxis, "a"),
            (.meanAnomaly, "mean_anomaly"), (.h, "h"), (.g, "g"), (.a1, "a1"), (.a2, "a2"), (.a3, "a3"),
            (.yarkovsky, "yarkovsky"), (.srp, "srp"), (.arc, "arc_length_total"),
        ]
        numeric = numbers.map { ($0.0, schema.require($0.1)) }
        let words: [(ElementField, String)] = [
            (.designation, "unpacked_primary_provisional_designation"),
            (.packed, "packed_primary_provisional_designation"), (.fit, "mpc_orb_jsonb"),
        ]
        texts = words.map { ($0.0, schema.require($0.1)) }
    }

    /// Bodies with a new orbit so far.
    public var bodies: Int { newest.count }

    /// Takes the records of a batch's alerts; rows without one are passed over.
    /// - Parameters:
    ///   - table: of `Tables.mpcOrbits`.
    ///   - sources: the same alerts' rows of `Tables.diaSource`: an orbit is judged by the time of its alert.
    ///   - commitSeq: of the write that brought it.
    public mutating func add(
        _ table: ColumnTable, sources: ColumnTable, commitSeq: CommitSeq = CommitSeq(rawValue: 0)
    ) {
        let midpoints = sources.column("midpointMjdTai")
        for row in 0..<table.rowCount where table.isPresent(row) {
            add(row, of: table, commitSeq, alertMjdTai: midpoints.number(row) ?? .nan)
        }
    }

    private mutating func add(
        _ row: Int, of table: ColumnTable, _ commitSeq: CommitSeq, alertMjdTai: Double
    ) {
        records += 1
        fields.reset()
        for (field, column) in numeric {
            if let value = table.columns[column].number(row) { fields[field] = value }
        }
        for (field, column) in texts where field != .fit {
            if let cell = table.columns[column].reference(row) { _ = fields.take(field, table.arena.bytes(cell)) }
        }
        draft.reset()
        // Who it is and how new, before the document of several kilobytes is read.
        if case .satellite = fields.fill(&draft) { return }
        let standing = Standing(
            elements: draft.elements, fitted: table.columns[OrbitHarvest.fitColumn].int64(row),
            changed: table.columns[OrbitHarvest.changeColumn].int64(row), commitSeq: commitSeq,
            document: table.columns[texts[2].column].reference(row).map { OrbitHarvest.checksum(table.arena.bytes($0)) })
        if !draft.key.isEmpty, let known = newest[draft.key], !standing.replaces(known) { return }
        let key = draft.key
        if let cell = table.columns[texts[2].column].reference(row) {
            fields.fit = [UInt8](table.arena.bytes(cell))
            draft.reset()
            _ = fields.fill(&draft)
        }
        if let problem = OrbitChecks.problem(&draft) ?? Self.problem(draft.elements.epochMjdTT, alertMjdTai) {
            badRecords += 1
            if firstBad.count < 10 {
                firstBad.append("\(key.designation?.unpacked ?? "an orbit without a designation"): \(problem)")
            }
            return
        }
        latestAlertMjdTai = max(latestAlertMjdTai, alertMjdTai)
        newest[key] = standing
        builder.add(draft)
    }

    private static func problem(_ epoch: Double, _ alertMjdTai: Double) -> String? {
        guard alertMjdTai.isFinite else { return "its alert has no time" }
        if let problem = OrbitChecks.problem(epoch: epoch, knownAt: alertMjdTai) { return problem }
        guard alertMjdTai - epoch > OrbitChecks.behindDays else { return nil }
        return "the epoch MJD \(epoch) is more than a century before its alert, MJD \(Int(alertMjdTai))"
    }

    /// Makes a new set of the orbits in use and the harvest; of each body the newest epoch stays, and at the
    /// same epoch what is in use: a set does not say when an orbit was fitted. Orbits in use whose epoch is too far ahead of
    /// both the clock and the alerts do not stay.
    /// - Returns: nil when nothing was harvested.
    public func publish(to store: OrbitStore, clock: any WallClock = SystemClock()) throws -> OrbitStore.Published? {
        guard builder.count > 0 else { return nil }
        return try store.exclusively {
            var merged = OrbitSetBuilder()
            merged.add(contentsOf: builder)
            // Of equal epochs the last stays.
            if let current = try store.openCurrent() {
                try merged.add(contentsOf: current, knownAt: max(clock.now.days, latestAlertMjdTai))
            }
            return try store.publishLocked(merged)
        }
    }
}

extension OrbitHarvest {
    private static func checksum(_ text: UnsafeRawBufferPointer) -> UInt64 {
        var checksum = WordChecksum(seed: 0)
        checksum.add(text)
        return checksum.value
    }

    /// How new a record is, and what tells it from another of the body.
    private struct Standing {
        /// Before the document is read.
        let elements: CometaryElements
        /// Microseconds since 1970, where the record says it.
        let fitted: Int64?
        let changed: Int64?
        let commitSeq: CommitSeq
        let document: UInt64?

        func replaces(_ known: Standing) -> Bool {
            if elements.epochMjdTT != known.elements.epochMjdTT {
                // No number at all goes on to where it is refused.
                return !(elements.epochMjdTT < known.elements.epochMjdTT)
            }
            if let fitted, let other = known.fitted, fitted != other { return fitted > other }
            if let changed, let other = known.changed, changed != other { return changed > other }
            return commitSeq >= known.commitSeq && (elements != known.elements || document != known.document)
        }
    }
}
