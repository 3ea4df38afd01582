import Core
import Sky

/// A body near the Earth or the Sun through a night: states at close instants, each good for its surroundings.
struct DensePath: Sendable {
    let row: Int
    let isComet: Bool
    /// Of the first state, days from midnight.
    private let firstOffset: Double
    private let spacing: Double
    private let motions: [LocalMotion]

    /// Longest and shortest time between states, days.
    private static let spacings: ClosedRange<Double> = (1.0 / 512)...(1.0 / 16)

    init(
        row: Int, isComet: Bool, state: HelioState, nonGravitational: NonGravitationalTerms?, midnightTdb: Double,
        halfWindowDays: Double, propagator: Propagator
    ) {
        self.row = row
        self.isComet = isComet
        let earth = propagator.planets.earth(tdbMjd: midnightTdb)
        let distance: Double = (state.position + -earth.position).length
        let speed: Double = (state.velocity + -earth.velocity).length
        // The least distance that the night can bring, and a sixteenth of the time that it takes to change.
        let least: Double = max(0.1 * distance, distance - speed * halfWindowDays)
        let wanted: Double = min(least / speed, state.position.length / state.velocity.length) / 16
        spacing = min(max(wanted, Self.spacings.lowerBound), Self.spacings.upperBound)
        // Light time of the near ones is minutes; the far side of the Sun is 20 minutes.
        let half = Int((halfWindowDays + 0.02) / spacing) + 1
        firstOffset = -spacing * Double(half)
        var motions = [LocalMotion?](repeating: nil, count: 2 * half + 1)
        for direction in [1, -1] {
            var carried = state
            for step in 0...half {
                let time: Double = midnightTdb + spacing * Double(direction * step)
                if step > 0 {
                    carried = propagator.propagate(
                        carried, from: time - spacing * Double(direction), to: time, nonGravitational: nonGravitational)
                }
                motions[half + direction * step] = LocalMotion(
                    position: carried.position, velocity: carried.velocity,
                    disturbance: propagator.disturbance(
                        of: carried, tdbMjd: time, nonGravitational: nonGravitational))
            }
        }
        self.motions = motions.compactMap(\.self)
    }

    var byteCount: Int { MemoryLayout<DensePath>.stride + motions.count * MemoryLayout<LocalMotion>.stride }

    /// The path around a time, and what is to be added to times from midnight for it.
    func motion(offsetDays: Double) -> (LocalMotion, Double) {
        let place: Double = ((offsetDays - firstOffset) / spacing).rounded()
        let index = min(max(0, Int(place)), motions.count - 1)
        return (motions[index], -(firstOffset + spacing * Double(index)))
    }
}
