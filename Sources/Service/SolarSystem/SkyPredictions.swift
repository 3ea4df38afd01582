import Core
import SolarSystem
import Synchronization

/// Nightly indices that questions asked for: those that alerts are compared with where they serve, else made at the first question
/// of a night (seconds for a million orbits), the last few kept.
final class SkyPredictions: Sendable {
    static let process = SkyPredictions()
    /// Planets for every prediction of this process.
    static let planets = PlanetTable()

    struct Entry: Sendable {
        let key: Key
        let index: NightlyIndex
        let errors: NightlyErrors
    }

    struct Key: Equatable, Sendable {
        let versionID: String
        let site: ObservingSite
        /// The middle of the index's window, MJD (TAI).
        let middle: Double
    }

    private static let kept = 2
    private let entries = Mutex<[Entry]>([])
    /// One at a time: two indices of millions of orbits would share the processor and need twice the memory.
    private let building = Mutex<Void>(())

    /// The bodies at a time: an index whose window is the whole day of the time, from noon to noon UTC or so.
    /// - Parameter nightly: what may be there already.
    func entry(_ set: OrbitSet, site: ObservingSite, mjdTai: Double, nightly: NightlyHost?) -> Entry {
        let ready = nightly?.loaded.first {
            $0.set.versionID == set.versionID && $0.index.options.site == site && $0.index.covers(mjdTai: mjdTai)
        }
        let key = Key(versionID: set.versionID, site: site, middle: mjdTai.rounded())
        if let ready { return Entry(key: key, index: ready.index, errors: ready.errors) }
        if let known = find(key) { return known }
        return building.withLock { _ in
            if let known = find(key) { return known }
            let index = NightlyIndex(
                set, options: NightlyOptions(site: site, midnightMjdTai: key.middle, halfWindowDays: 0.500_1),
                versionID: set.versionID, planets: Self.planets)
            let made = Entry(key: key, index: index, errors: set.nightlyErrors())
            entries.withLock { list in
                list.append(made)
                if list.count > Self.kept { list.removeFirst() }
            }
            return made
        }
    }

    private func find(_ key: Key) -> Entry? {
        entries.withLock { list in
            guard let place = list.firstIndex(where: { $0.key == key }) else { return nil }
            let found = list.remove(at: place)
            list.append(found)
            return found
        }
    }
}
