import Core

/// The conservation counters as the page shows them: in the order of an alert's life, filters and catalogues as tables.
struct HomeCounters {
    static let verdicts = ["passed", "rejected", "failed", "undetermined"]
    static let statuses = ["matched", "unmatched", "unknown"]
    private static let stages = [
        ("received", "received"), ("decoded", "decoded"), ("dead_lettered", "dead letters"), ("new", "new"),
        ("revised", "revised"), ("duplicate", "duplicates"), ("solar_system", "Solar System"),
    ]

    private var sums: [String: Int64] = [:]

    init(_ counters: [CounterValue]) {
        for counter in counters { sums[counter.name, default: 0] += counter.value }
    }

    var isEmpty: Bool { sums.isEmpty }

    /// Stages that counted something.
    var tiles: [(name: String, value: Int64)] {
        HomeCounters.stages.compactMap { counter, title in sums[counter].map { (title, $0) } }
    }

    var filters: [(name: String, values: [Int64])] { rows("filter", HomeCounters.verdicts) }
    var catalogues: [(name: String, values: [Int64])] { rows("catalogue", HomeCounters.statuses) }

    /// `FAMILY/NAME/COLUMN` counters, one row a name, in order of names.
    private func rows(_ family: String, _ columns: [String]) -> [(name: String, values: [Int64])] {
        let names = Set(
            sums.keys.compactMap { key -> String? in
                guard key.hasPrefix(family + "/"), let end = key.lastIndex(of: "/") else { return nil }
                let start = key.index(key.startIndex, offsetBy: family.count + 1)
                return start < end ? String(key[start..<end]) : nil
            })
        return names.sorted().map { name in (name, columns.map { sums["\(family)/\(name)/\($0)"] ?? 0 }) }
    }
}
