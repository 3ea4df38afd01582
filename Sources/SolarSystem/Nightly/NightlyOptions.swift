import Core
import Sky

/// Which night, where from, and how far from its middle.
public struct NightlyOptions: Sendable {
    public var site: ObservingSite
    /// The instant that states are made for: local midnight, MJD in TAI.
    public var midnightMjdTai: Double
    /// Places are good this long before and after midnight, days.
    public var halfWindowDays: Double

    public init(site: ObservingSite = .rubin, midnightMjdTai: Double, halfWindowDays: Double = 0.5) {
        self.site = site
        self.midnightMjdTai = midnightMjdTai
        self.halfWindowDays = halfWindowDays
    }

    /// The night of an observatory: local mean midnight by its longitude, within the night that begins at 12:00 UTC.
    public init(night: Night, site: ObservingSite = .rubin) {
        let midnightUTC: Double = 1.5 - site.longitudeDeg / 360
        let sinceNoon: Double = midnightUTC - midnightUTC.rounded(.down)
        self.init(site: site, midnightMjdTai: night.start.days + sinceNoon)
    }
}

/// Where the orbits to be carried come from: rows 0 ..< count of any store.
public protocol OrbitSource: Sendable {
    var count: Int { get }
    /// Called once a row, by one thread at a time.
    func elements(_ row: Int) -> CometaryElements
    /// The published epochs alone, by which rows are grouped, MJD in TT.
    func epochMjdTT(_ row: Int) -> Double
    /// Perihelion distances alone, au.
    func qAu(_ row: Int) -> Double
}
