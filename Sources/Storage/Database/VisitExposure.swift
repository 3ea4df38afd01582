import Core

/// One detector in one visit: what all its measurements share.
public struct VisitExposure: Sendable, Equatable {
    public let visit: VisitID
    public let detector: Int32
    public let midpoint: MJD
    /// nil when the first measurement said none.
    public let band: String?

    func writeKey(to key: ByteWriter) {
        key.append(big: visit.rawValue)
        key.append(big: detector)
    }

    func writeValue(to value: ByteWriter) {
        value.append(double: midpoint.days)
        value.append(bytes: Array((band ?? "").utf8))
    }

    init(visit: VisitID, detector: Int32, midpoint: MJD, band: String?) {
        self.visit = visit
        self.detector = detector
        self.midpoint = midpoint
        self.band = band
    }

    init(key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) throws(DamagedBytes) {
        var name = ByteReader(key)
        visit = VisitID(rawValue: try name.big())
        detector = try name.big()
        var reader = ByteReader(value)
        midpoint = MJD(try reader.double())
        let text = String(decoding: try reader.take(reader.remaining), as: UTF8.self)
        band = text.isEmpty ? nil : text
    }
}

/// The exposures of a table of points.
struct VisitColumns {
    private let visits: Column
    private let detectors: Column
    private let midpoints: Column
    private let bands: Column
    private let arena: ByteArena

    init(_ table: ColumnTable) {
        visits = table.column("visit")
        detectors = table.column("detector")
        midpoints = table.column("midpointMjdTai")
        bands = table.column("band")
        arena = table.arena
    }

    func key(_ row: Int) -> VisitDetector? {
        guard let visit = visits.int64(row), let detector = detectors.int32(row) else { return nil }
        return VisitDetector(visit: visit, detector: detector)
    }

    func exposure(_ row: Int) -> VisitExposure? {
        guard let key = key(row), let midpoint = midpoints.double(row) else { return nil }
        return VisitExposure(
            visit: VisitID(rawValue: key.visit), detector: key.detector, midpoint: MJD(midpoint),
            band: bands.reference(row).map(arena.string))
    }
}
