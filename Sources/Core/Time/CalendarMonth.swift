/// A calendar month (UTC): months since January 2000.
public struct CalendarMonth: Sendable, Hashable, Comparable {
    public let index: Int16
    public init(index: Int16) { self.index = index }

    /// Any time has a month: those beyond ±2730 years of 2000 have the first or the last one, NaN the first.
    ///
    /// Asked for every point of every packet, so by multiplications instead of `CivilDate`'s divisions.
    /// Source: C. Neri, L. Schneider, "Euclidean affine functions and their application to calendar algorithms" (2022).
    @inlinable public init(_ time: MJD) {
        let days = time.unixSecondsUTC / 86_400
        guard days > -CalendarMonth.farthestDay else {
            index = .min
            return
        }
        let day = Int64(min(days, CalendarMonth.farthestDay).rounded(.down))
        // Days since 0000-03-01 of the calendar shifted by 82 eras of 400 years, so that nothing is negative.
        let shifted = UInt64(day + 719_468 + 146_097 * 82)
        let century = (4 * shifted + 3) / 146_097
        let dayOfCentury = (4 * shifted + 3) % 146_097 / 4
        let product = 2_939_745 * (4 * dayOfCentury + 3)
        let dayOfYear = (product & 0xFFFF_FFFF) / 2_939_745 / 4
        // March is 3 … February is 14 of the same shifted year.
        let month = Int64((2141 * dayOfYear + 197_913) >> 16)
        let year = Int64(100 * century + product >> 32) - 400 * 82
        index = Int16(clamping: (year - 2000) * 12 + month - 1)
    }

    /// Past the ends of what an index can say, so that clamping keeps the order.
    @usableFromInline static let farthestDay = 1_100_000.0

    /// The first instant of the month.
    public var start: MJD {
        let months = Int(index)
        let year = 2000 + (months >= 0 ? months / 12 : (months - 11) / 12)
        let date = CivilDate(year: year, month: months - (year - 2000) * 12 + 1, day: 1)
        return MJD(unixSecondsUTC: Double(date.daysSinceUnixEpoch) * 86_400)
    }

    public var next: CalendarMonth { CalendarMonth(index: index == .max ? .max : index + 1) }
    public static func < (left: CalendarMonth, right: CalendarMonth) -> Bool { left.index < right.index }
}
