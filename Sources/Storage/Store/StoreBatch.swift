/// Changes that are applied together. Keys and values are written into `key` and `value`, then `put` takes them over.
final class StoreBatch {
    struct Operation {
        let family: Family
        let keyStart: Int
        let keyEnd: Int
        /// −1 for a deletion.
        let valueEnd: Int
    }

    let key = ByteWriter()
    let value = ByteWriter(capacity: 4096)
    private let buffer = ByteWriter(capacity: 1 << 16)
    private(set) var operations: [Operation] = []

    var byteCount: Int { buffer.count }
    var isEmpty: Bool { operations.isEmpty }

    func removeAll() {
        buffer.removeAll()
        operations.removeAll(keepingCapacity: true)
        key.removeAll()
        value.removeAll()
    }

    /// Takes `key` and `value` over and empties them.
    func put(_ family: Family) {
        let start = buffer.count
        buffer.append(bytes: key.bytes)
        let keyEnd = buffer.count
        buffer.append(bytes: value.bytes)
        operations.append(Operation(family: family, keyStart: start, keyEnd: keyEnd, valueEnd: buffer.count))
        key.removeAll()
        value.removeAll()
    }

    func delete(_ family: Family) {
        let start = buffer.count
        buffer.append(bytes: key.bytes)
        operations.append(Operation(family: family, keyStart: start, keyEnd: buffer.count, valueEnd: -1))
        key.removeAll()
    }

    /// The operations, family by family in order of key: sorted keys go into a memory table side by side, which is much
    /// faster than where they happen to fall. Of changes to one key the last one stays last.
    func sortedOperations() -> [Operation] {
        // Few families, many operations: the last one found is looked at first.
        var groups: [(family: Family, places: [Place])] = []
        var last = 0
        for (index, operation) in operations.enumerated() {
            let place = Place(prefix: prefix(of: operation), index: Int32(index))
            if last >= groups.count || groups[last].family != operation.family {
                last = groups.firstIndex { $0.family == operation.family } ?? groups.count
                if last == groups.count { groups.append((operation.family, [])) }
            }
            groups[last].places.append(place)
        }
        var sorted: [Operation] = []
        sorted.reserveCapacity(operations.count)
        for group in groups {
            for one in group.places.sorted(by: precedes) { sorted.append(operations[Int(one.index)]) }
        }
        return sorted
    }

    private typealias Place = (prefix: UInt64, index: Int32)

    /// The key's first eight bytes as a number that sorts as they do.
    private func prefix(of operation: Operation) -> UInt64 {
        let key = key(of: operation)
        if key.count >= 8 { return UInt64(bigEndian: key.loadUnaligned(as: UInt64.self)) }
        return key.enumerated().reduce(0) { $0 | UInt64($1.element) << UInt64(56 - 8 * $1.offset) }
    }

    private func precedes(_ left: Place, _ right: Place) -> Bool {
        if left.prefix != right.prefix { return left.prefix < right.prefix }
        let order = key(of: operations[Int(left.index)]).compare(key(of: operations[Int(right.index)]))
        return order == 0 ? left.index < right.index : order < 0
    }

    func key(of operation: Operation) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: buffer.bytes[operation.keyStart..<operation.keyEnd])
    }

    /// nil for a deletion.
    func value(of operation: Operation) -> UnsafeRawBufferPointer? {
        guard operation.valueEnd >= 0 else { return nil }
        return UnsafeRawBufferPointer(rebasing: buffer.bytes[operation.keyEnd..<operation.valueEnd])
    }
}
