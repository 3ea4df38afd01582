/// Count and order-free hash sum of the points of one object in one calendar month.
public struct MonthSummary: Sendable, Equatable {
    public let month: CalendarMonth
    public private(set) var detectionCount: UInt32 = 0
    public private(set) var forcedCount: UInt32 = 0
    /// Sum (mod 2^64) of the content hashes of the month's newest revisions.
    public private(set) var hashSum: UInt64 = 0

    public init(month: CalendarMonth) { self.month = month }

    public init(month: CalendarMonth, detectionCount: UInt32, forcedCount: UInt32, hashSum: UInt64) {
        self.month = month
        self.detectionCount = detectionCount
        self.forcedCount = forcedCount
        self.hashSum = hashSum
    }

    public mutating func add(_ point: KnownPoint) {
        hashSum &+= point.contentHash
        switch point.key.kind {
        case .detection: detectionCount += 1
        case .forced: forcedCount += 1
        }
    }

    /// Takes back a point that was counted here.
    public mutating func remove(_ point: KnownPoint) {
        hashSum = hashSum &- point.contentHash
        switch point.key.kind {
        case .detection: detectionCount -= min(detectionCount, 1)
        case .forced: forcedCount -= min(forcedCount, 1)
        }
    }

    public var isEmpty: Bool { detectionCount == 0 && forcedCount == 0 }

    /// A revision takes the place of what was known.
    public mutating func replace(contentHash old: UInt64, by new: UInt64) {
        hashSum = hashSum &- old &+ new
    }
}
