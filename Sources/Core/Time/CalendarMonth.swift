/// A calendar month (UTC): months since January 2000.
public struct CalendarMonth: Sendable, Hashable, Comparable {
    public let index: Int16
    public init(index: Int16) { self.index = index }

    public init(_ time: MJD) {
        let date = CivilDate(daysSinceUnixEpoch: Int((time.unixSecondsUTC / 86_400).rounded(.down)))
        index = Int16(clamping: (date.year - 2000) * 12 + date.month - 1)
    }

    /// The first instant of the month.
    public var start: MJD {
        let months = Int(index)
        let year = 2000 + (months >= 0 ? months / 12 : (months - 11) / 12)
        let date = CivilDate(year: year, month: months - (year - 2000) * 12 + 1, day: 1)
        return MJD(unixSecondsUTC: Double(date.daysSinceUnixEpoch) * 86_400)
    }

    public var next: CalendarMonth { CalendarMonth(index: index + 1) }
    public static func < (left: CalendarMonth, right: CalendarMonth) -> Bool { left.index < right.index }
}
