import CRocksDB
import Core
import Glibc
import Synchronization

/// A family's handle; its bytes live until the last view that holds it has gone. RocksDB must not close before its
/// handles are destroyed, however it is let go: so each keeps it open.
final class RocksFamily: @unchecked Sendable {
    let handle: OpaquePointer
    private let instance: RocksInstance

    init(_ handle: OpaquePointer, of instance: RocksInstance) {
        self.handle = handle
        self.instance = instance
    }
    deinit { rocksdb_column_family_handle_destroy(handle) }
}

/// RocksDB itself, closed when the last user has gone.
final class RocksInstance: @unchecked Sendable {
    let database: OpaquePointer
    let options: RocksOptions
    let directory: String

    init(database: OpaquePointer, options: RocksOptions, directory: String) {
        self.database = database
        self.options = options
        self.directory = directory
    }

    deinit { rocksdb_close(database) }
}

/// The RocksDB engine.
final class RocksStore: OrderedStore {
    let instance: RocksInstance
    private let handles: Mutex<[Family: RocksFamily]>
    private let bulkLoads = Atomic<Int>(0)

    /// Opens or creates the database in a directory.
    init(directory: String, options: EmbeddedOptions, isReadOnly: Bool = false) throws(DependencyFault) {
        let rocks = RocksOptions(options)
        // A reader cannot make the families that an older version did not have: they are empty to it.
        var families = isReadOnly ? [] : Family.fixed
        for name in try RocksStore.storedFamilies(directory, rocks) {
            guard let family = Family(name: name) else {
                throw DependencyFault(
                    "database \(directory)", "holds a family \(name) that this version does not know",
                    hint: "use the version of nightjar that wrote it", isRetriable: false)
            }
            if !families.contains(family) { families.append(family) }
        }
        var raw = [OpaquePointer?](repeating: nil, count: families.count)
        var error: UnsafeMutablePointer<CChar>?
        let familyOptions: [OpaquePointer?] = families.map { rocks.family($0) }
        let database: OpaquePointer? = withCStrings(families.map(\.name)) { names in
            if isReadOnly {
                return rocksdb_open_for_read_only_column_families(
                    rocks.database, directory, Int32(families.count), names, familyOptions, &raw, 0, &error)
            }
            return rocksdb_open_column_families(
                rocks.database, directory, Int32(families.count), names, familyOptions, &raw, &error)
        }
        try checkRocks(error, directory)
        // RocksDB cannot write down a log level above its own, and leaves its attempts behind.
        for name in FileSystem.list(directory) where !isReadOnly && name.hasPrefix("OPTIONS-") && name.hasSuffix(".dbtmp") {
            FileSystem.removeTree(directory + "/" + name)
        }
        guard let database else { throw DependencyFault("database \(directory)", "did not open") }
        instance = RocksInstance(database: database, options: rocks, directory: directory)
        var handles: [Family: RocksFamily] = [:]
        for (family, handle) in zip(families, raw) { handles[family] = RocksFamily(handle!, of: instance) }
        self.handles = Mutex(handles)
    }

    /// Names of the families on disk; none when there is no database yet.
    private static func storedFamilies(_ directory: String, _ rocks: RocksOptions) throws(DependencyFault) -> [String] {
        guard FileSystem.exists(directory + "/CURRENT") else { return [] }
        var count = 0
        var error: UnsafeMutablePointer<CChar>?
        let list = rocksdb_list_column_families(rocks.database, directory, &count, &error)
        try checkRocks(error, directory)
        guard let list else { return [] }
        defer { rocksdb_list_column_families_destroy(list, count) }
        return (0..<count).compactMap { list[$0].map { String(cString: $0) } }
    }

    func families() -> [Family] { handles.withLock { $0.keys.sorted() } }

    func createFamily(_ family: Family) throws(DependencyFault) {
        guard handles.withLock({ $0[family] == nil }) else { return }
        var error: UnsafeMutablePointer<CChar>?
        let options = instance.options.family(family)
        let handle = rocksdb_create_column_family(instance.database, options, family.name, &error)
        try checkRocks(error, instance.directory)
        guard let handle else { throw DependencyFault("database \(instance.directory)", "did not make a family") }
        let made = RocksFamily(handle, of: instance)
        handles.withLock { $0[family] = made }
    }

    func dropFamily(_ family: Family) throws(DependencyFault) {
        guard let handle = handles.withLock({ $0.removeValue(forKey: family) }) else { return }
        var error: UnsafeMutablePointer<CChar>?
        rocksdb_drop_column_family(instance.database, handle.handle, &error)
        try checkRocks(error, instance.directory)
    }

