import Core

/// Rubin's identifiers of detections and forced points: prefix, day, sequence number, detector, counter.
public enum RubinIdentifiers {
    /// What stands above the day in every id seen so far.
    static let prefix: Int64 = 2
    static let counterBits: Int64 = 19
    /// Counters from here on number the forced points of a detector image, below it its detections.
    static let firstForcedCounter: Int64 = 1 << 17

    /// The id of record `counter` of a detector image: prefix, days since 2010-01-01 (14 bits), sequence number (15),
    /// detector (8), counter (19).
    public static func id(visit: VisitID, detector: Int, counter: Int64) -> Int64 {
        precondition(counter < 1 << counterBits && detector < 256, "an identifier's field overflows")
        let date = Int(visit.rawValue / 100_000)
        let civil = CivilDate(year: date / 10_000, month: date / 100 % 100, day: date % 100)
        let day = Int64(civil.daysSinceUnixEpoch - CivilDate(year: 2010, month: 1, day: 1).daysSinceUnixEpoch)
        let sequence = visit.rawValue % 100_000
        precondition(sequence < 1 << 15 && day < 1 << 14, "a visit's number overflows its identifiers")
        let high = ((prefix << 14 | day) << 15 | sequence) << 8 | Int64(detector)
        return high << counterBits | counter
    }

    /// The detector image of a record: its id without the counter.
    public static func detectorImage(of id: Int64) -> Int64 { id >> counterBits }
}
