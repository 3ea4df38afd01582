import Core

/// What a run did so far, over all visits: the counters under the names of `/metrics`, rates and latencies.
public struct PipelineTotals: Sendable {
    public private(set) var counters: [String: Int64] = [:]
    public private(set) var commits = 0
    public private(set) var storedPoints: Int64 = 0
    public private(set) var storedReads = 0
    public private(set) var seconds = 0.0
    /// Seconds from a message's timestamp to its synced commit, one a batch (its oldest message).
    public private(set) var commitLatencies: [Double] = []

    public init() {}

    public func count(_ name: String) -> Int64 { counters[name] ?? 0 }

    /// Sum of the counters whose name starts and ends so.
    public func sum(prefix: String, suffix: String) -> Int64 {
        counters.reduce(0) { $0 + ($1.key.hasPrefix(prefix) && $1.key.hasSuffix(suffix) ? $1.value : 0) }
    }

    mutating func add(_ plan: CommitPlan, storedReads: Int, latency: Double?, elapsed: Double) {
        for delta in plan.counters { counters[delta.name, default: 0] += delta.amount }
        commits += 1
        storedPoints += Int64(plan.points.count)
        self.storedReads += storedReads
        seconds = elapsed
        if let latency { commitLatencies.append(latency) }
    }

    /// The latency below which a share of the batches were, nil without any.
    public func latency(quantile: Double) -> Double? {
        guard !commitLatencies.isEmpty else { return nil }
        let sorted = commitLatencies.sorted()
        return sorted[min(sorted.count - 1, Int(quantile * Double(sorted.count)))]
    }

    /// received = decoded + dead_lettered; decoded = new + revised + duplicate.
    public var isConserved: Bool {
        count("received") == count("decoded") + count("dead_lettered")
            && count("decoded") == count("new") + count("revised") + count("duplicate")
    }
}
