import Core

/// Turns the rows of one family of forced points into month blocks, merged with the blocks that are there.
final class MonthFolder {
    /// A block with more points is closed: late points start the next generation.
    static let pointLimit = 4096

    private let view: any StoreView
    private let load: any BulkLoad
    private let rows = RowReader.forced
    private let zstd = Zstd()
    private let writer = LightCurveBlockWriter()
    private let key = ByteWriter()
    private let value = ByteWriter(capacity: 1 << 14)
    private var object: [UInt8] = []
    private var pending = ForcedRows()
    private(set) var points = 0
    private(set) var blocks = 0
    private(set) var bytes: Int64 = 0

    init(view: any StoreView, load: any BulkLoad) {
        self.view = view
        self.load = load
    }

    func fold(_ family: Family) throws(DependencyFault) {
        try view.scan(family, .all) { (key, value) throws(DependencyFault) in
            guard key.count >= 28 else { return true }
            if !object.elementsEqual(key[..<16]) {
                try finishObject()
                object = [UInt8](key[..<16])
            }
            try pending.add(value, rows)
            points += 1
            return true
        }
        try finishObject()
        try load.finish()
    }

    /// Writes the blocks of one object, month by month.
    private func finishObject() throws(DependencyFault) {
        guard pending.table.rowCount > 0 else { return }
        for (month, newRows) in pending.rowsByMonth() {
            var merged = ForcedRows()
            var generation: UInt32 = 0
            if let last = try lastBlock(month) {
                let isOpen = last.block.table.rowCount < MonthFolder.pointLimit
                generation = isOpen ? last.generation : last.generation + 1
                if isOpen { merged.add(last.block) }
            }
            merged.add(pending, rows: newRows)
            try write(merged, month: month, generation: generation)
        }
        pending.removeAll()
    }

    private func write(_ rows: ForcedRows, month: CalendarMonth, generation: UInt32) throws(DependencyFault) {
        key.removeAll()
        value.removeAll()
        key.append(bytes: object)
        key.append(orderedMonth: month.index)
        key.append(big: generation)
        writer.write(rows.table, rows: rows.order(), knownFrom: rows.knownFrom, to: value)
        try load.add(key.bytes, value.bytes)
        blocks += 1
        bytes += Int64(value.count)
    }

    private func lastBlock(
        _ month: CalendarMonth
    ) throws(DependencyFault) -> (generation: UInt32, block: LightCurveBlock)? {
        let prefix = ByteWriter()
        prefix.append(bytes: object)
        prefix.append(orderedMonth: month.index)
        var last: (UInt32, LightCurveBlock)?
        try view.scan(.folded, .prefix(prefix.array, staysInPrefix: true)) { (key, value) throws(DependencyFault) in
            last = try decoding("light-curve block") { () throws(DamagedBytes) in
                var reader = ByteReader(UnsafeRawBufferPointer(rebasing: key[18...]))
                return (try reader.big(UInt32.self), try LightCurveBlock.read(value, zstd))
            }
            return true
        }
        return last.map { (generation: $0.0, block: $0.1) }
    }
}

/// Forced points of one object with the commits that brought them.
struct ForcedRows {
    private(set) var table = ColumnTable(schema: Tables.diaForcedSource)
    private(set) var knownFrom: [Int64] = []

    mutating func removeAll() {
        table.removeAllRows()
        table.arena.removeAll()
        knownFrom.removeAll(keepingCapacity: true)
    }

    mutating func add(_ value: UnsafeRawBufferPointer, _ rows: RowReader) throws(DependencyFault) {
        let commitSeq = try decoding("forced point") { () throws(DamagedBytes) in
            var reader = ByteReader(value)
            let commitSeq = try reader.zigzag()
            try rows.read(&reader, into: table)
            return commitSeq
        }
        knownFrom.append(commitSeq)
    }

    mutating func add(_ block: LightCurveBlock) {
        for row in 0..<block.table.rowCount {
            table.appendRow(row, of: block.table)
            knownFrom.append(block.knownFrom[row])
        }
    }

    mutating func add(_ other: ForcedRows, rows: [Int]) {
        for row in rows {
            table.appendRow(row, of: other.table)
            knownFrom.append(other.knownFrom[row])
        }
    }

    func rowsByMonth() -> [(month: CalendarMonth, rows: [Int])] {
        let midpoints = table.column("midpointMjdTai")
        var months: [CalendarMonth: [Int]] = [:]
        for row in 0..<table.rowCount {
            months[CalendarMonth(MJD(midpoints.double(row) ?? 0)), default: []].append(row)
        }
        return months.sorted { $0.key < $1.key }.map { (month: $0.key, rows: $0.value) }
    }

    /// Rows ascending by visit, detector and commit, each once.
    func order() -> [Int] {
        let visits = table.column("visit")
        let detectors = table.column("detector")
        let keys = (0..<table.rowCount).map { row in
            (visit: visits.int64(row) ?? 0, detector: detectors.int32(row) ?? 0, commit: knownFrom[row], row: row)
        }.sorted { ($0.visit, $0.detector, $0.commit, $0.row) < ($1.visit, $1.detector, $1.commit, $1.row) }
        var rows: [Int] = []
        for (index, key) in keys.enumerated() {
            if index > 0 {
                let last = keys[index - 1]
                if (last.visit, last.detector, last.commit) == (key.visit, key.detector, key.commit) { continue }
            }
            rows.append(key.row)
        }
        return rows
    }
}
