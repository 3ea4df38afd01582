/// Decides, from the directory alone, which months of an object's stored points must be read for a packet.
///
/// A month wholly inside the packet's window whose count and hash sum agree is known and complete. The oldest month,
/// which the window cuts, is taken as known when the directory has it. In the directory's newest month, whose points it
/// lists, a subset test decides. Months after it are new. What is left must be read.
public enum MonthComparison {
    public struct Decision: Equatable, Sendable {
        /// Months to read because points of the packet may be new or revised.
        public var toRecognise: [CalendarMonth] = []
        /// Months that hold points which the packet lacks.
        public var lacking: [CalendarMonth] = []
        public init() {}
    }

    /// - Parameter points: the packet's points of this object, in any order.
    public static func decide(
        record: ObjectRecord, points: ArraySlice<KnownPoint>, windowStart: MJD
    ) -> Decision {
        var decision = Decision()
        guard let newest = record.months.last?.month else { return decision }
        let cutMonth = CalendarMonth(windowStart)
        var packetMonths: [MonthSummary] = []
        for point in points { add(point, to: &packetMonths) }
        for summary in record.months where summary.month > cutMonth {
            let packet = packetMonths.first { $0.month == summary.month }
            if summary.month == newest {
                if hasPointsBeyond(points, record: record) { decision.lacking.append(newest) }
            } else if packet != summary {
                decision.toRecognise.append(summary.month)
                decision.lacking.append(summary.month)
            }
        }
        return decision
    }

    private static func add(_ point: KnownPoint, to months: inout [MonthSummary]) {
        let month = CalendarMonth(point.midpoint)
        if let last = months.indices.last, months[last].month == month { return months[last].add(point) }
        if let position = months.firstIndex(where: { $0.month == month }) { return months[position].add(point) }
        var summary = MonthSummary(month: month)
        summary.add(point)
        months.append(summary)
    }

    /// Whether the directory's newest month has a point that the packet lacks.
    private static func hasPointsBeyond(_ points: ArraySlice<KnownPoint>, record: ObjectRecord) -> Bool {
        var packet = PointSearch(points)
        return record.newestMonthPoints.contains { packet.find($0.key) == nil }
    }
}
