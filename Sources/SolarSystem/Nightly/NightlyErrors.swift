import Synchronization

/// The uncertainty of a night's predictions, where the orbits have covariances: made when first asked for, and kept.
///
/// Only bodies that are seen near a detection, or asked for, come here. Those that can meet a planet between epoch and night,
/// that a gas or sunlight may push, or that pass the Sun, are carried with all forces as an ephemeris is; for the others
/// Kepler's motion of the neighbours serves.
public final class NightlyErrors: Sendable {
    private let target: @Sendable (Int) -> PredictionTarget?
    static let mostKept = 1 << 15
    private let fans = Mutex<[Int: ErrorFan]>([:])

    /// - Parameter target: elements and covariance of a row; nil where there is no covariance.
    public init(target: @escaping @Sendable (Int) -> PredictionTarget?) { self.target = target }

    /// Estimated error of one step, au: some hundred of them stay far below the neighbours' displacements.
    private static let tolerance: Double = 1e-12

    func error(orbit: Int, sighting: Sighting, index: NightlyIndex) -> SkyError? {
        if let known = fans.withLock({ $0[orbit] }) { return known.error(sighting) }
        guard let target = target(orbit), let covariance = target.covariance else { return nil }
        var fan = ErrorFan(target)
        let epoch = TimeScales.tdb(ttMjd: target.elements.epochMjdTT)
        if target.elements.mayMeetPlanets || covariance.hasAccelerations {
            fan.carry(
                Propagator(planets: index.planets), from: epoch, to: index.midnightTdb, tolerance: Self.tolerance)
        } else {
            fan.carryAboutSun(days: index.midnightTdb - epoch)
        }
        let made = fan
        fans.withLock { fans in
            // Of a whole night's bodies they would take hundreds of megabytes; neighbouring visits share theirs.
            if fans.count >= Self.mostKept { fans.removeAll(keepingCapacity: true) }
            fans[orbit] = made
        }
        return made.error(sighting)
    }
}

extension CometaryElements {
    /// Whether the orbit comes near those of Mars and the inner planets, or crosses Jupiter's; comets always.
    var mayMeetPlanets: Bool {
        // Mars is at most 1.67 au from the Sun, Jupiter 4.95 to 5.46 with a sphere of 0.35.
        if kind == .comet || !(qAu >= 1.7) || eccentricity >= 1 { return true }
        return qAu < 6 && qAu * (1 + eccentricity) / (1 - eccentricity) > 4.4
    }
}

extension OrbitCovariance {
    /// Whether accelerations beside gravity were fitted.
    var hasAccelerations: Bool { extraParameters.contains { $0.auPerDay2 != nil } }
}
