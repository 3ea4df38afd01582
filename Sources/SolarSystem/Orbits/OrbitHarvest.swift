import Core

/// Collects the orbits that alerts bring with them (their mpc_orbits records), the newest epoch of each body, for the next set.
public struct OrbitHarvest {
    private var builder = OrbitSetBuilder()
    /// Of each body, the newest epoch and where it came from: the same record comes with every alert of the body.
    private var newest: [BodyKey: Double] = [:]
    private var fields = ElementFields(usesPlainUnits: false)
    private var draft = OrbitDraft()
    private let numeric: [(field: ElementField, column: Int)]
    private let texts: [(field: ElementField, column: Int)]

    /// Records seen.
    public private(set) var records = 0
    /// Records that are no orbit, with the first ten reasons.
    public private(set) var badRecords = 0
    public private(set) var firstBad: [String] = []

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
    /// - Parameter table: of `Tables.mpcOrbits`.
    public mutating func add(_ table: ColumnTable) {
        for row in 0..<table.rowCount where table.isPresent(row) { add(row, of: table) }
    }

    private mutating func add(_ row: Int, of table: ColumnTable) {
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
        if !draft.key.isEmpty, let known = newest[draft.key], known >= draft.elements.epochMjdTT { return }
        let key = draft.key
        if let cell = table.columns[texts[2].column].reference(row) {
            fields.fit = [UInt8](table.arena.bytes(cell))
            draft.reset()
            _ = fields.fill(&draft)
        }
        if let problem = OrbitChecks.problem(&draft) {
            badRecords += 1
            if firstBad.count < 10 {
                firstBad.append("\(key.designation?.unpacked ?? "an orbit without a designation"): \(problem)")
            }
            return
        }
        newest[key] = draft.elements.epochMjdTT
        builder.add(draft)
    }

    /// Makes a new set of the orbits in use and the harvest; of each body the newest epoch stays.
    /// - Returns: nil when nothing was harvested.
    public func publish(to store: OrbitStore) throws -> OrbitStore.Published? {
        guard builder.count > 0 else { return nil }
        return try store.exclusively {
            var merged = OrbitSetBuilder()
            if let current = try store.openCurrent() { try merged.add(contentsOf: current) }
            merged.add(contentsOf: builder)
            return try store.publishLocked(merged)
        }
    }
}
