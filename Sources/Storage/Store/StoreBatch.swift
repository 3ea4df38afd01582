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

    func key(of operation: Operation) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: buffer.bytes[operation.keyStart..<operation.keyEnd])
    }

    /// nil for a deletion.
    func value(of operation: Operation) -> UnsafeRawBufferPointer? {
        guard operation.valueEnd >= 0 else { return nil }
        return UnsafeRawBufferPointer(rebasing: buffer.bytes[operation.keyEnd..<operation.valueEnd])
    }
}
