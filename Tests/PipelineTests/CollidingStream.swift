import Core

/// A seeded stream that gives few ids to many things: one diaSourceId to several objects and to none, points of one object
/// in the history of another, one forced point in several contents, withdrawals, repeats; in no order of time.
struct CollidingStream {
    private var random: SeededRandom
    private let spanDays: Double
    private let times: [Double]

    /// - Parameter spanDays: the times of all points; above 300, packets' windows cut months.
    init(seed: UInt64, spanDays: Double) {
        var random = SeededRandom(seed: seed)
        self.spanDays = spanDays
        times = (0..<8).map { _ in (61_000 + random.uniform() * spanDays).rounded(.down) + 0.2 }
        self.random = random
    }

    mutating func make(_ count: Int) -> [TestAlert] {
        var alerts: [TestAlert] = []
        while alerts.count < count {
            if random.uniform() < 0.2, let again = alerts.randomElement(using: &random) {
                alerts.append(again)
            } else {
                alerts.append(alert())
            }
        }
        return alerts
    }

    private mutating func alert() -> TestAlert {
        let object: Int64 = [0, 11, 11, 22, 22, 33].randomElement(using: &random) ?? 0
        var alert = TestAlert(trigger: detection(object))
        guard object != 0 else { return alert }
        alert.detections = (0..<Int.random(in: 0...4, using: &random)).map { _ in detection(object) }
        alert.forced = (0..<Int.random(in: 0...4, using: &random)).map { _ in forced(object) }
        if random.uniform() < 0.7 {
            alert.detections.sort { $0.mjd < $1.mjd }
            alert.forced.sort { $0.mjd < $1.mjd }
        }
        alert.hasObject = random.uniform() < 0.8
        return alert
    }

    private mutating func detection(_ object: Int64) -> TestDetection {
        let id = Int64.random(in: 1...7, using: &random)
        // Mostly a time of its own.
        let mjd = random.uniform() < 0.8 ? times[Int(id)] : times.randomElement(using: &random) ?? 61_000
        let sso: Int64 = random.uniform() < (object == 0 ? 0.8 : 0.1) ? Int64.random(in: 77...78, using: &random) : 0
        return TestDetection(
            id: id, object: object, mjd: mjd, sso: sso, visit: visit(mjd), detector: Int32(id % 2),
            ra: random.uniform() < 0.8 ? 150 : 20, flux: Float.random(in: 0...3, using: &random).rounded() * 100,
            band: random.uniform() < 0.8 ? "r" : "g", processed: processed(), withdrawn: withdrawn())
    }

    private mutating func forced(_ object: Int64) -> TestForced {
        let mjd = times.randomElement(using: &random) ?? 61_000
        // A forced point's time is that of its visit, to some minutes.
        return TestForced(
            object: object, visit: visit(mjd), mjd: random.uniform() < 0.8 ? mjd : mjd + 0.01,
            detector: Int32.random(in: 0...1, using: &random),
            flux: Float.random(in: 0...3, using: &random).rounded() * 100, processed: processed(),
            withdrawn: withdrawn())
    }

    private func visit(_ mjd: Double) -> Int64 { Int64(Night(MJD(mjd)).dayObs) * 100_000 + 7 }

    private mutating func processed() -> Double? {
        random.uniform() < 0.3 ? nil : 62_500 + Double.random(in: 0...3, using: &random).rounded()
    }

    private mutating func withdrawn() -> Double? {
        switch random.uniform() {
        case ..<0.1: 62_600
        case ..<0.13: .infinity
        case ..<0.16: .nan
        default: nil
        }
    }
}
