import Core

/// Ordered keys and values in families, with snapshots and atomic durable writes: what an engine must give.
///
/// Thread-safe. A view keeps what it sees, families dropped meanwhile included.
protocol OrderedStore: AnyObject, Sendable {
    /// Families that exist, in order.
    func families() -> [Family]
    func createFamily(_ family: Family) throws(DependencyFault)
    /// The family disappears for new views; its bytes go when the last view has gone.
    func dropFamily(_ family: Family) throws(DependencyFault)
    func makeView() throws(DependencyFault) -> any StoreView
    /// Applies all of it, durably, or nothing.
    func write(_ batch: StoreBatch) throws(DependencyFault)
    /// Bulk load of keys in ascending order, beside the log.
    func makeBulkLoad(into family: Family) throws(DependencyFault) -> any BulkLoad
    /// Waits until nothing is left to be merged or flushed.
    func settle() throws(DependencyFault)
    /// A copy of everything at one moment in a new directory; false where the engine has no files.
    func checkpoint(to directory: String) throws(DependencyFault) -> Bool
    /// Bytes on disk and in memory tables.
    func approximateBytes(_ family: Family) -> Int64
    func close()
}

/// One consistent state of the store.
protocol StoreView: AnyObject {
    /// Families that the view sees, in order.
    var families: [Family] { get }
    /// Calls `body` with the value, nil when there is none.
    func get(
        _ family: Family, _ key: UnsafeRawBufferPointer,
        _ body: (UnsafeRawBufferPointer?) throws(DependencyFault) -> Void
    ) throws(DependencyFault)
    /// Calls `body` once a key, in order.
    func multiGet(
        _ family: Family, _ keys: KeyList, _ body: (Int, UnsafeRawBufferPointer?) throws(DependencyFault) -> Void
    ) throws(DependencyFault)
    /// Keys `from ..< to` in order (or from the last down); `body` answers whether to go on.
    func scan(
        _ family: Family, _ range: KeyRange,
        _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws(DependencyFault) -> Bool
    ) throws(DependencyFault)
}

/// A bulk load under way; nothing is visible before `finish`.
protocol BulkLoad: AnyObject {
    func add(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws(DependencyFault)
    func finish() throws(DependencyFault)
}

/// Keys to read or walk.
struct KeyRange {
    var from: [UInt8]
    /// Exclusive; nil is the end of the family.
    var to: [UInt8]?
    var isDescending = false
    /// All keys share the family's prefix, so that the engine may skip files by it.
    var staysInPrefix = false

    static let all = KeyRange(from: [], to: nil)

    /// All keys that begin with these bytes.
    static func prefix(_ bytes: [UInt8], staysInPrefix: Bool = false) -> KeyRange {
        KeyRange(from: bytes, to: successor(of: bytes), staysInPrefix: staysInPrefix)
    }

    /// The first key after all keys with this prefix.
    static func successor(of prefix: [UInt8]) -> [UInt8]? {
        var bytes = prefix
        while let last = bytes.popLast() {
            if last < 255 { return bytes + [last + 1] }
        }
        return nil
    }
}

/// Keys one after another in one buffer.
struct KeyList {
    let buffer = ByteWriter(capacity: 4096)
    private(set) var ends: [Int] = []

    var count: Int { ends.count }
    /// Ends the key that was appended to `buffer`.
    mutating func finishKey() { ends.append(buffer.count) }

    subscript(index: Int) -> UnsafeRawBufferPointer {
        let start = index == 0 ? 0 : ends[index - 1]
        return UnsafeRawBufferPointer(rebasing: buffer.bytes[start..<ends[index]])
    }
}
