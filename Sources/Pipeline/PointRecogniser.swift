import Core

/// Tells which points of one packet are known, from the object's record and the months that the database had to read.
struct PointRecogniser {
    enum Answer: Equatable {
        case known
        case new
        /// Known with another content, whose hash this is.
        case revised(was: UInt64)
    }

    private let stored: ObjectRecord?
    private let history: Histories.Alert
    private let cutMonth: CalendarMonth
    /// Points of the same object that earlier rounds of this batch wrote.
    private let inBatch: [PointKey: UInt64]

    init(history: Histories.Alert, windowStart: MJD, inBatch: [PointKey: UInt64]) {
        self.history = history
        stored = history.object
        cutMonth = CalendarMonth(windowStart)
        self.inBatch = inBatch
    }

    /// - Parameter isTrigger: the packet's month sums leave the trigger out, so a month that agrees lacks it.
    func answer(_ point: KnownPoint, isTrigger: Bool) -> Answer {
        if let hash = inBatch[point.key] { return compare(point, with: hash) }
        if isTrigger, let alert = history.alert { return compare(point, with: alert.contentHash) }
        guard let stored, let newest = stored.months.last?.month else { return .new }
        let month = CalendarMonth(point.midpoint)
        if month > newest { return .new }
        if month == newest { return look(up: point, in: stored.newestMonthPoints) }
        if history.readMonths.contains(month) { return look(up: point, in: history.readPoints) }
        let isStored = stored.months.contains { $0.month == month }
        return isStored && !(isTrigger && month > cutMonth) ? .known : .new
    }

    private func look(up point: KnownPoint, in points: [KnownPoint]) -> Answer {
        guard let known = points.first(where: { $0.key == point.key }) else { return .new }
        return compare(point, with: known.contentHash)
    }

    private func compare(_ point: KnownPoint, with hash: UInt64) -> Answer {
        hash == point.contentHash ? .known : .revised(was: hash)
    }
}
