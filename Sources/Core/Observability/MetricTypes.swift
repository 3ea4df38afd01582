import Synchronization

/// A count that only grows; one atomic addition an update.
public final class Counter: Metric {
    private let count = Atomic<Int64>(0)

    public init() {}

    @inline(__always) public func add(_ amount: Int64 = 1) { count.wrappingAdd(amount, ordering: .relaxed) }
    public var value: Int64 { count.load(ordering: .relaxed) }

    func render(name: String, labels: String, into writer: inout TextWriter) {
        writer.append(sample: name, labels: labels, value: Double(value))
    }
}

/// A value that rises and falls.
public final class Gauge: Metric {
    private let bits = Atomic<UInt64>(0)

    public init() {}

    @inline(__always) public func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    public func add(_ amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let (exchanged, seen) = bits.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if exchanged { return }
            old = seen
        }
    }

    public var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    func render(name: String, labels: String, into writer: inout TextWriter) {
        writer.append(sample: name, labels: labels, value: value)
    }
}

/// A value that is asked for when somebody looks.
final class ReadGauge: Metric {
    private let read: @Sendable () -> Double

    init(read: @escaping @Sendable () -> Double) { self.read = read }

    func render(name: String, labels: String, into writer: inout TextWriter) {
        writer.append(sample: name, labels: labels, value: read())
    }
}

/// A distribution in fixed buckets; an update is one uncontended lock and a search among the bounds.
public final class Histogram: Metric {
    /// Upper edges for durations in seconds: 0.1 ms to 2 min.
    public static let seconds: [Double] = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 30, 60,
        120,
    ]

    private struct State {
        var counts: [Int64]
        var sum = 0.0
        var count: Int64 = 0
        var max = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    public init(bounds: [Double] = Histogram.seconds) {
        precondition(!bounds.isEmpty && zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "bounds must ascend")
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    public func observe(_ value: Double, times: Int64 = 1) {
        guard !value.isNaN else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock {
            $0.counts[bucket] += times
            $0.sum += value * Double(times)
            $0.count += times
            $0.max = Swift.max($0.max, value)
        }
    }

    public var count: Int64 { state.withLock { $0.count } }

    /// The value below which the share `q` (0…1) of the observations lies, interpolated inside its bucket; nil when empty.
    public func quantile(_ q: Double) -> Double? {
        state.withLock { state in
            guard state.count > 0 else { return nil }
            let target = q * Double(state.count)
            var below = 0.0
            for (index, count) in state.counts.enumerated() where count > 0 {
                let reached = below + Double(count)
                if reached >= target {
                    let low = index == 0 ? 0 : bounds[index - 1]
                    let high = index == bounds.count ? state.max : min(bounds[index], state.max)
                    return low + (high - low) * max(0, (target - below) / Double(count))
                }
                below = reached
            }
            return state.max
        }
    }

    func render(name: String, labels: String, into writer: inout TextWriter) {
        let state = state.withLock { $0 }
        let prefix = labels.isEmpty ? "" : labels + ","
        var total: Int64 = 0
        for (index, count) in state.counts.enumerated() {
            total += count
            let edge = index == bounds.count ? "+Inf" : bounds[index].description
            writer.append(sample: name + "_bucket", labels: prefix + "le=\"\(edge)\"", value: Double(total))
        }
        writer.append(sample: name + "_sum", labels: labels, value: state.sum)
        writer.append(sample: name + "_count", labels: labels, value: Double(state.count))
    }
}
