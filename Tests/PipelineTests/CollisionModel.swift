import Core

/// What is known after a stream, by the plainest means: one place a diaSourceId, one content a natural key, alert after alert.
///
/// Exact where no month is cut by a packet's window.
struct CollisionModel {
    struct ForcedKey: Hashable {
        let object: Int64
        let visit: Int64
        let detector: Int32
    }

    private(set) var detections: [Int64: TestDetection] = [:]
    private(set) var forced: [ForcedKey: TestForced] = [:]
    private var alerts: [Int64: TestDetection] = [:]

    init(_ stream: [TestAlert]) {
        for alert in stream { take(alert) }
    }

    private mutating func take(_ alert: TestAlert) {
        let trigger = alert.trigger
        var seen: Set<Int64> = [trigger.id]
        for one in alert.detections where seen.insert(one.id).inserted { take(one) }
        var seenForced = Set<ForcedKey>()
        for one in alert.forced {
            let key = ForcedKey(object: one.object, visit: one.visit, detector: one.detector)
            guard seenForced.insert(key).inserted else { continue }
            if let old = forced[key], Self.isOlder(Self.version(one.processed, one.withdrawn), old) { continue }
            forced[key] = one
        }
        if let before = alerts[trigger.id], Self.isSame(before, trigger) { return }
        alerts[trigger.id] = trigger
        take(trigger)
    }

    private mutating func take(_ one: TestDetection) {
        if let old = detections[one.id], old.object != 0, let other = Self.version(old.processed, old.withdrawn),
            let own = Self.version(one.processed, one.withdrawn), own < other
        {
            return
        }
        detections[one.id] = one
    }

    private static func isOlder(_ version: Double?, _ old: TestForced) -> Bool {
        guard let version, let other = Self.version(old.processed, old.withdrawn) else { return false }
        return version < other
    }

    private static func version(_ processed: Double?, _ withdrawn: Double?) -> Double? {
        [processed, withdrawn].compactMap { $0 }.filter(\.isFinite).max()
    }

    /// NaN is a missing value, and equals one.
    private static func isSame(_ a: TestDetection, _ b: TestDetection) -> Bool {
        var (a, b) = (a, b)
        for one in [\TestDetection.processed, \.withdrawn] where a[keyPath: one]?.isNaN ?? false {
            a[keyPath: one] = nil
        }
        for one in [\TestDetection.processed, \.withdrawn] where b[keyPath: one]?.isNaN ?? false {
            b[keyPath: one] = nil
        }
        return a == b
    }

    /// One line a visible point of an object.
    func curve(of object: Int64) -> [String] {
        let own = detections.values.filter { $0.object == object && !($0.withdrawn?.isFinite ?? false) }
        let ownForced = forced.values.filter { $0.object == object && !($0.withdrawn?.isFinite ?? false) }
        return (own.map { "d \($0.id) \($0.mjd) \($0.flux)" } + ownForced.map { "f \($0.visit) \($0.mjd) \($0.flux)" })
            .sorted()
    }
}
