import Core

/// A seeded stream of alerts of few objects over two years: first contacts, repeats, duplicates, revisions, packets that
/// lack the last detection, late points, windows that slide over months, Solar System alerts, swapped arrivals.
struct SyntheticStream {
    private var random: SeededRandom
    private var alerts: [TestAlert] = []
    private var detections: [Int64: [TestDetection]] = [:]
    private var forced: [Int64: [(point: TestForced, availableFrom: Double)]] = [:]
    private var nextID: Int64 = 1000
    private let maxGapDays: Double

    /// - Parameter maxGapDays: longest time between alerts of one object. Up to 100, every point is first brought while
    ///   its month is wholly inside the packet's window.
    init(seed: UInt64, maxGapDays: Double) {
        random = SeededRandom(seed: seed)
        self.maxGapDays = maxGapDays
    }

    mutating func make(objects: Int, days: Double) -> [TestAlert] {
        var next: [(mjd: Double, object: Int64)] = (1...objects).map {
            (61_000 + random.uniform() * 30, Int64($0) * 11)
        }
        while let index = next.indices.min(by: { next[$0].mjd < next[$1].mjd }), next[index].mjd < 61_000 + days {
            emit(object: next[index].object, mjd: next[index].mjd)
            // Repeats within the night are common: so batches hold one object more than once.
            let gap = random.uniform() < 0.4 ? 0.0004 : random.uniform() * maxGapDays
            next[index].mjd += gap
        }
        return alerts
    }

    /// Exchanges neighbours, as partitions do.
    static func shuffled(_ alerts: [TestAlert], seed: UInt64, reach: Int) -> [TestAlert] {
        var random = SeededRandom(seed: seed)
        var result = alerts
        for index in result.indices {
            result.swapAt(index, min(result.count - 1, index + Int.random(in: 0...reach, using: &random)))
        }
        return result
    }

    private mutating func emit(object: Int64, mjd: Double) {
        if random.uniform() < 0.06 {
            alerts.append(
                TestAlert(
                    trigger: TestDetection(
                        id: takeID(), object: 0, mjd: mjd, sso: 77, visit: visit(mjd), ra: 10 * random.uniform())))
        }
        addForced(object, upTo: mjd)
        let trigger = TestDetection(
            id: takeID(), object: object, mjd: mjd, visit: visit(mjd), ra: 150 + 1e-5 * random.normal(),
            flux: Float(1000 + 100 * random.normal()), band: ["g", "r", "i"][Int(random.next() % 3)])
        append(packet(of: trigger))
        detections[object, default: []].append(trigger)
        if random.uniform() < 0.08 { reviseDetection(object, mjd) }
        if random.uniform() < 0.08 { reviseForced(object, mjd) }
        if random.uniform() < 0.15, let again = alerts.last { alerts.append(again) }
    }

    private mutating func append(_ alert: TestAlert) { alerts.append(alert) }

    private mutating func takeID() -> Int64 {
        nextID += 1
        return nextID
    }

    private func visit(_ mjd: Double) -> Int64 {
        Int64(Night(MJD(mjd)).dayObs) * 100_000 + Int64((mjd - mjd.rounded(.down)) * 10_000)
    }

    private mutating func packet(of trigger: TestDetection) -> TestAlert {
        let window = (trigger.mjd - 365)..<trigger.mjd
        var past = (detections[trigger.object] ?? []).filter { window.contains($0.mjd) && $0.id != trigger.id }
        if random.uniform() < 0.5, !past.isEmpty { past.removeLast() }
        let points = (forced[trigger.object] ?? []).filter {
            window.lowerBound <= $0.point.mjd && $0.point.mjd <= trigger.mjd && $0.availableFrom <= trigger.mjd
        }
        return TestAlert(trigger: trigger, detections: past, forced: points.map(\.point))
    }

    /// One or two forced points since the last alert; some become available only days later.
    private mutating func addForced(_ object: Int64, upTo mjd: Double) {
        let last = forced[object]?.last?.point.mjd ?? mjd - 40
        for step in 1...(1 + Int(random.next() % 2)) {
            let time = last + (mjd - last) * Double(step) / 2
            guard time > last else { continue }
            let point = TestForced(
                object: object, visit: visit(time) * 10 + Int64(step), mjd: time, flux: Float(900 + random.normal()))
            forced[object, default: []].append((point, time + (random.uniform() < 0.2 ? 30 * random.uniform() : 0)))
        }
    }

    /// A known detection comes again as an alert, with another flux; later packets repeat the new content.
    private mutating func reviseDetection(_ object: Int64, _ mjd: Double) {
        guard var list = detections[object], let index = list.indices.last, mjd - list[index].mjd < 60 else { return }
        list[index].flux += 5
        detections[object] = list
        append(packet(of: list[index]))
    }

    private mutating func reviseForced(_ object: Int64, _ mjd: Double) {
        guard var list = forced[object], let index = list.indices.last, mjd - list[index].point.mjd < 60 else { return }
        list[index].point.flux += 5
        forced[object] = list
    }
}
