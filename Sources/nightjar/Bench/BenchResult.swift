import Core
import Glibc

/// One measured figure: the median, least and greatest of some runs, printed as one JSON object a line.
struct BenchResult {
    let name: String
    let metric: String
    let unit: String
    let values: [Double]
    /// How much was done in each run: alerts, rows, points.
    let n: Int

    init(_ name: String, _ metric: String, unit: String, values: [Double], n: Int) {
        precondition(!values.isEmpty, "a benchmark without a run")
        self.name = name
        self.metric = metric
        self.unit = unit
        self.values = values
        self.n = n
    }

    var median: Double {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    func print() {
        var writer = TextWriter()
        writer.append("{\"case\":")
        writer.append(jsonString: name)
        writer.append(",\"metric\":")
        writer.append(jsonString: metric)
        writer.append(",\"unit\":")
        writer.append(jsonString: unit)
        for (key, value) in [("median", median), ("min", values.min() ?? 0), ("max", values.max() ?? 0)] {
            writer.append(string: ",\"\(key)\":")
            writer.append(double: value)
        }
        writer.append(string: ",\"runs\":\(values.count),\"n\":\(n),\"machine\":")
        writer.append(jsonString: Machine.name)
        writer.append(",\"commit\":")
        writer.append(jsonString: Machine.commit)
        writer.append("}\n")
        Console.print(writer)
    }
}

/// What a figure was measured on.
enum Machine {
    /// Processor and number of cores.
    static var name: String {
        let model = TextFile.read("/proc/cpuinfo")?.split(separator: "\n").first { $0.hasPrefix("model name") }
        let text = model?.split(separator: ":").last.map { String($0.trimmingSpaces) } ?? "unknown processor"
        return "\(text), \(sysconf(Int32(_SC_NPROCESSORS_ONLN))) cores"
    }

    /// The checked-out commit of the directory that the process works in or of one above it, "unknown" outside a checkout.
    static var commit: String { GitCheckout.head() ?? "unknown" }

    /// Processor time of this process so far, all threads, in seconds.
    static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Resident anonymous memory of this process, in bytes.
    static var anonymousBytes: Int {
        let line = TextFile.read("/proc/self/status")?.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }
}
