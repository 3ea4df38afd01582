/// What the database holds of one object beside its points: where it lives, what is known of its history, its
/// statistics.
public struct ObjectRecord: Sendable, Equatable {
    public let diaObjectId: DiaObjectID
    /// Decided from the first known position, frozen.
    public let home: Home
    /// Position at first sight, degrees ICRS: drift is measured from here.
    public let firstRa: Double
    public let firstDec: Double
    /// Newest position.
    public var ra: Double
    public var dec: Double
    /// Largest separation that the object ever had from its first position.
    public var driftArcsec = 0.0
    public var firstKnown: CommitSeq
    public var lastChanged: CommitSeq
    public var lastVisit = VisitID(rawValue: 0)
    /// Ascending by month; only months with points.
    public var months: [MonthSummary] = []
    /// Midpoint of the earliest point ever known: what is earlier is new, whatever the directory says of its month.
    /// Nil in a record without points, or when a stored record does not say.
    public var earliestMidpoint: MJD?
    /// Every known point (newest revision) of the newest month in `months`.
    public var newestMonthPoints: [KnownPoint] = []
    /// Statistics of the detections, indexed by `Band.rawValue`.
    public var statistics = [BandStatistics](repeating: BandStatistics(), count: Band.allCases.count)

    public init(diaObjectId: DiaObjectID, home: Home, ra: Double, dec: Double, firstKnown: CommitSeq) {
        self.diaObjectId = diaObjectId
        self.home = home
        firstRa = ra
        firstDec = dec
        self.ra = ra
        self.dec = dec
        self.firstKnown = firstKnown
        lastChanged = firstKnown
    }

    public var detectionCount: Int { months.reduce(0) { $0 + Int($1.detectionCount) } }
    public var forcedCount: Int { months.reduce(0) { $0 + Int($1.forcedCount) } }

    /// Counts a point that was not known before.
    public mutating func add(_ point: KnownPoint) {
        if months.isEmpty {
            earliestMidpoint = point.midpoint
        } else if let earliest = earliestMidpoint, point.midpoint < earliest {
            earliestMidpoint = point.midpoint
        }
        let month = CalendarMonth(point.midpoint)
        var position = months.count
        while position > 0, months[position - 1].month > month { position -= 1 }
        if position > 0, months[position - 1].month == month {
            months[position - 1].add(point)
        } else {
            var summary = MonthSummary(month: month)
            summary.add(point)
            if position == months.count { newestMonthPoints.removeAll(keepingCapacity: true) }
            months.insert(summary, at: position)
        }
        if month == months[months.count - 1].month { newestMonthPoints.append(point) }
    }

    /// A revision of a known point: same key, other content, perhaps another time.
    public mutating func revise(_ point: KnownPoint, was old: KnownPoint) {
        let month = CalendarMonth(point.midpoint)
        guard month == CalendarMonth(old.midpoint), let position = months.lastIndex(where: { $0.month == month }) else {
            remove(old)
            add(point)
            return
        }
        months[position].replace(contentHash: old.contentHash, by: point.contentHash)
        if let known = newestMonthPoints.firstIndex(where: { $0.key == point.key }) { newestMonthPoints[known] = point }
        if let earliest = earliestMidpoint, point.midpoint < earliest { earliestMidpoint = point.midpoint }
    }

    /// A revision that keeps its time.
    public mutating func revise(_ point: KnownPoint, was old: UInt64) {
        revise(point, was: KnownPoint(key: point.key, contentHash: old, midpoint: point.midpoint))
    }

    /// Takes back a known point. When the newest month empties, the month before it becomes the newest, and its points
    /// must be listed by the caller in `newestMonthPoints`.
    public mutating func remove(_ point: KnownPoint) {
        let month = CalendarMonth(point.midpoint)
        guard let position = months.lastIndex(where: { $0.month == month }) else { return }
        months[position].remove(point)
        newestMonthPoints.removeAll { $0.key == point.key && CalendarMonth($0.midpoint) == month }
        if months[position].isEmpty { months.remove(at: position) }
    }
}
