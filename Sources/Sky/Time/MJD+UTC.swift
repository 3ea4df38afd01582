import CERFA
import Core

extension MJD {
    /// The instant as ISO 8601 in UTC with Z: `2025-11-21T03:04:05.678Z`. Leap seconds are ERFA's.
    /// - Parameter decimals: digits after the second, 0 to 9.
    /// - Returns: nil when the time is not finite or outside the years −4799…9999.
    public func utcText(decimals: Int = 3) -> String? {
        precondition(decimals >= 0 && decimals <= 9)
        guard days.isFinite, abs(days) < 3e6 else { return nil }
        var utc1: Double = 0
        var utc2: Double = 0
        guard eraTaiutc(2_400_000.5, days, &utc1, &utc2) >= 0 else { return nil }
        var year: Int32 = 0
        var month: Int32 = 0
        var day: Int32 = 0
        var clock: (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
        let status = withUnsafeMutablePointer(to: &clock) { tuple in
            tuple.withMemoryRebound(to: Int32.self, capacity: 4) { fields in
                eraD2dtf("UTC", Int32(decimals), utc1, utc2, &year, &month, &day, fields)
            }
        }
        guard status >= 0, year >= 0, year <= 9999 else { return nil }
        var text = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
        text += "T\(padded(clock.0, 2)):\(padded(clock.1, 2)):\(padded(clock.2, 2))"
        if decimals > 0 { text += "." + padded(clock.3, decimals) }
        return text + "Z"
    }

    /// Reads a time that a person or a request wrote: an MJD (TAI), or ISO 8601 in UTC with Z, to the day, minute,
    /// second or a fraction of it (`2025-11-21Z`, `2025-11-21T03:04Z`, `2025-11-21T03:04:05.6Z`).
    /// - Throws: `UserFault` (usage).
    public init(parsing text: String) throws(UserFault) {
        let trimmed = text.trimmingSpaces()
        if let days = Double(trimmed) {
            guard days.isFinite else { throw MJD.badTime(text, "it is not a finite number") }
            self.init(days)
            return
        }
        guard trimmed.hasSuffix("Z") else {
            throw MJD.badTime(
                text, trimmed.contains("-") ? "the Z of UTC is missing" : "it is neither a number nor a date")
        }
        guard let fields = CalendarFields(trimmed.dropLast()) else {
            throw MJD.badTime(text, "the date or clock is malformed")
        }
        var utc1: Double = 0
        var utc2: Double = 0
        var tai1: Double = 0
        var tai2: Double = 0
        let status = eraDtf2d(
            "UTC", fields.year, fields.month, fields.day, fields.hour, fields.minute, fields.second, &utc1, &utc2)
        // Positive statuses are warnings: a year beyond the leap-second table, or a leap second itself (1 or 3: past the day's end).
        guard status == 0 || status == 1, eraUtctai(utc1, utc2, &tai1, &tai2) >= 0 else {
            throw MJD.badTime(text, "there is no such date or time of day")
        }
        self.init((tai1 - 2_400_000.5) + tai2)
    }

    private static func badTime(_ text: String, _ reason: String) -> UserFault {
        UserFault(
            .usage, "not a time: \(text)", detail: reason,
            hint: "write an MJD (TAI) such as 60980.25, or UTC such as 2025-11-21T03:04:05Z")
    }

    private func padded(_ value: Int32, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

/// The numbers of an ISO 8601 date with an optional clock.
private struct CalendarFields {
    var year: Int32 = 0
    var month: Int32 = 0
    var day: Int32 = 0
    var hour: Int32 = 0
    var minute: Int32 = 0
    var second: Double = 0

    init?(_ text: Substring) {
        let halves = text.split(separator: "T", omittingEmptySubsequences: false)
        guard halves.count == 1 || halves.count == 2 else { return nil }
        let date = halves[0].split(separator: "-", omittingEmptySubsequences: false)
        guard date.count == 3, let year = Self.digits(date[0], 4), let month = Self.digits(date[1], 2),
            let day = Self.digits(date[2], 2)
        else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
        guard halves.count == 2 else { return }
        let clock = halves[1].split(separator: ":", omittingEmptySubsequences: false)
        guard clock.count == 2 || clock.count == 3, let hour = Self.digits(clock[0], 2),
            let minute = Self.digits(clock[1], 2)
        else { return nil }
        (self.hour, self.minute) = (hour, minute)
        guard clock.count == 3 else { return }
        let seconds = clock[2].split(separator: ".", omittingEmptySubsequences: false)
        guard seconds.count <= 2, Self.digits(seconds[0], 2) != nil,
            seconds.count == 1 || (!seconds[1].isEmpty && seconds[1].utf8.allSatisfy { $0 >= 48 && $0 <= 57 }),
            let second = Double(String(clock[2]))
        else { return nil }
        self.second = second
    }

    private static func digits(_ text: Substring, _ count: Int) -> Int32? {
        guard text.utf8.count == count, text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
        return Int32(text)
    }
}
