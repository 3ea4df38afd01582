import Core
import Simulator
import Storage
import Synchronization

/// What became of the simulated alerts, by what they really are: stored, recognised, passed by which filter.
final class TruthTally: Sendable {
    private struct Line {
        var simulated = 0
        var stored = 0
        var solarSystem = 0
        /// By filter.
        var hits: [String: Int] = [:]
    }

    private struct State {
        var labels: [DiaSourceID: TransientClass] = [:]
        var lines: [TransientClass: Line] = [:]
        var filters: [String] = []
    }

    private let state = Mutex(State())

    /// Takes what the alerts of a visit are.
    func note(_ truth: [AlertTruth]) {
        state.withLock { state in
            for one in truth where state.labels.updateValue(one.label, forKey: one.diaSourceID) == nil {
                state.lines[one.label, default: Line()].simulated += 1
            }
        }
    }

    /// Looks up in the alert blocks what the broker made of them.
    func count(_ database: EmbeddedDatabase) throws(DependencyFault) {
        var found = state.withLock { $0 }
        try database.alertBlocks(night: nil, sections: ["alert", "verdicts"]) { (block) throws(DependencyFault) in
            guard let alerts = block.table("alert") else { return true }
            let (ids, ssIds) = (alerts.column("diaSourceId"), alerts.column("ssObjectId"))
            let kinds = alerts.column("outcome")
            let verdicts = TruthTally.verdicts(block)
            for row in 0..<alerts.rowCount
            where kinds.int32(row) != Int32(AlertOutcome.Kind.duplicate.rawValue) {
                guard let label = found.labels.removeValue(forKey: DiaSourceID(rawValue: ids.int64(row) ?? 0)) else {
                    continue
                }
                found.lines[label]?.stored += 1
                if ssIds.int64(row) ?? 0 != 0 { found.lines[label]?.solarSystem += 1 }
                for (filter, column) in verdicts where column.int32(row) == Int32(FilterVerdict.passed.rawValue) {
                    found.lines[label]?.hits[filter, default: 0] += 1
                }
            }
            return true
        }
        found.filters = Set(found.lines.values.flatMap(\.hits.keys)).sorted()
        let result = found
        state.withLock { $0 = result }
    }

    /// Filters of a block with their verdicts, as columns named `filter@version`.
    private static func verdicts(_ block: AlertBlock) -> [(filter: String, column: Column)] {
        guard let table = block.table("verdicts") else { return [] }
        return zip(table.schema.columns, table.columns).compactMap { schema, column in
            schema.name.lastIndex(of: "@").map { (String(schema.name[..<$0]), column) }
        }
    }

    // MARK: Text

    private static func ordered(_ state: borrowing State) -> [(label: TransientClass, line: Line)] {
        TransientClass.allCases.compactMap { label in state.lines[label].map { (label, $0) } }
    }

    /// One line a class, one column a filter.
    var table: String {
        let (lines, filters) = state.withLock { (TruthTally.ordered($0), $0.filters) }
        let heads = ["what they really are", "alerts", "stored", "in packets a body"] + filters.map { "hits of " + $0 }
        let cells = lines.map { label, line in
            ["\(label)", "\(line.simulated)", "\(line.stored)", "\(line.solarSystem)"]
                + filters.map { "\(line.hits[$0] ?? 0)" }
        }
        return TruthTally.aligned([heads] + cells)
    }

    /// The first column to the left, the others to the right.
    static func aligned(_ rows: [[String]]) -> String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - row[column].count)
                return column == 0 ? "  " + row[column] + space : space + row[column]
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    func appendMember(to writer: inout TextWriter) {
        let (lines, filters) = state.withLock { (TruthTally.ordered($0), $0.filters) }
        writer.append(",\"truth\":{")
        for (index, (label, line)) in lines.enumerated() {
            if index > 0 { writer.append(",") }
            writer.append(jsonString: label.description)
            writer.append(string: ":{\"alerts\":\(line.simulated),\"stored\":\(line.stored)")
            writer.append(string: ",\"solar_system\":\(line.solarSystem),\"hits\":{")
            for (index, filter) in filters.enumerated() {
                if index > 0 { writer.append(",") }
                writer.append(jsonString: filter)
                writer.append(string: ":\(line.hits[filter] ?? 0)")
            }
            writer.append("}}")
        }
        writer.append("}")
    }
}
