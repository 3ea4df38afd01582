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
        /// repeats the trigger: then with this content hash.
        case trigger(repeated: UInt64?)
    }

    /// A point by its key, in the month where it is counted.
    struct MonthKey: Hashable {
        let key: PointKey
        let month: CalendarMonth

        init(_ point: KnownPoint) {
            key = point.key
            month = CalendarMonth(point.midpoint)
        }
    }

    /// Before the batch: what the database compared the packet with.
    private let stored: ObjectRecord?
    /// After the earlier rounds of the batch.
    private let current: ObjectRecord?
    private let readMonths: [CalendarMonth]
    private let cutMonth: CalendarMonth
    /// Points of the same object that earlier rounds of this batch wrote.
    private let inBatch: [MonthKey: KnownPoint]
    /// Points that the object lost in this batch: what the database says of them no longer holds.
    private let lost: [PointKey: Int]
    private var newestPoints: PointSearch
    private var storedNewestPoints: PointSearch
    private var readPoints: PointSearch

    init(
        history: Histories.Alert, current: ObjectRecord?, windowStart: MJD, inBatch: [MonthKey: KnownPoint],
        lost: [PointKey: Int] = [:]
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
        if lost[point.key] != nil {
            let regained = newestPoints.find(point.key) ?? inBatch.first { $0.key.key == point.key }?.value
            return compare(point, with: regained)
        }
        let answer = answerInMonth(point, role)
        guard answer == .new, let old = knownElsewhen(point.key) else { return answer }
        return .revised(was: old)
    }

    /// The point in another month than where it was looked for, as far as its points are known one by one.
    private mutating func knownElsewhen(_ key: PointKey) -> KnownPoint? {
        if let found = newestPoints.find(key) { return found }
        if let found = inBatch.first(where: { $0.key.key == key })?.value { return found }
        guard let found = readPoints.find(key) else { return nil }
        // What an earlier round moved is in the batch, or in the newest month.
        return current?.months.contains { $0.month == CalendarMonth(found.midpoint) } ?? false ? found : nil
    }

    private mutating func answerInMonth(_ point: KnownPoint, _ role: Role) -> Answer {
        guard let current, let newest = current.months.last?.month else { return .new }
        let found = MonthKey(point)
        if found.month > newest { return .new }
        if found.month == newest { return compare(point, with: newestPoints.find(point.key)) }
        if let earliest = current.earliestMidpoint, point.midpoint < earliest { return .new }
        if found.month <= cutMonth { return current.months.contains { $0.month == found.month } ? .known : .new }
        if let written = inBatch[found] { return compare(point, with: written) }
        return answerBeforeBatch(point, found.month, role)
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
        case .trigger(repeated: nil): return .new
        case .trigger(repeated: let hash?):
            return compare(point, with: KnownPoint(key: point.key, contentHash: hash, midpoint: point.midpoint))
        }
    }

    private func compare(_ point: KnownPoint, with known: KnownPoint?) -> Answer {
        guard let known else { return .new }
        return known.contentHash == point.contentHash ? .known : .revised(was: known)
    }
}
