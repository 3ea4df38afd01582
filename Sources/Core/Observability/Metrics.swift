import Synchronization

/// Every metric of the process by name and labels; renders Prometheus' text exposition format 0.0.4.
///
/// Look a metric up once and keep it: what it hands out is updated without the registry's lock.
public final class MetricRegistry: Sendable {
    /// The process's own registry, which `/metrics` shows.
    public static let process = MetricRegistry()

    private struct Family {
        let name: String
        let help: String
        let type: String
        var series: [String: any Metric] = [:]
    }

    private let families = Mutex<[String: Family]>([:])

    public init() {}

    /// A count that only grows; its name ends in `_total` by Prometheus' custom.
    public func counter(_ name: String, help: String, labels: [(String, String)] = []) -> Counter {
        register(name, help: help, type: "counter", labels: labels) { Counter() }
    }

    /// A value that rises and falls.
    public func gauge(_ name: String, help: String, labels: [(String, String)] = []) -> Gauge {
        register(name, help: help, type: "gauge", labels: labels) { Gauge() }
    }

    /// A gauge whose value is asked for at each scrape; a later one takes the place of an earlier one.
    public func gauge(
        _ name: String, help: String, labels: [(String, String)] = [], read: @escaping @Sendable () -> Double
    ) {
        insert(name, help: help, type: "gauge", labels: labels, metric: ReadGauge(read: read))
    }

    /// A counter whose value is asked for at each scrape.
    public func counter(
        _ name: String, help: String, labels: [(String, String)] = [], read: @escaping @Sendable () -> Double
    ) {
        insert(name, help: help, type: "counter", labels: labels, metric: ReadGauge(read: read))
    }

    /// A distribution; `bounds` are the upper edges of its buckets, ascending.
    public func histogram(
        _ name: String, help: String, labels: [(String, String)] = [], bounds: [Double] = Histogram.seconds
    ) -> Histogram {
        register(name, help: help, type: "histogram", labels: labels) { Histogram(bounds: bounds) }
    }

    private func register<M: Metric>(
        _ name: String, help: String, type: String, labels: [(String, String)], make: () -> M
    ) -> M {
        let key = MetricRegistry.labelText(labels)
        return families.withLock { families in
            var family = families[name] ?? Family(name: name, help: help, type: type)
            if let known = family.series[key] as? M { return known }
            precondition(family.series[key] == nil && family.type == type, "metric \(name) has two types")
            let metric = make()
            family.series[key] = metric
            families[name] = family
            return metric
        }
    }

    private func insert(_ name: String, help: String, type: String, labels: [(String, String)], metric: ReadGauge) {
        let key = MetricRegistry.labelText(labels)
        families.withLock { families in
            families[name, default: Family(name: name, help: help, type: type)].series[key] = metric
        }
    }

    /// Prometheus' text, families and series in order of name.
    public func render(into writer: inout TextWriter) {
        let snapshot = families.withLock { families in families.values.sorted { $0.name < $1.name } }
        for family in snapshot {
            writer.append(string: "# HELP \(family.name) \(MetricRegistry.escape(family.help))\n")
            writer.append(string: "# TYPE \(family.name) \(family.type)\n")
            for (labels, metric) in family.series.sorted(by: { $0.key < $1.key }) {
                metric.render(name: family.name, labels: labels, into: &writer)
            }
        }
    }

    /// `a="1",b="2"`, in the order given.
    static func labelText(_ labels: [(String, String)]) -> String {
        labels.map { "\($0.0)=\"\(escape($0.1))\"" }.joined(separator: ",")
    }

    private static func escape(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"": escaped += "\\\""
            default: escaped.append(character)
            }
        }
        return escaped
    }
}

/// One series: renders itself under a name with labels.
protocol Metric: AnyObject, Sendable {
    func render(name: String, labels: String, into writer: inout TextWriter)
}

extension TextWriter {
    /// One line `name{labels} value`; Prometheus wants `NaN` and `+Inf` spelled out.
    mutating func append(sample name: String, labels: String, value: Double) {
        append(string: name)
        if !labels.isEmpty { append(string: "{\(labels)}") }
        append(byte: 0x20)
        if value.isNaN {
            append("NaN")
        } else if value.isInfinite {
            append(string: value > 0 ? "+Inf" : "-Inf")
        } else if value == value.rounded(), abs(value) < 1e15 {
            append(integer: Int64(value))
        } else {
            append(double: value)
        }
        append(byte: 0x0A)
    }
}
