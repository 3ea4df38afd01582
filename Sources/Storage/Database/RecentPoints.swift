import Core
import Synchronization

/// The points that the last commits wrote, as they are stored. What a packet lacks of its object is nearly always a point of
/// the visits just before, and then no light curve need be read for it.
///
/// Whoever asks says which content he means, by its hash: an answer is that content or none. Memory is bounded: points lie
/// in two generations, and when the newer one is full the older one goes. Kept only once somebody has said `want`.
final class RecentPoints: @unchecked Sendable {
    /// Bytes of rows in a generation: some ten thousand alerts with all columns.
    static let generationBytes = 32 << 20

    private struct Entry {
        let point: KnownPoint
        let offset: Int
        let byteCount: Int
        /// The object's entry before this one, −1 for none.
        let previous: Int32
    }

    private final class Generation {
        var newest: [DiaObjectID: Int32] = [:]
        var entries: [Entry] = []
        let bytes = ByteWriter()

        /// The newest row of a point, when its content is that of `point`.
        func find(_ point: KnownPoint, of object: DiaObjectID) -> [UInt8]? {
            var next = newest[object] ?? -1
            while next >= 0 {
                let entry = entries[Int(next)]
                if entry.point.key == point.key, entry.point.contentHash == point.contentHash {
                    return Array(bytes.bytes[entry.offset..<entry.offset + entry.byteCount])
                }
                next = entry.previous
            }
            return nil
        }
    }

    // Everything below is used inside `lock` only.
    private let lock = Mutex<Void>(())
    private var isWanted = false
    private var young = Generation()
    private var old = Generation()
    private let detectionRows = RowReader(Tables.diaSource)
    private let forcedRows = RowReader(Tables.diaForcedSource)

    /// From now on points are kept: somebody reads histories.
    func want() { lock.withLock { _ in isWanted = true } }

    /// Forgets everything: nothing is known of what a failed write would have stored.
    func forget() {
        lock.withLock { _ in
            young = Generation()
            old = Generation()
        }
    }

    /// Keeps a point of a commit that is being written: `value` is its row as stored.
    func note(_ point: KnownPoint, of object: DiaObjectID, _ value: UnsafeRawBufferPointer) {
        lock.withLock { _ in
            guard isWanted, !object.isNone else { return }
            if young.bytes.count > RecentPoints.generationBytes {
                old = young
                young = Generation()
            }
            let number = Int32(young.entries.count)
            let previous = young.newest.updateValue(number, forKey: object) ?? -1
            young.entries.append(
                Entry(point: point, offset: young.bytes.count, byteCount: value.count, previous: previous))
            young.bytes.append(bytes: value)
        }
    }

    /// Appends the points of an object, ascending by time and without withdrawn ones, when all of them are here with the
    /// content that is meant; appends nothing and answers false else.
    func append(
        _ points: [KnownPoint], of object: DiaObjectID, detections: ColumnTable, forced: ColumnTable
    ) throws(DependencyFault) -> Bool {
        let found: [[UInt8]] = lock.withLock { _ in
            points.compactMap { young.find($0, of: object) ?? old.find($0, of: object) }
        }
        guard found.count == points.count else { return false }
        let order = points.indices.sorted {
            (points[$0].midpoint, points[$0].key) < (points[$1].midpoint, points[$1].key)
        }
        for index in order {
            let isDetection = points[index].key.kind == .detection
            let table = isDetection ? detections : forced
            let row = table.rowCount
            try RecentPoints.read(found[index], isDetection ? detectionRows : forcedRows, into: table)
            let withdrawn = isDetection ? RecentPoints.detectionWithdrawn : RecentPoints.forcedWithdrawn
            if table.columns[withdrawn].number(row)?.isFinite ?? false { table.truncate(to: row) }
        }
        return true
    }

    private static let detectionWithdrawn = Tables.diaSource.require("timeWithdrawnMjdTai")
    private static let forcedWithdrawn = Tables.diaForcedSource.require("timeWithdrawnMjdTai")

    private static func read(_ value: [UInt8], _ rows: RowReader, into table: ColumnTable) throws(DependencyFault) {
        var damage: DamagedBytes?
        value.withUnsafeBytes { bytes in
            do throws(DamagedBytes) {
                var reader = ByteReader(bytes)
                _ = try reader.zigzag()
                try rows.read(&reader, into: table)
            } catch {
                damage = error
            }
        }
        guard let damage else { return }
        try decoding("recent point") { () throws(DamagedBytes) in throw damage }
    }
}
