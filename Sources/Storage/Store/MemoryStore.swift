import Core
import Synchronization

/// The engine without files: sorted maps whose copies are the snapshots.
final class MemoryStore: OrderedStore {
    private let maps: Mutex<[Family: SortedMap]>

    init() {
        maps = Mutex(Dictionary(uniqueKeysWithValues: Family.fixed.map { ($0, SortedMap()) }))
    }

    func families() -> [Family] { maps.withLock { $0.keys.sorted() } }

    func createFamily(_ family: Family) {
        maps.withLock { if $0[family] == nil { $0[family] = SortedMap() } }
    }

    func dropFamily(_ family: Family) { maps.withLock { $0[family] = nil } }

    func makeView() -> any StoreView { MemoryView(maps: maps.withLock { $0 }) }

    func write(_ batch: StoreBatch) {
        maps.withLock { maps in
            for operation in batch.operations {
                let key = batch.key(of: operation)
                if let value = batch.value(of: operation) {
                    maps[operation.family, default: SortedMap()].set(key, value)
                } else {
                    maps[operation.family, default: SortedMap()].remove(key)
                }
            }
        }
    }

    func makeBulkLoad(into family: Family) -> any BulkLoad { MemoryBulkLoad(store: self, family: family) }
    func settle() {}
    func checkpoint(to directory: String) -> Bool { false }
    func approximateBytes(_ family: Family) -> Int64 { maps.withLock { $0[family]?.byteCount ?? 0 } }
    func close() {}
}

private final class MemoryBulkLoad: BulkLoad {
    private let store: MemoryStore
    private let family: Family
    private let batch = StoreBatch()

    init(store: MemoryStore, family: Family) {
        self.store = store
        self.family = family
    }

    func add(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        batch.key.append(bytes: key)
        batch.value.append(bytes: value)
        batch.put(family)
    }

    func finish() {
        store.write(batch)
        batch.removeAll()
    }
}

private final class MemoryView: StoreView {
    private let maps: [Family: SortedMap]

    init(maps: [Family: SortedMap]) { self.maps = maps }

    var families: [Family] { maps.keys.sorted() }

    func get(
        _ family: Family, _ key: UnsafeRawBufferPointer,
        _ body: (UnsafeRawBufferPointer?) throws(DependencyFault) -> Void
    ) throws(DependencyFault) {
        guard let value = maps[family]?.value(key) else { return try body(nil) }
        try value.withBytes { (bytes) throws(DependencyFault) in try body(bytes) }
    }

    func multiGet(
        _ family: Family, _ keys: KeyList, _ body: (Int, UnsafeRawBufferPointer?) throws(DependencyFault) -> Void
    ) throws(DependencyFault) {
        for index in 0..<keys.count {
            try get(family, keys[index]) { (bytes) throws(DependencyFault) in try body(index, bytes) }
        }
    }

    func scan(
        _ family: Family, _ range: KeyRange,
        _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws(DependencyFault) -> Bool
    ) throws(DependencyFault) {
        guard let map = maps[family] else { return }
        try range.from.withBytes { (from) throws(DependencyFault) in
            try (range.to ?? []).withBytes { (toBytes) throws(DependencyFault) in
                let to = range.to == nil ? nil : toBytes
                if range.isDescending {
                    try map.descend(below: to) { (key, value) throws(DependencyFault) in
                        try key.withBytes { (keyBytes) throws(DependencyFault) in
                            guard !keyBytes.precedes(from) else { return false }
                            return try value.withBytes { (bytes) throws(DependencyFault) in try body(keyBytes, bytes) }
                        }
                    }
                } else {
                    try map.ascend(from: from) { (key, value) throws(DependencyFault) in
                        try key.withBytes { (keyBytes) throws(DependencyFault) in
                            if let to, !keyBytes.precedes(to) { return false }
                            return try value.withBytes { (bytes) throws(DependencyFault) in try body(keyBytes, bytes) }
                        }
                    }
                }
            }
        }
    }
}

extension [UInt8] {
    /// `withUnsafeBytes` with a typed error.
    func withBytes<Result>(
        _ body: (UnsafeRawBufferPointer) throws(DependencyFault) -> Result
    ) throws(DependencyFault) -> Result {
        var failure: DependencyFault?
        let result: Result? = withUnsafeBytes { (bytes) -> Result? in
            do throws(DependencyFault) { return try body(bytes) } catch {
                failure = error
                return nil
            }
        }
        if let failure { throw failure }
        guard let result else { preconditionFailure("neither a result nor a fault") }
        return result
    }
}
