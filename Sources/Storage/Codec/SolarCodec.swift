import Core

/// What is stored of detections' association with orbits. Every value begins with a version byte.
///
/// ```
/// solarSources  visit · diaSourceId                → commitSeq, midpoint, orbit set, candidates: each two rows (`RowCodec`), of
///                                                    ssSource's columns and of the others
/// solarClaims   ssObjectId · visit · diaSourceId   → separation (arcsec), midpoint
/// solarVisits   1 · visit                          → open, last alert, alerts, unknown ones
///               0                                  → the open visits, ascending
///               2 · visit                          → nothing: it has alerts of which nothing is known
/// solarChanges  night · visit · diaSourceId · commitSeq → orbit set, before, after, whether it was unknown
/// ```
enum SolarCodec {
    static let version: UInt8 = 1
    /// Ids of `Tables.ssoCandidate` that are ssSource's, and the others.
    static let groups: [ClosedRange<UInt16>] = [1...100, 101...200]

    private static func requireVersion(_ reader: inout ByteReader, _ what: String) throws(DamagedBytes) {
        let found = try reader.byte()
        guard found == version else { throw DamagedBytes(detail: "\(what) has format version \(found)") }
    }

    // MARK: Sources

    static func writeSourceKey(_ visit: VisitID, _ id: DiaSourceID, to key: ByteWriter) {
        key.append(big: visit.rawValue)
        key.append(big: id.rawValue)
    }

    static func writeSource(
        commitSeq: CommitSeq, midpoint: MJD, orbitSet: String, rows: Range<Int>, _ writer: SolarRowWriter,
        to output: ByteWriter
    ) {
        output.append(byte: version)
        output.append(zigzag: commitSeq.rawValue)
        output.append(double: midpoint.days)
        output.append(text: orbitSet)
        output.append(count: rows.count)
        for row in rows { writer.write(row, to: output) }
    }

    static func readSourceKey(_ key: UnsafeRawBufferPointer) throws(DamagedBytes) -> (VisitID, DiaSourceID) {
        var name = ByteReader(key)
        return (VisitID(rawValue: try name.big()), DiaSourceID(rawValue: try name.big()))
    }

    /// Appends a source and its rows. Damage leaves `sources` unfit for use.
    static func readSource(
        _ visit: VisitID, _ id: DiaSourceID, _ value: UnsafeRawBufferPointer, into sources: inout SolarSources
    ) throws(DamagedBytes) {
        var reader = ByteReader(value)
        try requireVersion(&reader, "Solar System source")
        let commitSeq = CommitSeq(rawValue: try reader.zigzag())
        let midpoint = MJD(try reader.double())
        let orbitSet = try reader.text()
        let first = sources.table.rowCount
        for _ in 0..<(try reader.count(minimumBytes: 4)) {
            for group in SolarRowWriter.readers { try group.readCells(&reader, into: sources.table) }
            sources.table.finishRow()
        }
        sources.sources.append(
            SolarSources.Source(
                visit: visit, diaSourceId: id, midpoint: midpoint, commitSeq: commitSeq, orbitSet: orbitSet,
                rows: first..<sources.table.rowCount))
    }

    // MARK: Claims

    static func writeClaimKey(_ orbit: SSObjectID, _ visit: VisitID, _ id: DiaSourceID, to key: ByteWriter) {
        key.append(big: orbit.rawValue)
        key.append(big: visit.rawValue)
        key.append(big: id.rawValue)
    }

    static func writeClaim(separationArcsec: Double, midpoint: MJD, to output: ByteWriter) {
        output.append(byte: version)
        output.append(double: separationArcsec)
        output.append(double: midpoint.days)
    }

    static func readClaim(
        _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) throws(DamagedBytes) -> SolarClaim {
        var name = ByteReader(key)
        let orbit = SSObjectID(rawValue: try name.big())
        let visit = VisitID(rawValue: try name.big())
        let id = DiaSourceID(rawValue: try name.big())
        var reader = ByteReader(value)
        try requireVersion(&reader, "claim on an orbit")
        return SolarClaim(
            ssObjectId: orbit, visit: visit, diaSourceId: id, separationArcsec: try reader.double(),
            midpoint: MJD(try reader.double()))
    }