    func makeView() -> any StoreView {
        handles.withLock { RocksView(instance: instance, handles: $0) }
    }

    func write(_ batch: StoreBatch) throws(DependencyFault) {
        guard let rocks = rocksdb_writebatch_create() else { return }
        defer { rocksdb_writebatch_destroy(rocks) }
        let handles = handles.withLock { $0 }
        var last: (family: Family, handle: RocksFamily)?
        for operation in batch.sortedOperations() {
            guard let family = last?.family == operation.family ? last?.handle : handles[operation.family] else {
                preconditionFailure("a write to a family that was never made")
            }
            last = (operation.family, family)
            let key = batch.key(of: operation)
            if let value = batch.value(of: operation) {
                rocksdb_writebatch_put_cf(rocks, family.handle, key.chars, key.count, value.chars, value.count)
            } else {
                rocksdb_writebatch_delete_cf(rocks, family.handle, key.chars, key.count)
            }
        }
        var error: UnsafeMutablePointer<CChar>?
        rocksdb_write(instance.database, instance.options.write, rocks, &error)
        try checkRocks(error, instance.directory)
    }

    func makeBulkLoad(into family: Family) throws(DependencyFault) -> any BulkLoad {
        guard let handle = handles.withLock({ $0[family] }) else { preconditionFailure("no family to load") }
        let number = bulkLoads.add(1, ordering: .relaxed).newValue
        return RocksBulkLoad(
            instance: instance, family: handle, options: instance.options.family(family), number: number)
    }

    func settle() throws(DependencyFault) {
        for (_, family) in handles.withLock({ $0 }) {
            var error: UnsafeMutablePointer<CChar>?
            let flush = rocksdb_flushoptions_create()
            defer { rocksdb_flushoptions_destroy(flush) }
            rocksdb_flush_cf(instance.database, flush, family.handle, &error)
            try checkRocks(error, instance.directory)
        }
        while property("rocksdb.compaction-pending") + property("rocksdb.num-running-compactions")
            + property("rocksdb.num-running-flushes") > 0
        {
            SystemClock().sleep(seconds: 0.02)
        }
    }

    private func property(_ name: String) -> UInt64 {
        handles.withLock { $0 }.values.reduce(0) { sum, family in
            var value: UInt64 = 0
            rocksdb_property_int_cf(instance.database, family.handle, name, &value)
            return sum + value
        }
    }

    func checkpoint(to directory: String) throws(DependencyFault) -> Bool {
        var error: UnsafeMutablePointer<CChar>?
        let checkpoint = rocksdb_checkpoint_object_create(instance.database, &error)
        try checkRocks(error, instance.directory)
        defer { rocksdb_checkpoint_object_destroy(checkpoint) }
        rocksdb_checkpoint_create(checkpoint, directory, 0, &error)
        try checkRocks(error, directory)
        return true
    }

    func approximateBytes(_ family: Family) -> Int64 {
        guard let handle = handles.withLock({ $0[family] }) else { return 0 }
        var files: UInt64 = 0
        var memory: UInt64 = 0
        rocksdb_property_int_cf(instance.database, handle.handle, "rocksdb.live-sst-files-size", &files)
        rocksdb_property_int_cf(instance.database, handle.handle, "rocksdb.size-all-mem-tables", &memory)
        return Int64(files) + Int64(memory)
    }

    func close() { handles.withLock { $0.removeAll() } }
}

/// Turns RocksDB's message into a fault and frees it.
func checkRocks(_ error: UnsafeMutablePointer<CChar>?, _ directory: String) throws(DependencyFault) {
    guard let error else { return }
    let text = String(cString: error)
    rocksdb_free(error)
    let isDamaged = text.hasPrefix("Corruption")
    let hint =
        isDamaged
        ? "restore a backup" : text.contains("No space") ? "free space on the disk; a running broker goes on by itself" : ""
    throw DependencyFault("database \(directory)", text, hint: hint, isRetriable: !isDamaged)
}

extension UnsafeRawBufferPointer {
    /// For C functions that take `const char *` and a length; never nil.
    var chars: UnsafePointer<CChar>? { baseAddress?.assumingMemoryBound(to: CChar.self) ?? emptyChars }
}

private nonisolated(unsafe) let emptyChars = UnsafePointer(UnsafeMutablePointer<CChar>.allocate(capacity: 1))

/// Calls `body` with C strings that live as long as the call.
func withCStrings<Result>(_ texts: [String], _ body: ([UnsafePointer<CChar>?]) -> Result) -> Result {
    let copies = texts.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies.map { UnsafePointer($0) })
}
