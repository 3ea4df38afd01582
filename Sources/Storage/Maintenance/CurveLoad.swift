import Core
import Sky

/// Forced points of objects that the database does not know, for `EmbeddedDatabase.load`.
public struct NewCurves {
    public struct Curve {
        public let diaObjectId: DiaObjectID
        /// Degrees ICRS.
        public let ra: Double
        public let dec: Double
        /// Of `points`, ascending by visit and detector.
        public let rows: Range<Int>

        /// Where the object lives from now on.
        public var home: Home { Home(rawValue: HEALPix.index(raDegrees: ra, decDegrees: dec)) }

        public init(diaObjectId: DiaObjectID, ra: Double, dec: Double, rows: Range<Int>) {
            self.diaObjectId = diaObjectId
            self.ra = ra
            self.dec = dec
            self.rows = rows
        }
    }

    /// Ascending by home, then id, as the keys are.
    public var curves: [Curve] = []
    public let points = ColumnTable(schema: Tables.diaForcedSource)

    public init() {}

    public mutating func removeAll() {
        curves.removeAll(keepingCapacity: true)
        points.removeAllRows()
        points.arena.removeAll()
    }
}

extension EmbeddedDatabase {
    /// Loads whole light curves as one block a year and object, past the write-ahead log: the first fill of an empty
    /// database. What is loaded has one commitSeq, and is visible once this returns. Until then a crash leaves blocks that no
    /// object names, and the same load over them again is right.
    ///
    /// - Throws: `DependencyFault` when the disk refuses.
    public func load(
        _ new: NewCurves, lineage: Lineage, recordedAt: MJD
    ) throws(DependencyFault) -> FoldReport {
        let commitSeq = CommitSeq(rawValue: try lastCommitSeq().rawValue + 1)
        var plan = CommitPlan(
            batch: AlertBatch(capacity: 8), firstCommitSeq: commitSeq, lineage: lineage, recordedAt: recordedAt)
        var hashes: [UInt64] = []
        ContentHash.appendHashes(of: new.points, into: &hashes)
        let report = try folding.locked { () throws(DependencyFault) in
            try gate.shared { () throws(DependencyFault) in
                let loader = CurveLoader(
                    try store.makeBulkLoad(into: .folded), new.points, hashes: hashes, knownFrom: commitSeq)
                for curve in new.curves { plan.objects.append(try loader.load(curve)) }
                return try loader.finish()
            }
        }
        guard try commit(plan) == .committed else {
            throw DependencyFault("the database", "something else committed during a load", hint: "load again")
        }
        return report
    }
}

/// Writes the blocks of new curves.
private final class CurveLoader {
    private let load: any BulkLoad
    private let points: ColumnTable
    private let hashes: [UInt64]
    private let knownFrom: CommitSeq
    private let commits: [Int64]
    private let writer = LightCurveBlockWriter()
    private let key = ByteWriter()
    private let value = ByteWriter(capacity: 1 << 14)
    private let visits: Column
    private let detectors: Column
    private let midpoints: Column
    private var report = FoldReport()

    init(_ load: any BulkLoad, _ points: ColumnTable, hashes: [UInt64], knownFrom: CommitSeq) {
        self.load = load
        self.points = points
        self.hashes = hashes
        self.knownFrom = knownFrom
        commits = [Int64](repeating: knownFrom.rawValue, count: points.rowCount)
        visits = points.column("visit")
        detectors = points.column("detector")
        midpoints = points.column("midpointMjdTai")
    }

    func load(_ curve: NewCurves.Curve) throws(DependencyFault) -> ObjectWrite {
        var record = ObjectRecord(
            diaObjectId: curve.diaObjectId, home: curve.home, ra: curve.ra, dec: curve.dec, firstKnown: knownFrom)
        var first = curve.rows.lowerBound
        var year: CalendarMonth?
        for row in curve.rows {
            let midpoint = MJD(midpoints.double(row) ?? 0)
            let visit = VisitID(rawValue: visits.int64(row) ?? 0)
            record.add(
                KnownPoint(
                    key: PointKey(forcedVisit: visit, detector: detectors.int32(row) ?? 0), contentHash: hashes[row],
                    midpoint: midpoint))
            record.lastVisit = max(record.lastVisit, visit)
            let its = CalendarMonth(midpoint).yearStart
            if let year, year != its {
                try write(curve, first..<row, year)
                first = row
            }
            year = its
        }
        if let year { try write(curve, first..<curve.rows.upperBound, year) }
        return ObjectWrite(record: record, packetRow: -1)
    }

    private func write(
        _ curve: NewCurves.Curve, _ rows: Range<Int>, _ year: CalendarMonth
    ) throws(DependencyFault) {
        key.removeAll()
        value.removeAll()
        KeyBytes.folded(curve.home, curve.diaObjectId, month: year.index, generation: 0, to: key)
        writer.write(points, rows: Array(rows), knownFrom: commits, to: value)
        try load.add(key.bytes, value.bytes)
        report.points += rows.count
        report.blocks += 1
        report.bytes += Int64(value.count)
    }

    func finish() throws(DependencyFault) -> FoldReport {
        try load.finish()
        return report
    }
}