    // MARK: Visits

    /// The key of the open visits: few at any time, but all of them at some.
    static let openKey: UInt8 = 0
    static let visitPrefix: UInt8 = 1
    static let unknownPrefix: UInt8 = 2

    static func writeVisitKey(_ prefix: UInt8, _ visit: VisitID, to key: ByteWriter) {
        key.append(byte: prefix)
        key.append(big: visit.rawValue)
    }

    static func writeVisit(_ visit: SolarVisit, to output: ByteWriter) {
        output.append(byte: version)
        output.append(byte: visit.isOpen ? 1 : 0)
        output.append(double: visit.lastAlertAt.days)
        output.append(zigzag: Int64(visit.alerts))
        output.append(zigzag: Int64(visit.unknown))
    }

    /// - Parameter key: of any kind.
    static func readVisitKey(_ key: UnsafeRawBufferPointer) throws(DamagedBytes) -> VisitID {
        var name = ByteReader(key)
        _ = try name.byte()
        return VisitID(rawValue: try name.big())
    }

    static func readVisit(_ visit: VisitID, _ value: UnsafeRawBufferPointer) throws(DamagedBytes) -> SolarVisit {
        var reader = ByteReader(value)
        try requireVersion(&reader, "visit")
        let isOpen = try reader.byte() == 1
        let lastAlertAt = MJD(try reader.double())
        return SolarVisit(
            visit: visit, isOpen: isOpen, lastAlertAt: lastAlertAt, alerts: Int(try reader.zigzag()),
            unknown: Int(try reader.zigzag()))
    }

    static func writeOpen(_ visits: [VisitID], to output: ByteWriter) {
        output.append(byte: version)
        output.append(count: visits.count)
        for visit in visits { output.append(zigzag: visit.rawValue) }
    }

    static func readOpen(_ value: UnsafeRawBufferPointer) throws(DamagedBytes) -> [VisitID] {
        var reader = ByteReader(value)
        try requireVersion(&reader, "list of open visits")
        var visits: [VisitID] = []
        for _ in 0..<(try reader.count()) { visits.append(VisitID(rawValue: try reader.zigzag())) }
        return visits
    }

    // MARK: Changes

    static func writeChange(_ change: SolarChange, to batch: StoreBatch) {
        batch.key.append(big: Night(visit: change.visit).dayObs)
        writeSourceKey(change.visit, change.diaSourceId, to: batch.key)
        batch.key.append(big: change.commitSeq.rawValue)
        batch.value.append(byte: version)
        batch.value.append(text: change.orbitSet)
        batch.value.append(zigzag: change.before.rawValue)
        batch.value.append(zigzag: change.after.rawValue)
        batch.value.append(byte: change.wasUnknown ? 1 : 0)
        batch.put(.solarChanges)
    }

    static func readChange(
        _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) throws(DamagedBytes) -> SolarChange {
        var name = ByteReader(key)
        _ = try name.big(Int32.self)
        let visit = VisitID(rawValue: try name.big())
        let id = DiaSourceID(rawValue: try name.big())
        let commitSeq = CommitSeq(rawValue: try name.big())
        var reader = ByteReader(value)
        try requireVersion(&reader, "change of attribution")
        let orbitSet = try reader.text()
        let before = SSObjectID(rawValue: try reader.zigzag())
        let after = SSObjectID(rawValue: try reader.zigzag())
        return SolarChange(
            commitSeq: commitSeq, visit: visit, diaSourceId: id, orbitSet: orbitSet, before: before, after: after,
            wasUnknown: try reader.byte() == 1)
    }
}

/// Writes rows of `Tables.ssoCandidate`; good until the table changes.
struct SolarRowWriter {
    static let readers = SolarCodec.groups.map { RowReader(Tables.ssoCandidate, ids: $0) }

    private let groups: [RowWriter]
    let columns: SolarCandidateColumns

    init(_ table: ColumnTable) {
        groups = SolarCodec.groups.map { RowWriter(table, ids: $0) }
        columns = SolarCandidateColumns(table)
    }

    func write(_ row: Int, to output: ByteWriter) {
        for group in groups { group.write(row, to: output) }
    }
}
