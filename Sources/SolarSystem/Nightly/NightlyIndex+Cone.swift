import Core
import Glibc
import Sky

/// A body of the night and where it is seen.
public struct PlacedOrbit: Sendable {
    /// Row of the orbit in its source.
    public let orbit: Int
    public let sighting: Sighting
}

extension NightlyIndex {
    /// The bodies that stand within a circle on the sky at a time (TAI) of the night, by distance from its centre.
    /// - Precondition: `covers(mjdTai:)`.
    public func cone(center: SkyPosition, radius: Angle, mjdTai: Double) -> [PlacedOrbit] {
        precondition(covers(mjdTai: mjdTai), "a time outside the night")
        let seen = observer.state(taiMjd: mjdTai)
        let offset: Double = mjdTai - options.midnightMjdTai
        let middle = center.direction
        let limit: Double = radius.chordSquared
        var found: [(chord: Double, orbit: PlacedOrbit)] = []
        func consider(_ motion: LocalMotion, _ shift: Double, _ row: Int) {
            let (line, _) = Sighting.line(path: motion, offsetDays: offset + shift, observer: seen)
            let chord: Double = middle.chordSquared(to: (1 / line.length) * line)
            guard chord <= limit else { return }
            let sighting = Sighting(path: motion, offsetDays: offset + shift, observer: seen)
            found.append((chord, PlacedOrbit(orbit: row, sighting: sighting)))
        }
        for level in levels where !level.states.isEmpty {
            let reach = Angle(radians: min(Double.pi, radius.radians + level.margin.radians))
            let shift = Int64(2 * (HEALPix.maxOrder - level.order))
            for range in HEALPix.disc(center: middle, radius: reach, order: level.order) {
                let begin = Int(level.starts[Int(range.lowerBound >> shift)])
                let end = Int(level.starts[Int(range.upperBound >> shift)])
                for state in level.states[begin..<end] { consider(state.motion, 0, state.row) }
            }
        }
        for state in fast { consider(state.motion, 0, state.row) }
        for path in near {
            let (motion, shift) = path.motion(offsetDays: offset)
            consider(motion, shift, path.row)
        }
        found.sort { ($0.chord, $0.orbit.orbit) < ($1.chord, $1.orbit.orbit) }
        return found.map(\.orbit)
    }

    /// The uncertainty of a body that `cone` found.
    public func error(of placed: PlacedOrbit, _ errors: NightlyErrors) -> SkyError? {
        errors.error(orbit: placed.orbit, sighting: placed.sighting, index: self)
    }
}
