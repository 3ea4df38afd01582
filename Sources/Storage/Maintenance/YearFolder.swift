import Core

/// Merges month blocks into one block a year and object, at January, generation 0.
final class YearFolder {
    private let view: any StoreView
    private let load: any BulkLoad
    private let beforeMonth: CalendarMonth
    private let writer = LightCurveBlockWriter()
    private let zstd = Zstd()
    private let key = ByteWriter()
    private let value = ByteWriter(capacity: 1 << 14)
    private var group: (object: [UInt8], year: CalendarMonth, keys: [[UInt8]], rows: ForcedRows)?
    private var replaced: [[UInt8]] = []
    private(set) var points = 0
    private(set) var blocks = 0
    private(set) var bytes: Int64 = 0

    init(view: any StoreView, load: any BulkLoad, beforeYear: Int) {
        self.view = view
        self.load = load
        beforeMonth = CalendarMonth(index: Int16(clamping: (beforeYear - 2000) * 12))
    }

    /// Folds objects from a key on until about `limit` blocks are replaced; answers the keys of the blocks that the new ones replace, and the key of the object to go
    /// on with, nil at the end.
    func fold(from start: [UInt8], limit: Int) throws(DependencyFault) -> (replaced: [[UInt8]], next: [UInt8]?) {
        var next: [UInt8]?
        try view.scan(.folded, KeyRange(from: start, to: nil)) { (key, value) throws(DependencyFault) in
            guard key.count == 22 else { return true }
            if replaced.count >= limit, !(group?.object.elementsEqual(key[..<16]) ?? false) {
                next = [UInt8](key[..<16])
                return false
            }
            let (month, block) = try decoding("light-curve block") { () throws(DamagedBytes) in
                var reader = ByteReader(UnsafeRawBufferPointer(rebasing: key[16...]))
                return (CalendarMonth(index: try reader.orderedMonth()), try LightCurveBlock.read(value, zstd))
            }
            guard month < beforeMonth else { return true }
            let year = month.yearStart
            if group.map({ !$0.object.elementsEqual(key[..<16]) || $0.year != year }) ?? true {
                try finishGroup()
                group = ([UInt8](key[..<16]), year, [], ForcedRows())
            }
            group?.keys.append([UInt8](key))
            group?.rows.add(block)
            return true
        }
        try finishGroup()
        try load.finish()
        return (replaced, next)
    }

    private func finishGroup() throws(DependencyFault) {
        guard let done = group else { return }
        group = nil
        key.removeAll()
        key.append(bytes: done.object)
        key.append(orderedMonth: done.year.index)
        key.append(big: UInt32(0))
        let target = key.array
        // A year that is one block already stays.
        guard done.keys != [target] else { return }
        value.removeAll()
        let order = done.rows.order()
        writer.write(done.rows.table, rows: order, knownFrom: done.rows.knownFrom, to: value)
        try load.add(key.bytes, value.bytes)
        replaced += done.keys.filter { $0 != target }
        points += order.count
        blocks += 1
        bytes += Int64(value.count)
    }
}
