import Core

/// Points of one kind of one object as read from rows and blocks: the newest revision of each natural key wins.
///
/// Doubles (a point in a block and still in its night's family) are harmless: same key and commitSeq.
struct PointSet {
    let kind: PointKind
    /// Rows of all revisions read; `newest` says which count.
    let table: ColumnTable
    private(set) var knownFrom: [Int64] = []
    private(set) var newest: [PointKey: Int] = [:]
    /// Points that the object lost, and the commit that took them.
    private var gone: [PointKey: Int64] = [:]
    private let asOf: Int64
    private let idColumn: Column
    private let detectorColumn: Column
    private let midpointColumn: Column
    private let withdrawnColumn: Column

    /// - Parameter memory: a table of the kind's schema to use again; what was in it is forgotten.
    init(_ kind: PointKind, asOf: CommitSeq?, memory: ColumnTable? = nil) {
        self.kind = kind
        self.asOf = asOf?.rawValue ?? .max
        table = memory ?? ColumnTable(schema: kind == .detection ? Tables.diaSource : Tables.diaForcedSource)
        if memory != nil {
            table.removeAllRows()
            table.arena.removeAll()
        }
        idColumn = table.column(kind == .detection ? "diaSourceId" : "visit")
        detectorColumn = table.column("detector")
        midpointColumn = table.column("midpointMjdTai")
        withdrawnColumn = table.column("timeWithdrawnMjdTai")
    }

    func key(_ row: Int) -> PointKey {
        let id = idColumn.int64(row) ?? 0
        return PointKey(kind: kind, first: id, second: kind == .forced ? detectorColumn.int32(row) ?? 0 : 0)
    }

    func midpoint(_ row: Int) -> MJD { MJD(midpointColumn.double(row) ?? 0) }

    /// A withdrawn point is hidden from the commit that said so on.
    func isWithdrawn(_ row: Int) -> Bool { withdrawnColumn.time(row) != nil }

    /// Takes a detection's row, or what hides it: a commit number alone.
    mutating func add(
        _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, _ rows: RowReader
    ) throws(DependencyFault) {
        guard let commitSeq = PointSet.removal(value) else { return try add(value, rows) }
        guard commitSeq <= asOf, key.count >= 32 else { return }
        let id = Int64(bigEndian: key.loadUnaligned(fromByteOffset: 24, as: Int64.self))
        let point = PointKey(detection: DiaSourceID(rawValue: id))
        gone[point] = max(gone[point] ?? commitSeq, commitSeq)
        if let row = newest[point], knownFrom[row] < commitSeq { newest[point] = nil }
    }

    /// The commit that hides a detection, nil for a row.
    static func removal(_ value: UnsafeRawBufferPointer) -> Int64? {
        var reader = ByteReader(value)
        guard let commitSeq = try? reader.zigzag(), reader.remaining == 0 else { return nil }
        return commitSeq
    }

    /// Takes one stored row (`commitSeq`, row).
    mutating func add(_ value: UnsafeRawBufferPointer, _ rows: RowReader) throws(DependencyFault) {
        let before = table.rowCount
        let commitSeq = try decoding("point") { () throws(DamagedBytes) in
            var reader = ByteReader(value)
            let commitSeq = try reader.zigzag()
            if commitSeq <= asOf { try rows.read(&reader, into: table) }
            return commitSeq
        }
        if table.rowCount > before { noteRow(before, commitSeq) }
    }

    /// Takes the rows of a block.
    mutating func add(_ block: LightCurveBlock) {
        for row in 0..<block.table.rowCount where block.knownFrom[row] <= asOf {
            table.appendRow(row, of: block.table)
            noteRow(table.rowCount - 1, block.knownFrom[row])
        }
    }

    private mutating func noteRow(_ row: Int, _ commitSeq: Int64) {
        knownFrom.append(commitSeq)
        let key = key(row)
        if let other = newest[key], knownFrom[other] >= commitSeq { return }
        if let removal = gone[key], removal > commitSeq { return }
        newest[key] = row
    }

    /// Leaves out rows that are not another's any more.
    mutating func keepOnly(_ isKept: (Int) -> Bool) { newest = newest.filter { isKept($0.value) } }

    /// The rows that count, ascending by time, then key.
    func rowsByTime(withdrawn: Bool) -> [Int] {
        newest.values.filter { withdrawn || !isWithdrawn($0) }.sorted { left, right in
            let (a, b) = (midpoint(left), midpoint(right))
            return a == b ? key(left) < key(right) : a < b
        }
    }

    /// The rows that count as known points, in the same order; hashes are computed from the values.
    func knownPoints() -> [(row: Int, point: KnownPoint)] {
        var hashes: [UInt64] = []
        ContentHash.appendHashes(of: table, into: &hashes)
        return rowsByTime(withdrawn: true).map { row in
            (row, KnownPoint(key: key(row), contentHash: hashes[row], midpoint: midpoint(row)))
        }
    }
}
