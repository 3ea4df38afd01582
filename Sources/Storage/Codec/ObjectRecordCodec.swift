import Core

/// The directory's value: an `ObjectRecord`.
///
/// ```
/// byte 1 format version (1) · home 8 · first ra, dec, ra, dec, drift 8 each (doubles)
/// earliest midpoint 8 (double, NaN when not known)
/// varints: first known, last changed − first known (zigzag), last visit (zigzag), number of months
/// a month: zigzag difference of the index, varint detections, varint forced points, hash sum 8
/// varint points of the newest month; a point: byte kind, zigzag difference of `first` from the last point of its kind,
///          detector (forced only, zigzag), content hash 8, varint of the midpoint's bits ⊕ those of the point before
/// byte 1 bit a band with statistics (bit = Band.rawValue); for each: varint count, varint flux count, the sums of weights,
///        weighted fluxes, fluxes and squares (wide zigzags, `BandStatistics`), then the 5 doubles minimum, maximum, first
///        and last midpoint, last flux
/// ```
/// Format 1 had the sums as 6 doubles: of weights, weighted fluxes, fluxes, then a shift K, Σ(f − K) and Σ(f − K)².
enum ObjectRecordCodec {
    static let version: UInt8 = 2

    static func write(_ record: ObjectRecord, to output: ByteWriter) {
        output.append(byte: version)
        output.append(little: record.home.rawValue)
        for value in [record.firstRa, record.firstDec, record.ra, record.dec, record.driftArcsec] {
            output.append(double: value)
        }
        output.append(double: record.earliestMidpoint?.days ?? .nan)
        output.append(zigzag: record.firstKnown.rawValue)
        output.append(zigzag: record.lastChanged.rawValue &- record.firstKnown.rawValue)
        output.append(zigzag: record.lastVisit.rawValue)
        output.append(count: record.months.count)
        var lastMonth: Int16 = 0
        for month in record.months {
            output.append(zigzag: Int64(month.month.index) - Int64(lastMonth))
            output.append(varint: UInt64(month.detectionCount))
            output.append(varint: UInt64(month.forcedCount))
            output.append(little: month.hashSum)
            lastMonth = month.month.index
        }
        writePoints(record.newestMonthPoints, to: output)
        writeStatistics(record.statistics, to: output)
    }

    private static func writePoints(_ points: [KnownPoint], to output: ByteWriter) {
        output.append(count: points.count)
        var last: (detection: Int64, forced: Int64, midpoint: UInt64) = (0, 0, 0)
        for point in points {
            output.append(byte: point.key.kind.rawValue)
            if point.key.kind == .detection {
                output.append(zigzag: point.key.first &- last.detection)
                last.detection = point.key.first
            } else {
                output.append(zigzag: point.key.first &- last.forced)
                output.append(zigzag: Int64(point.key.second))
                last.forced = point.key.first
            }
            output.append(little: point.contentHash)
            output.append(varint: point.midpoint.days.bitPattern ^ last.midpoint)
            last.midpoint = point.midpoint.days.bitPattern
        }
    }

    private static func writeStatistics(_ statistics: [BandStatistics], to output: ByteWriter) {
        var mask: UInt8 = 0
        for (band, one) in statistics.enumerated() where one.count > 0 { mask |= 1 << UInt8(band) }
        output.append(byte: mask)
        for one in statistics where one.count > 0 {
            output.append(varint: UInt64(one.count))
            output.append(varint: UInt64(one.fluxCount))
            for sum in [one.weightSum, one.weightedFluxSum, one.fluxSum, one.squareSum] {
                output.append(wideZigzag: sum)
            }
            for value in [one.minFlux, one.maxFlux, one.firstMidpoint, one.lastMidpoint, one.lastFlux] {
                output.append(double: value)
            }
        }
    }

