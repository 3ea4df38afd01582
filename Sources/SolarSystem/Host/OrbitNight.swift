import Core

/// One night with the orbits that its index was made of: they belong together.
public final class OrbitNight: Sendable {
    public let night: Night
    public let set: OrbitSet
    public let index: NightlyIndex
    public let errors: NightlyErrors
    /// What making it took.
    public let seconds: Double
    /// When it was ready, seconds since 1970.
    public let madeAtUnixSeconds: Double

    init(night: Night, set: OrbitSet, index: NightlyIndex, seconds: Double, madeAtUnixSeconds: Double) {
        self.night = night
        self.set = set
        self.index = index
        self.seconds = seconds
        self.madeAtUnixSeconds = madeAtUnixSeconds
        errors = set.nightlyErrors()
    }
}

/// Which night a time belongs to, seen from a site: that whose local midnight is nearest.
public struct LocalNights: Sendable {
    public let site: ObservingSite
    /// From 12:00 UTC, when a night begins, to local midnight.
    private let noonToMidnightDays: Double

    public init(site: ObservingSite) {
        self.site = site
        let night = Night(dayObs: 2000_01_01)
        noonToMidnightDays = NightlyOptions(night: night, site: site).midnightMjdTai - night.start.days
    }

    public func night(of mjdTai: Double) -> Night { night(ordinal: ordinal(of: mjdTai)) }

    /// A number that is the same for all times of a night and no others: cheap, to find where nights end in a column of times.
    public func ordinal(of mjdTai: Double) -> Double {
        (mjdTai - noonToMidnightDays - MJD.taiMinusUTCSeconds / 86_400).rounded(.down)
    }

    public func night(ordinal: Double) -> Night { Night(MJD(ordinal + 1)) }

    func options(_ night: Night) -> NightlyOptions {
        var options = NightlyOptions(night: night, site: site)
        // Rounding must not leave a time between two nights.
        options.halfWindowDays = 0.500_1
        return options
    }
}
