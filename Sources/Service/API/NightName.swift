import Core

/// Nights as somebody names them. Visits may have others, that are no dates: nobody can ask for those.
extension Night {
    public static let rule = "a night is YYYYMMDD, the date of its evening, from 19000101 to 29991231"

    /// Nil where `rule` does not hold.
    public init?(named text: String) {
        guard let value = Int32(text), (1900_01_01...2999_12_31).contains(value) else { return nil }
        let date = CivilDate(year: Int(value) / 10_000, month: Int(value) / 100 % 100, day: Int(value) % 100)
        // 20260231 would be another day.
        guard CivilDate(daysSinceUnixEpoch: date.daysSinceUnixEpoch) == date else { return nil }
        self.init(dayObs: value)
    }
}
