import Synchronization

/// The uncertainty of a night's predictions, where the orbits have covariances: made when first asked for, and kept.
///
/// The neighbours of an orbit are carried by Kepler's motion, good to 1 % for the main belt and 6 % for a typical near-Earth
/// object; those near the Earth or the Sun are integrated with all forces.
public final class NightlyErrors: Sendable {
    private let target: @Sendable (Int) -> PredictionTarget?
    static let mostKept = 1 << 15
    private let fans = Mutex<[Int: ErrorFan]>([:])

    /// - Parameter target: elements and covariance of a row; nil where there is no covariance.
    public init(target: @escaping @Sendable (Int) -> PredictionTarget?) { self.target = target }

    func error(orbit: Int, sighting: Sighting, isNear: Bool, index: NightlyIndex) -> SkyError? {
        if let known = fans.withLock({ $0[orbit] }) { return known.error(sighting) }
        guard let target = target(orbit), target.covariance != nil else { return nil }
        var fan = ErrorFan(target)
        let epoch = TimeScales.tdb(ttMjd: target.elements.epochMjdTT)
        if isNear {
            Propagator(planets: index.planets).adapt(
                &fan.states, from: epoch, to: index.midnightTdb, push: fan.push)
        } else {
            fan.states = fan.states.kepler(days: index.midnightTdb - epoch)
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

extension LaneStates {
    /// Each lane about the Sun alone.
    func kepler(days: Double) -> LaneStates {
        var moved = self
        for lane in 0..<8 { moved.set(lane, TwoBody.propagate(self[lane], days: days)) }
        return moved
    }
}
