import Core
import Testing

@Suite struct ObjectRecordTests {
    private static func points(_ count: Int, seed: UInt64) -> [KnownPoint] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { index in
            let key =
                random.next() % 2 == 0
                ? PointKey(detection: DiaSourceID(rawValue: Int64(index)))
                : PointKey(forcedVisit: VisitID(rawValue: Int64(index)), detector: 5)
            return KnownPoint(key: key, contentHash: random.next(), midpoint: MJD(61_000 + 200 * random.uniform()))
        }
    }
    private static func record(_ points: [KnownPoint]) -> ObjectRecord {
        var record = ObjectRecord(
            diaObjectId: DiaObjectID(rawValue: 1), home: Home(rawValue: 2), ra: 3, dec: 4,
            firstKnown: CommitSeq(rawValue: 5))
        for point in points { record.add(point) }
        return record
    }

    @Test(arguments: [UInt64(1), 2, 3]) func orderOfArrivalDoesNotMatter(seed: UInt64) {
        let points = Self.points(60, seed: seed)
        let ordered = Self.record(points.sorted { $0.midpoint < $1.midpoint })
        var random = SeededRandom(seed: seed)
        for _ in 0..<20 {
            let record = Self.record(points.shuffled(using: &random))
            #expect(record.months == ordered.months)
            #expect(
                record.newestMonthPoints.sorted { $0.key < $1.key }
                    == ordered.newestMonthPoints.sorted { $0.key < $1.key })
            #expect(record.earliestMidpoint == points.map(\.midpoint).min())
        }
        #expect(ordered.detectionCount + ordered.forcedCount == 60)
        #expect(ordered.detectionCount == points.count { $0.key.kind == .detection })
        #expect(ordered == Self.record(points.sorted { $0.midpoint < $1.midpoint }))
    }

    @Test func revisingIsAddingTheOtherContent() {
        let points = Self.points(40, seed: 9).sorted { $0.midpoint < $1.midpoint }
        for changed in [0, 20, 39] {
            let new = KnownPoint(key: points[changed].key, contentHash: 77, midpoint: points[changed].midpoint)
            var revised = Self.record(points)
            revised.revise(new, was: points[changed].contentHash)
            var contents = points
            contents[changed] = new
            #expect(revised.months == Self.record(contents).months)
            #expect(revised.newestMonthPoints == Self.record(contents).newestMonthPoints)
        }
    }

    /// What the directory decides without reading is right: months not to be read hold exactly the packet's points.
    @Test(arguments: [UInt64(1), 2, 3, 4]) func decisionsAreSound(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<50 {
            let stored = Self.points(30, seed: random.next())
            let record = Self.record(stored)
            let window = MJD(61_000 + 100 * random.uniform())
            let cut = CalendarMonth(window)
            var packet = stored.filter { $0.midpoint >= window }
            if random.uniform() < 0.5, !packet.isEmpty { packet.remove(at: Int(random.next() % UInt64(packet.count))) }
            if random.uniform() < 0.3 {
                packet.append(
                    KnownPoint(
                        key: PointKey(kind: .forced, first: -1, second: 0), contentHash: 5, midpoint: MJD(61_150)))
            }
            packet.shuffle(using: &random)
            let decision = MonthComparison.decide(record: record, points: packet[...], windowStart: window)
            let newest = record.months.last!.month
            for month in record.months.map(\.month) where month > cut {
                let theirs = Set(packet.filter { CalendarMonth($0.midpoint) == month }.map(\.key))
                let ours = Set(stored.filter { CalendarMonth($0.midpoint) == month }.map(\.key))
                if month != newest { #expect(decision.toRecognise.contains(month) == (ours != theirs)) }
                if !ours.isSubset(of: theirs) { #expect(decision.lacking.contains(month)) }
            }
            #expect(decision.toRecognise.allSatisfy { $0 > cut && $0 != newest })
        }
    }

    @Test func searchFindsInAnyOrder() {
        let points = Self.points(50, seed: 4)
        var random = SeededRandom(seed: 4)
        var search = PointSearch(points[10...])
        for point in (points + points).shuffled(using: &random) {
            let expected = points[10...].contains(point)
            let found = search.find(point.key)
            #expect((found == point) == expected)
        }
        var empty = PointSearch([])
        #expect(empty.find(points[0].key) == nil)
    }
}
