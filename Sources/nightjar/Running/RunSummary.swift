import Core
import Pipeline

/// What a run did, as a table for people or as JSON under the names of `/metrics`.
struct RunSummary {
    let totals: PipelineTotals
    let topics: [TopicExtent]
    /// Of a demo: when its publications could be read, and what its alerts really were.
    var publications: PublicationWatch?
    var truth: TruthTally?
    var bodies: SolarScore?

    private var rate: Double { totals.seconds > 0 ? Double(totals.count("received")) / totals.seconds : 0 }

    func print(format: String) {
        if format == "json" { Console.print(json) } else { Console.print(table) }
    }

    var json: String {
        var writer = TextWriter()
        writer.append("{")
        // A counter that stayed 0 is there too: who reads the sums need not know which may be missing.
        let always = ["received", "decoded", "dead_lettered", "new", "revised", "duplicate"]
        let present = Dictionary(always.map { ($0, 0) }, uniquingKeysWith: +).merging(totals.counters) { $1 }
        let counters = present.map { CounterValue(visit: VisitID(rawValue: 0), name: $0.key, value: $0.value) }
        for sum in ConservationSeries.sums(counters) {
            writer.append(jsonString: sum.series)
            writer.append(string: ":\(sum.value),")
        }
        writer.append("\"points\":")
        writer.append(integer: totals.storedPoints)
        writer.append(",\"commits\":")
        writer.append(integer: Int64(totals.commits))
        writer.append(",\"seconds\":")
        writer.append(double: totals.seconds)
        writer.append(",\"conserved\":")
        writer.append(totals.isConserved ? "true" : "false")
        if let publications { publications.appendMember(to: &writer) }
        if let truth { truth.appendMember(to: &writer) }
        if let bodies { bodies.appendMember(to: &writer) }
        writer.append("}")
        return writer.text
    }

    private var table: String {
        var rows: [(String, String)] = [
            ("received", "\(totals.count("received"))"),
            ("decoded", "\(totals.count("decoded"))"),
            ("dead letters", "\(totals.count("dead_lettered"))"),
            ("new", "\(totals.count("new"))"),
            ("revised", "\(totals.count("revised"))"),
            ("duplicates", "\(totals.count("duplicate"))"),
            ("Solar System", "\(totals.count("solar_system"))"),
            ("stored points", "\(totals.storedPoints)"),
        ]
        for name in names(between: "catalogue/", and: "/matched") {
            rows.append(("matched in \(name)", "\(totals.count("catalogue/\(name)/matched"))"))
        }
        for name in names(between: "catalogue/", and: "/unknown") where totals.count("catalogue/\(name)/unknown") > 0 {
            rows.append(("unknown in \(name)", "\(totals.count("catalogue/\(name)/unknown"))"))
        }
        rows += solarRows
        for name in names(between: "filter/", and: "/passed") {
            rows.append(("hits of \(name)", "\(totals.count("filter/\(name)/passed"))"))
        }
        for (title, suffix) in [("wait for a catalogue", "/waiting"), ("evaluated again", "/reevaluated")] {
            let count = totals.sum(prefix: "filter/", suffix: suffix)
            if count != 0 { rows.append((title, "\(count)")) }
        }
        for topic in topics {
            rows.append(("published to \(topic.topic)", "\(totals.count("published/\(topic.topic)"))"))
        }
        rows.append(("commits", "\(totals.commits)"))
        rows.append(("rate", "\(Int(rate)) alerts/s over \(RunSummary.seconds(totals.seconds))"))
        if let median = totals.latency(quantile: 0.5), let tail = totals.latency(quantile: 0.99) {
            rows.append(("latency to commit", "p50 \(RunSummary.seconds(median)), p99 \(RunSummary.seconds(tail))"))
        }
        if let publications, let median = publications.latency(quantile: 0.5),
            let tail = publications.latency(quantile: 0.99)
        {
            rows.append(("latency to publication", "p50 \(RunSummary.seconds(median)), p99 \(RunSummary.seconds(tail))"))
        }
        rows.append(
            (
                "conservation",
                totals.isConserved
                    ? "received = decoded + dead letters; decoded = new + revised + duplicates" : "BROKEN"
            ))
        let width = rows.map(\.0.count).max() ?? 0
        let lines = rows.map { "  " + $0.0 + String(repeating: " ", count: width - $0.0.count + 2) + $0.1 }
        return (lines + (truth.map { ["", $0.table] } ?? []) + (bodies.map { ["", $0.table] } ?? [])).joined(separator: "\n")
    }

    /// Where orbits are in use.
    private var solarRows: [(String, String)] {
        guard totals.sum(prefix: "sso/", suffix: "matched") + totals.count("sso/unknown") > 0 else { return [] }
        let titles = [
            ("attributed to orbits", "matched", true), ("not compared with orbits", "unknown", false),
            ("only the packet names one", "packet_only", false), ("only we name one", "ours_only", false),
            ("packet and we disagree", "disagrees", false),
        ]
        return titles.filter { $0.2 || totals.count("sso/\($0.1)") > 0 }.map { ($0.0, "\(totals.count("sso/\($0.1)"))") }
    }

    private func names(between prefix: String, and suffix: String) -> [String] {
        totals.counters.keys.filter { $0.hasPrefix(prefix) && $0.hasSuffix(suffix) }
            .map { String($0.dropFirst(prefix.count).dropLast(suffix.count)) }.sorted()
    }

    static func seconds(_ value: Double) -> String {
        value < 1 ? "\(Int((value * 1000).rounded())) ms" : "\((value * 100).rounded() / 100) s"
    }
}
