import Core
import Storage

/// When publications can be read: looks into every topic after each commit, as a reader of its stream does.
final class PublicationWatch {
    private let database: EmbeddedDatabase
    private var next: [String: Int64] = [:]
    /// Seconds from a message's timestamp.
    private var latencies: [Double] = []

    /// Counts what is published from now on.
    init(_ database: EmbeddedDatabase) {
        self.database = database
        for topic in (try? database.topics()) ?? [] { next[topic.topic] = topic.next }
    }

    /// Reads what is new. A fault is the pipeline's to report.
    func look() {
        for topic in (try? database.topics()) ?? [] {
            var offset = next[topic.topic] ?? topic.earliest
            while offset < topic.next {
                let records = try? database.publications(
                    topic: topic.topic, from: offset, limit: 4096, maxBytes: 8 << 20)
                guard let records, let last = records.last else { break }
                let now = SystemClock().unixSeconds
                for record in records where record.producedAtUnixSeconds > 0 {
                    latencies.append(now - record.producedAtUnixSeconds)
                }
                offset = last.offset + 1
            }
            next[topic.topic] = offset
        }
    }

    /// The latency below which a share of the publications were, in seconds; nil without any.
    func latency(quantile: Double) -> Double? {
        guard !latencies.isEmpty else { return nil }
        let sorted = latencies.sorted()
        return sorted[min(sorted.count - 1, Int(quantile * Double(sorted.count)))]
    }

    func appendMember(to writer: inout TextWriter) {
        writer.append(",\"publication_latency_seconds\":{\"p50\":")
        writer.append(double: latency(quantile: 0.5) ?? .nan)
        writer.append(",\"p99\":")
        writer.append(double: latency(quantile: 0.99) ?? .nan)
        writer.append("}")
    }
}
