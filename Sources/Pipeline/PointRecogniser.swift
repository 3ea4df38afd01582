import Core

/// Tells which points of one packet are known, from the object's record and the months that the database had to read.
///
/// Every answer is what it would be had the batch been cut just before this alert: exact after the cut month; in it and
/// before, what the record after the earlier rounds says.
struct PointRecogniser {
    enum Answer: Equatable {
        case known
        case new
        /// Known with another content, perhaps at another time.
        case revised(was: KnownPoint)
    }

    /// How the packet brings a point.
    enum Role {
        case history
        /// The packet's month sums leave the trigger out, so that a month which agrees lacks it, unless the history
        /// repeats the trigger: then with this content.
        case trigger(repeated: KnownPoint?)
    }

    /// Before the batch: what the database compared the packet with.
    private let stored: ObjectRecord?
    /// After the earlier rounds of the batch.
    private let current: ObjectRecord?
    private let readMonths: [CalendarMonth]
    private let cutMonth: CalendarMonth
    /// Points of the same object that earlier rounds of this batch wrote, as they are now.
    private let inBatch: [PointKey: KnownPoint]
    /// Points that the object lost in this batch: what the database says of them no longer holds.
    private let lost: Set<PointKey>
    private var newestPoints: PointSearch
    private var storedNewestPoints: PointSearch
    private var readPoints: PointSearch

    init(
        history: Histories.Alert, current: ObjectRecord?, windowStart: MJD, inBatch: [PointKey: KnownPoint],
        lost: Set<PointKey> = []
    ) {
        stored = history.object
        self.current = current
        readMonths = history.readMonths
        cutMonth = CalendarMonth(windowStart)
        self.inBatch = inBatch
        self.lost = lost
        newestPoints = PointSearch((current?.newestMonthPoints ?? [])[...])
        storedNewestPoints = PointSearch((history.object?.newestMonthPoints ?? [])[...])
        readPoints = PointSearch(history.readPoints[...])
    }

    mutating func answer(_ point: KnownPoint, as role: Role) -> Answer {
        let answer = answerInMonth(point, role)
        guard answer == .new, let old = knownElsewhen(point.key) else { return answer }
        return .revised(was: old)
    }

    /// The point in another month than where it was looked for, as far as its points are known one by one.
    private mutating func knownElsewhen(_ key: PointKey) -> KnownPoint? {
        if let found = inBatch[key] ?? newestPoints.find(key) { return found }
        return lost.contains(key) ? nil : readPoints.find(key)
    }

    private mutating func answerInMonth(_ point: KnownPoint, _ role: Role) -> Answer {
        guard let current, let newest = current.months.last?.month else { return .new }
        let month = CalendarMonth(point.midpoint)
        if month > newest { return .new }
        if month == newest { return compare(point, with: newestPoints.find(point.key)) }
        if let earliest = current.earliestMidpoint, point.midpoint < earliest { return .new }
        if month <= cutMonth { return current.months.contains { $0.month == month } ? .known : .new }
        if let written = inBatch[point.key] {
            return CalendarMonth(written.midpoint) == month ? compare(point, with: written) : .new
        }
        return lost.contains(point.key) ? .new : answerBeforeBatch(point, month, role)
    }

    private mutating func answerBeforeBatch(_ point: KnownPoint, _ month: CalendarMonth, _ role: Role) -> Answer {
        guard let stored, let newest = stored.months.last?.month, month <= newest else { return .new }
        if month == newest { return compare(point, with: storedNewestPoints.find(point.key)) }
        if readMonths.contains(month) {
            let known = readPoints.find(point.key)
            return compare(point, with: known.flatMap { CalendarMonth($0.midpoint) == month ? $0 : nil })
        }
        guard stored.months.contains(where: { $0.month == month }) else { return .new }
        switch role {
        case .history: return .known
        case .trigger(let repeated):
            return compare(point, with: repeated.flatMap { CalendarMonth($0.midpoint) == month ? $0 : nil })
        }
    }

    private func compare(_ point: KnownPoint, with known: KnownPoint?) -> Answer {
        guard let known else { return .new }
        return known.contentHash == point.contentHash ? .known : .revised(was: known)
    }
}
