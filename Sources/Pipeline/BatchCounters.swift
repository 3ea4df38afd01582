import Core

/// The conservation counters of one batch, per visit, as the commit writes them.
///
/// received = decoded + dead_lettered; decoded = new + revised + duplicate; per filter the verdicts sum to new + revised.
struct BatchCounters {
    private struct Key: Hashable {
        let visit: VisitID
        let name: String
    }

    private var amounts: [Key: Int64] = [:]

    init(_ deltas: [CounterDelta] = []) {
        for delta in deltas { add(delta.name, visit: delta.visit, delta.amount) }
    }

    mutating func add(_ other: BatchCounters) {
        for (key, amount) in other.amounts { amounts[key, default: 0] += amount }
    }

    mutating func add(_ name: String, visit: VisitID, _ amount: Int64 = 1) {
        guard amount != 0 else { return }
        amounts[Key(visit: visit, name: name), default: 0] += amount
    }

    /// In order of visit and name.
    var deltas: [CounterDelta] {
        amounts.map { CounterDelta(visit: $0.key.visit, name: $0.key.name, amount: $0.value) }
            .sorted { ($0.visit.rawValue, $0.name) < ($1.visit.rawValue, $1.name) }
    }

    /// Counts rows by visit without a String per row: a batch holds few visits.
    mutating func addOutcomes(_ outcomes: [AlertOutcome]) {
        for (visit, rows) in BatchCounters.byVisit(outcomes) {
            add("received", visit: visit, Int64(rows.count))
            add("decoded", visit: visit, Int64(rows.count))
            for (name, kind) in [("new", AlertOutcome.Kind.new), ("revised", .revised), ("duplicate", .duplicate)] {
                add(name, visit: visit, Int64(rows.count { outcomes[$0].kind == kind }))
            }
            let committed = rows.filter { outcomes[$0].kind != .duplicate }
            add("solar_system", visit: visit, Int64(committed.count { outcomes[$0].diaObjectId.isNone }))
        }
    }

    mutating func addVerdicts(_ verdicts: FilterVerdicts, outcomes: [AlertOutcome]) {
        for (visit, rows) in BatchCounters.byVisit(outcomes) {
            var counts = [Int64](repeating: 0, count: FilterVerdict.allCases.count)
            for row in rows where outcomes[row].kind != .duplicate { counts[Int(verdicts.verdicts[row].rawValue)] += 1 }
            for verdict in FilterVerdict.allCases {
                add("filter/\(verdicts.filter)/\(verdict.counterName)", visit: visit, counts[Int(verdict.rawValue)])
            }
        }
    }

    mutating func addMatches(_ matches: NearestMatches, outcomes: [AlertOutcome]) {
        let status = matches.table.column("status")
        let arena = matches.table.arena
        for (visit, rows) in BatchCounters.byVisit(outcomes) {
            var counts: [Int64] = [0, 0, 0]
            for row in rows where outcomes[row].kind != .duplicate {
                guard let reference = status.reference(row) else { continue }
                // matched, unmatched, unknown: told apart by their third byte.
                switch arena.bytes(reference)[2] {
                case UInt8(ascii: "t"): counts[0] += 1
                case UInt8(ascii: "m"): counts[1] += 1
                default: counts[2] += 1
                }
            }
            for (name, count) in zip(["matched", "unmatched", "unknown"], counts) {
                add("catalogue/\(matches.catalogue)/\(name)", visit: visit, count)
            }
        }
    }

    /// matched + unmatched + unknown = new + revised.
    mutating func addSolar(_ views: ColumnTable, outcomes: [AlertOutcome]) {
        let (status, agreement) = (views.column("status"), views.column("packet_agreement"))
        for (visit, rows) in BatchCounters.byVisit(outcomes) {
            var counts = SolarTally()
            for row in rows where outcomes[row].kind != .duplicate {
                guard let word = status.reference(row), let other = agreement.reference(row) else { continue }
                counts.add(status: views.arena.bytes(word), agreement: views.arena.bytes(other))
            }
            counts.add(to: &self, visit: visit)
        }
    }

    private static func byVisit(_ outcomes: [AlertOutcome]) -> [(visit: VisitID, rows: [Int])] {
        var groups: [(visit: VisitID, rows: [Int])] = []
        for (row, outcome) in outcomes.enumerated() {
            if let last = groups.indices.last, groups[last].visit == outcome.visit {
                groups[last].rows.append(row)
            } else if let group = groups.firstIndex(where: { $0.visit == outcome.visit }) {
                groups[group].rows.append(row)
            } else {
                groups.append((outcome.visit, [row]))
            }
        }
        return groups
    }
}

/// How many alerts of a visit are whose.
struct SolarTally {
    private var statuses: [Int64] = [0, 0, 0]
    private var agreements: [Int64] = [0, 0, 0]
    private static let counted: [PacketAgreement] = [.packetOnly, .oursOnly, .disagrees]

    /// matched, unmatched, unknown: told apart by their third byte; agreements that are counted, by their first.
    mutating func add(status: UnsafeRawBufferPointer, agreement: UnsafeRawBufferPointer) {
        switch status[2] {
        case UInt8(ascii: "t"): statuses[0] += 1
        case UInt8(ascii: "m"): statuses[1] += 1
        default: statuses[2] += 1
        }
        switch agreement.first {
        case UInt8(ascii: "p"): agreements[0] += 1
        case UInt8(ascii: "o"): agreements[1] += 1
        case UInt8(ascii: "d"): agreements[2] += 1
        default: break
        }
    }

    mutating func add(_ view: SolarView) {
        statuses[view.status == .matched ? 0 : view.status == .unmatched ? 1 : 2] += 1
        if let place = SolarTally.counted.firstIndex(of: view.agreement) { agreements[place] += 1 }
    }

    func add(to counters: inout BatchCounters, visit: VisitID) {
        for (status, count) in zip(["matched", "unmatched", "unknown"], statuses) {
            counters.add("sso/\(status)", visit: visit, count)
        }
        for (agreement, count) in zip(SolarTally.counted, agreements) {
            counters.add("sso/\(agreement.rawValue)", visit: visit, count)
        }
    }
}
