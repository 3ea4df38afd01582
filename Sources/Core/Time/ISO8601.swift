/// Times as `2026-02-24T03:04:05.678Z`, always UTC.
public enum ISO8601 {
    /// With milliseconds, the nearest one; times outside the years 0 to 9999 are held at their ends.
    public static func text(unixSecondsUTC seconds: Double) -> String {
        // 0000-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z.
        let (first, last) = (-62_167_219_200_000.0, 253_402_300_799_999.0)
        let rounded = (seconds * 1000).rounded()
        let milliseconds = Int64(rounded >= first ? min(rounded, last) : first)
        let days = Int((Double(milliseconds) / 86_400_000).rounded(.down))
        let date = CivilDate(daysSinceUnixEpoch: days)
        let ofDay = Int(milliseconds) - days * 86_400_000
        let (hour, minute) = (ofDay / 3_600_000, ofDay / 60_000 % 60)
        let (second, fraction) = (ofDay / 1000 % 60, ofDay % 1000)
        return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
            + "T\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2)).\(padded(fraction, 3))Z"
    }

    /// Seconds since 1970-01-01 UTC of `YYYY-MM-DDTHH:MM[:SS[.fff…]]Z`; nil for anything else, a date without Z included.
    public static func unixSecondsUTC(_ text: some StringProtocol) -> Double? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 17, bytes.last == 0x5A, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[10] == 0x54,
            bytes[13] == 0x3A, let year = digits(bytes[0..<4]), let month = digits(bytes[5..<7]),
            let day = digits(bytes[8..<10]), let hour = digits(bytes[11..<13]), let minute = digits(bytes[14..<16]),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60
        else { return nil }
        let date = CivilDate(year: year, month: month, day: day)
        // 31 April would become 1 May.
        guard CivilDate(daysSinceUnixEpoch: date.daysSinceUnixEpoch) == date else { return nil }
        var seconds = 0.0
        let rest = bytes[16..<bytes.count - 1]
        if !rest.isEmpty {
            guard rest.count >= 3, rest[16] == 0x3A, let whole = digits(rest[17..<19]), whole < 60 else { return nil }
            seconds = Double(whole)
            let fraction = rest[19...]
            if !fraction.isEmpty {
                guard fraction.count >= 2, fraction.count <= 10, fraction[19] == 0x2E,
                    let value = digits(fraction.dropFirst())
                else { return nil }
                var scale = 1.0
                for _ in 1..<fraction.count { scale *= 10 }
                seconds += Double(value) / scale
            }
        }
        return Double(date.daysSinceUnixEpoch) * 86_400 + Double(hour * 3600 + minute * 60) + seconds
    }

    private static func digits(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard !bytes.isEmpty, bytes.count <= 9, bytes.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return bytes.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