    static func read(_ bytes: UnsafeRawBufferPointer, id: DiaObjectID) throws(DamagedBytes) -> ObjectRecord {
        var reader = ByteReader(bytes)
        let found = try reader.byte()
        guard found == version || found == 1 else { throw DamagedBytes(detail: "object record has format version \(found)") }
        let home = Home(rawValue: try reader.little())
        let first = (ra: try reader.double(), dec: try reader.double())
        let now = (ra: try reader.double(), dec: try reader.double())
        let drift = try reader.double()
        let earliest = try reader.double()
        let firstKnown = try reader.zigzag()
        var record = ObjectRecord(
            diaObjectId: id, home: home, ra: first.ra, dec: first.dec, firstKnown: CommitSeq(rawValue: firstKnown))
        record.ra = now.ra
        record.dec = now.dec
        record.driftArcsec = drift
        record.earliestMidpoint = earliest.isNaN ? nil : MJD(earliest)
        record.lastChanged = CommitSeq(rawValue: firstKnown &+ (try reader.zigzag()))
        record.lastVisit = VisitID(rawValue: try reader.zigzag())
        let months = try reader.count(minimumBytes: 11)
        record.months.reserveCapacity(months)
        var month: Int64 = 0
        for _ in 0..<months {
            month &+= try reader.zigzag()
            guard let index = Int16(exactly: month) else { throw DamagedBytes(detail: "month out of range") }
            record.months.append(
                MonthSummary(
                    month: CalendarMonth(index: index), detectionCount: UInt32(truncatingIfNeeded: try reader.varint()),
                    forcedCount: UInt32(truncatingIfNeeded: try reader.varint()), hashSum: try reader.little()))
        }
        try readPoints(&reader, into: &record.newestMonthPoints)
        try readStatistics(&reader, format: found, into: &record.statistics)
        return record
    }

    private static func readPoints(
        _ reader: inout ByteReader, into points: inout [KnownPoint]
    ) throws(DamagedBytes) {
        let count = try reader.count(minimumBytes: 11)
        points.reserveCapacity(count)
        var last: (detection: Int64, forced: Int64, midpoint: UInt64) = (0, 0, 0)
        for _ in 0..<count {
            guard let kind = PointKind(rawValue: try reader.byte()) else {
                throw DamagedBytes(detail: "unknown point kind")
            }
            let key: PointKey
            switch kind {
            case .detection:
                last.detection &+= try reader.zigzag()
                key = PointKey(detection: DiaSourceID(rawValue: last.detection))
            case .forced:
                last.forced &+= try reader.zigzag()
                key = PointKey(
                    forcedVisit: VisitID(rawValue: last.forced),
                    detector: Int32(truncatingIfNeeded: try reader.zigzag()))
            }
            let hash: UInt64 = try reader.little()
            last.midpoint ^= try reader.varint()
            points.append(KnownPoint(key: key, contentHash: hash, midpoint: MJD(Double(bitPattern: last.midpoint))))
        }
    }

    private static func readStatistics(
        _ reader: inout ByteReader, format: UInt8, into statistics: inout [BandStatistics]
    ) throws(DamagedBytes) {
        let mask = try reader.byte()
        for band in statistics.indices where mask >> UInt8(band) & 1 == 1 {
            var one = BandStatistics()
            one.count = UInt32(truncatingIfNeeded: try reader.varint())
            one.fluxCount = UInt32(truncatingIfNeeded: try reader.varint())
            if format == 1 {
                try readOldSums(&reader, into: &one)
            } else {
                one.weightSum = try reader.wideZigzag()
                one.weightedFluxSum = try reader.wideZigzag()
                one.fluxSum = try reader.wideZigzag()
                one.squareSum = try reader.wideZigzag()
            }
            one.minFlux = try reader.double()
            one.maxFlux = try reader.double()
            one.firstMidpoint = try reader.double()
            one.lastMidpoint = try reader.double()
            one.lastFlux = try reader.double()
            statistics[band] = one
        }
    }

    /// The sums of format 1, as near as they were.
    private static func readOldSums(_ reader: inout ByteReader, into one: inout BandStatistics) throws(DamagedBytes) {
        func units(_ value: Double, _ quantum: Double) throws(DamagedBytes) -> Int128 {
            guard let units = Int128(exactly: (value / quantum).rounded()) else {
                throw DamagedBytes(detail: "a sum of \(value) is out of range")
            }
            return units
        }
        one.weightSum = try units(try reader.double(), BandStatistics.weightQuantum)
        one.weightedFluxSum = try units(try reader.double(), BandStatistics.weightQuantum)
        one.fluxSum = try units(try reader.double(), BandStatistics.fluxQuantum)
        let (shift, sum, squares) = (try reader.double(), try reader.double(), try reader.double())
        let quantum = BandStatistics.fluxQuantum * BandStatistics.fluxQuantum
        one.squareSum = try units(squares + 2 * shift * sum + Double(one.fluxCount) * shift * shift, quantum)
    }
}
