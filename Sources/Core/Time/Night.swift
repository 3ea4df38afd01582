/// A night: the observatory's day_obs as YYYYMMDD, rolling at 12:00 UTC.
public struct Night: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let dayObs: Int32
    public init(dayObs: Int32) { self.dayObs = dayObs }

    /// Any time has a night: those before year 0 (NaN too) or after 9999 have the first or the last.
    public init(_ time: MJD) {
        let days = ((time.unixSecondsUTC - 43_200) / 86_400).rounded(.down)
        let date = CivilDate(daysSinceUnixEpoch: days >= -719_528 ? Int(min(days, 2_932_896)) : -719_528)
        dayObs = Int32(date.year * 10_000 + date.month * 100 + date.day)
    }

    /// The night of a visit number (day_obs × 100 000 + sequence).
    public init(visit: VisitID) { dayObs = Int32(truncatingIfNeeded: visit.rawValue / 100_000) }

    /// The first instant of the night: noon UTC of its date.
    public var start: MJD {
        let value = Int(dayObs)
        let date = CivilDate(year: value / 10_000, month: value / 100 % 100, day: value % 100)
        return MJD(unixSecondsUTC: Double(date.daysSinceUnixEpoch) * 86_400 + 43_200)
    }

    public static func < (left: Night, right: Night) -> Bool { left.dayObs < right.dayObs }
    public var description: String { String(dayObs) }
}
