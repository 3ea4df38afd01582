/// The database's conservation counters under the names that `/metrics`, `status` and `--format json` show.
public enum ConservationSeries {
    /// `received` → `nightjar_received_total`; `filter/NAME/passed` → `nightjar_filter_passed_total{filter="NAME"}`;
    /// `catalogue/NAME/matched` → `nightjar_catalogue_total{catalogue="NAME",status="matched"}`; `published/TOPIC` →
    /// `nightjar_published_total{topic="TOPIC"}`;
    /// `sso/matched` → `nightjar_sso_alerts{status="matched"}`; `sso/packet_only` →
    /// `nightjar_sso_packet{agreement="packet_only"}`;
    /// `filter/NAME/waiting` → `nightjar_filter_waiting{filter="NAME"}`; `dead_lettered/truncated` →
    /// `nightjar_dead_lettered_by_reason_total{reason="truncated"}`.
    public static func split(_ counter: String) -> (name: String, labels: [(String, String)]) {
        let parts = counter.split(separator: "/").map(String.init)
        if parts.count >= 3, parts[0] == "filter" {
            let name = parts[1..<parts.count - 1].joined(separator: "/")
            // Goes up and down: no total.
            if parts[parts.count - 1] == "waiting" { return ("nightjar_filter_waiting", [("filter", name)]) }
            return (metricName("filter_" + parts[parts.count - 1]), [("filter", name)])
        }
        guard parts.count > 1 else { return (metricName(counter), []) }
        let rest = parts[1...].joined(separator: "/")
        switch parts[0] {
        case "catalogue" where parts.count >= 3:
            let name = parts[1..<parts.count - 1].joined(separator: "/")
            return (metricName("catalogue"), [("catalogue", name), ("status", parts[parts.count - 1])])
        case "published": return (metricName("published"), [("topic", rest)])
        // A name of its own, so that a sum over a metric counts nothing twice.
        case "dead_lettered": return (metricName("dead_lettered_by_reason"), [("reason", rest)])
        // An alert of which nothing was known counts among the others later: no total.
        case "sso" where ["matched", "unmatched", "unknown"].contains(rest):
            return ("nightjar_sso_alerts", [("status", rest)])
        case "sso": return ("nightjar_sso_packet", [("agreement", rest)])
        default: return (metricName(parts[0]), [("kind", rest)])
        }
    }

    /// The whole series as Prometheus writes it.
    public static func text(_ counter: String) -> String {
        let (name, labels) = split(counter)
        return labels.isEmpty ? name : "\(name){\(MetricRegistry.labelText(labels))}"
    }

    /// Counters of several visits as one sum a series, in order of series.
    public static func sums(_ counters: [CounterValue]) -> [(series: String, value: Int64)] {
        var sums: [String: Int64] = [:]
        for counter in counters { sums[text(counter.name), default: 0] += counter.value }
        return sums.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func metricName(_ text: String) -> String {
        let clean = text.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: byte
            default: UInt8(ascii: "_")
            }
        }
        return "nightjar_" + String(decoding: clean, as: UTF8.self) + "_total"
    }
}
