import Core
import Testing

/// Expected values from Python's datetime and from astropy (UTC to TAI).
@Suite struct TimeTests {
    /// A rolling sum over the years 1 to 9999, every 37th day, made with `datetime.date.fromordinal`.
    @Test func civilDatesAgreeWithDatetime() {
        var sum: UInt64 = 0
        for days in stride(from: -719_162, to: 2_932_897, by: 37) {
            let date = CivilDate(daysSinceUnixEpoch: days)
            sum = (sum &* 31 &+ UInt64(date.year * 10_000 + date.month * 100 + date.day)) % (1 << 61)
            if date.daysSinceUnixEpoch != days { Issue.record("day \(days) does not come back") }
        }
        #expect(sum == 2_135_020_475_704_849_009)
    }

    /// The same arithmetic as the sum, with Python's non-negative remainder.
    @Test func monthsAgreeWithDatetime() {
        var sum: Int64 = 0
        for days in stride(from: -719_162, to: 990_000, by: 11) {
            let month = CalendarMonth(MJD(unixSecondsUTC: Double(days) * 86_400 + 43_200))
            let next = (Int128(sum) * 31 + Int128(month.index)) % (1 << 61)
            sum = Int64(next < 0 ? next + (1 << 61) : next)
        }
        #expect(sum == 611_090_989_264_135_984)
    }

    @Test func monthsBeginAtTheirStart() {
        for index in stride(from: Int16(-24_000), through: 32_000, by: 7) {
            let month = CalendarMonth(index: index)
            // Half a microsecond either side: an MJD resolves no more.
            #expect(CalendarMonth(MJD(month.start.days + 1e-9)) == month)
            #expect(CalendarMonth(MJD(month.start.days - 1e-9)).next == month)
        }
    }

    @Test func everyTimeHasAMonthANightAndAText() {
        let times = [-Double.infinity, -1e300, -1e6, -678_000, 0, 61_000, 1e6, 1e300, .infinity]
        let months = times.map { CalendarMonth(MJD($0)) }
        #expect(months == months.sorted())
        #expect(CalendarMonth(MJD(.nan)).index == .min)
        let nights = times.map { Night(MJD($0)) }
        #expect(nights == nights.sorted())
        #expect(Night(MJD(.nan)) == nights[0])
        #expect(CalendarMonth(index: .max).next.index == .max)
        for time in times + [.nan] { #expect(ISO8601.text(unixSecondsUTC: time).utf8.count == 24) }
    }

    @Test(arguments: [
        ("1999-12-31T23:59:59Z", 946_684_799.0, 19_991_231), ("2000-01-01T00:00:00Z", 946_684_800, 19_991_231),
        ("2024-02-29T11:59:59Z", 1_709_207_999, 20_240_228), ("2024-02-29T12:00:00Z", 1_709_208_000, 20_240_229),
        ("2026-02-28T23:59:59Z", 1_772_323_199, 20_260_228), ("2026-03-01T00:00:00Z", 1_772_323_200, 20_260_228),
        ("2026-12-31T12:00:00Z", 1_798_718_400, 20_261_231), ("2027-01-01T11:59:59Z", 1_798_804_799, 20_261_231),
    ])
    func nightsRollAtNoonUTC(text: String, unixSeconds: Double, dayObs: Int32) throws {
        #expect(try #require(ISO8601.unixSecondsUTC(text)) == unixSeconds)
        #expect(ISO8601.text(unixSecondsUTC: unixSeconds) == text.dropLast() + ".000Z")
        // A microsecond later: an MJD resolves no more.
        let night = Night(MJD(unixSecondsUTC: unixSeconds + 2e-6))
        #expect(night.dayObs == dayObs)
        #expect((-1e-5..<86_400).contains(unixSeconds - night.start.unixSecondsUTC))
        #expect(Night(MJD(night.start.days + 1e-9)) == night)
    }

    @Test func mjdIsTAI() {
        #expect(abs(MJD(unixSecondsUTC: 1_772_323_200).days - 61_100.00042824074) < 1e-10)
        #expect(abs(MJD(61_100.00042824074).unixSecondsUTC - 1_772_323_200) < 1e-4)
        #expect(Night(visit: VisitID(rawValue: 2_026_022_400_001)).dayObs == 20_260_224)
    }
}
