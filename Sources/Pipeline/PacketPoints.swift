import Core

/// What the planner reads of a batch beside its columns: the content hash and key of every record.
///
/// Filled batch by batch, memory reused.
struct PacketPoints {
    /// One a batch row.
    private(set) var triggerHashes: [UInt64] = []
    private(set) var detectionHashes: [UInt64] = []
    private(set) var forcedHashes: [UInt64] = []

    mutating func read(_ batch: AlertBatch) {
        triggerHashes.removeAll(keepingCapacity: true)
        detectionHashes.removeAll(keepingCapacity: true)
        forcedHashes.removeAll(keepingCapacity: true)
        ContentHash.appendHashes(of: batch.source, into: &triggerHashes)
        ContentHash.appendHashes(of: batch.detections.table, into: &detectionHashes)
        ContentHash.appendHashes(of: batch.forced.table, into: &forcedHashes)
    }
}

/// Typed access to the columns by which points are recognised.
struct PointColumns {
    let diaSourceId: Column
    let diaObjectId: Column
    let ssObjectId: Column
    let visit: Column
    let detector: Column
    let midpoint: Column
    let band: Column
    let psfFlux: Column
    let psfFluxErr: Column
    let processed: Column
    let withdrawn: Column
    let ra: Column
    let dec: Column
    let arena: ByteArena

    /// Of a table with the schema of diaSource.
    init(_ table: ColumnTable) {
        diaSourceId = table.column("diaSourceId")
        diaObjectId = table.column("diaObjectId")
        ssObjectId = table.column("ssObjectId")
        visit = table.column("visit")
        detector = table.column("detector")
        midpoint = table.column("midpointMjdTai")
        band = table.column("band")
        psfFlux = table.column("psfFlux")
        psfFluxErr = table.column("psfFluxErr")
        processed = table.column("timeProcessedMjdTai")
        withdrawn = table.column("timeWithdrawnMjdTai")
        ra = table.column("ra")
        dec = table.column("dec")
        arena = table.arena
    }

    func detection(_ row: Int, hash: UInt64) -> KnownPoint {
        KnownPoint(
            key: PointKey(detection: DiaSourceID(rawValue: diaSourceId.int64(row) ?? 0)), contentHash: hash,
            midpoint: MJD(midpoint.double(row) ?? 0))
    }

    func band(_ row: Int) -> Band? {
        guard let reference = band.reference(row), reference.length == 1 else { return nil }
        return Band(byte: arena.bytes(reference)[0])
    }
}

/// The same for forced points.
struct ForcedColumns {
    let visit: Column
    let detector: Column
    let midpoint: Column

    init(_ table: ColumnTable) {
        visit = table.column("visit")
        detector = table.column("detector")
        midpoint = table.column("midpointMjdTai")
    }

    func point(_ row: Int, hash: UInt64) -> KnownPoint {
        KnownPoint(
            key: PointKey(
                forcedVisit: VisitID(rawValue: visit.int64(row) ?? 0), detector: detector.int32(row) ?? 0),
            contentHash: hash, midpoint: MJD(midpoint.double(row) ?? 0))
    }
}
