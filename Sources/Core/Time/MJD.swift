/// Modified Julian Date in TAI, in days: the time of every alert field that is called MjdTai.
public struct MJD: Sendable, Hashable, Comparable {
    public let days: Double
    @inlinable public init(_ days: Double) { self.days = days }

    public static func < (left: MJD, right: MJD) -> Bool { left.days < right.days }

    /// TAI − UTC in seconds; constant since 2017-01-01, and no leap second is announced.
    public static let taiMinusUTCSeconds = 37.0
    /// MJD of 1970-01-01T00:00:00.
    public static let unixEpochDays = 40_587.0

    /// From seconds since 1970-01-01T00:00:00 UTC.
    public init(unixSecondsUTC seconds: Double) {
        days = MJD.unixEpochDays + (seconds + MJD.taiMinusUTCSeconds) / 86_400
    }

    @inlinable public var unixSecondsUTC: Double { (days - MJD.unixEpochDays) * 86_400 - MJD.taiMinusUTCSeconds }
}
