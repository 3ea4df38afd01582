import CRocksDB
import Core
import Glibc

/// A RocksDB snapshot with the handles of its moment.
final class RocksView: StoreView {
    private let instance: RocksInstance
    private let handles: [Family: RocksFamily]
    private let snapshot: OpaquePointer?
    private let read: OpaquePointer
    private let walk: OpaquePointer
    private let prefixWalk: OpaquePointer

    init(instance: RocksInstance, handles: [Family: RocksFamily]) {
        self.instance = instance
        self.handles = handles
        snapshot = rocksdb_create_snapshot(instance.database)
        read = rocksdb_readoptions_create()
        walk = rocksdb_readoptions_create()
        prefixWalk = rocksdb_readoptions_create()
        for options in [read, walk, prefixWalk] { rocksdb_readoptions_set_snapshot(options, snapshot) }
        rocksdb_readoptions_set_total_order_seek(walk, 1)
        rocksdb_readoptions_set_prefix_same_as_start(prefixWalk, 1)
    }

    deinit {
        for options in [read, walk, prefixWalk] { rocksdb_readoptions_destroy(options) }
        rocksdb_release_snapshot(instance.database, snapshot)
    }

    var families: [Family] { handles.keys.sorted() }

    func get(
        _ family: Family, _ key: UnsafeRawBufferPointer,
        _ body: (UnsafeRawBufferPointer?) throws(DependencyFault) -> Void
    ) throws(DependencyFault) {
        guard let handle = handles[family]?.handle else { return try body(nil) }
        var error: UnsafeMutablePointer<CChar>?
        let slice = rocksdb_get_pinned_cf(instance.database, read, handle, key.chars, key.count, &error)
        try checkRocks(error, instance.directory)
        defer { if let slice { rocksdb_pinnableslice_destroy(slice) } }
        try body(RocksView.bytes(slice))
    }

    private static func bytes(_ slice: OpaquePointer?) -> UnsafeRawBufferPointer? {
        guard let slice else { return nil }
        var length = 0
        let start = rocksdb_pinnableslice_value(slice, &length)
        return UnsafeRawBufferPointer(start: start, count: length)
    }

    func multiGet(
        _ family: Family, _ keys: KeyList, _ body: (Int, UnsafeRawBufferPointer?) throws(DependencyFault) -> Void
    ) throws(DependencyFault) {
        guard keys.count > 0 else { return }
        guard let handle = handles[family]?.handle else {
            for index in 0..<keys.count { try body(index, nil) }
            return
        }
        let starts: [UnsafePointer<CChar>?] = (0..<keys.count).map { keys[$0].chars }
        let sizes: [Int] = (0..<keys.count).map { keys[$0].count }
        var values = [OpaquePointer?](repeating: nil, count: keys.count)
        var errors = [UnsafeMutablePointer<CChar>?](repeating: nil, count: keys.count)
        rocksdb_batched_multi_get_cf(
            instance.database, read, handle, keys.count, starts, sizes, &values, &errors, false)
        defer { for value in values where value != nil { rocksdb_pinnableslice_destroy(value) } }
        for error in errors { try checkRocks(error, instance.directory) }
        for index in 0..<keys.count { try body(index, RocksView.bytes(values[index])) }
    }

    func scan(
        _ family: Family, _ range: KeyRange,
        _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws(DependencyFault) -> Bool
    ) throws(DependencyFault) {
        guard let handle = handles[family]?.handle else { return }
        let usesPrefix = range.staysInPrefix && !range.isDescending
        let iterator = rocksdb_create_iterator_cf(instance.database, usesPrefix ? prefixWalk : walk, handle)
        defer { rocksdb_iter_destroy(iterator) }
        try range.from.withBytes { (from) throws(DependencyFault) in
            try (range.to ?? []).withBytes { (to) throws(DependencyFault) in
                if range.isDescending {
                    seekLast(iterator, to: range.to == nil ? nil : to)
                } else {
                    rocksdb_iter_seek(iterator, from.chars, from.count)
                }
                while rocksdb_iter_valid(iterator) != 0 {
                    var length = 0
                    let keyStart = rocksdb_iter_key(iterator, &length)
                    let key = UnsafeRawBufferPointer(start: keyStart, count: length)
                    if range.isDescending ? key.precedes(from) : range.to != nil && !key.precedes(to) { break }
                    let valueStart = rocksdb_iter_value(iterator, &length)
                    guard try body(key, UnsafeRawBufferPointer(start: valueStart, count: length)) else { break }
                    if range.isDescending { rocksdb_iter_prev(iterator) } else { rocksdb_iter_next(iterator) }
                }
            }
        }
        var error: UnsafeMutablePointer<CChar>?
        rocksdb_iter_get_error(iterator, &error)
        try checkRocks(error, instance.directory)
    }

    /// The last key below `to`.
    private func seekLast(_ iterator: OpaquePointer?, to: UnsafeRawBufferPointer?) {
        guard let to else { return rocksdb_iter_seek_to_last(iterator) }
        rocksdb_iter_seek_for_prev(iterator, to.chars, to.count)
        guard rocksdb_iter_valid(iterator) != 0 else { return }
        var length = 0
        let key = UnsafeRawBufferPointer(start: rocksdb_iter_key(iterator, &length), count: length)
        if key.compare(to) == 0 { rocksdb_iter_prev(iterator) }
    }
}

/// Sorted files that are written beside the database and taken in at once.
final class RocksBulkLoad: BulkLoad {
    private static let fileLimit: UInt64 = 256 << 20
    private let instance: RocksInstance
    private let family: RocksFamily
    private let environment = rocksdb_envoptions_create()
    private let writer: OpaquePointer?
    private let stem: String
    private var files: [String] = []
    private var isOpen = false
    private var added = 0

    init(instance: RocksInstance, family: RocksFamily, options: OpaquePointer, number: Int) {
        self.instance = instance
        self.family = family
        writer = rocksdb_sstfilewriter_create(environment, options)
        stem = "\(instance.directory)/bulk-\(getpid())-\(number)"
    }

    deinit {
        rocksdb_sstfilewriter_destroy(writer)
        rocksdb_envoptions_destroy(environment)
        for file in files { unlink(file) }
    }

    func add(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws(DependencyFault) {
        var error: UnsafeMutablePointer<CChar>?
        if !isOpen {
            files.append("\(stem)-\(files.count).sst")
            rocksdb_sstfilewriter_open(writer, files[files.count - 1], &error)
            try checkRocks(error, instance.directory)
            isOpen = true
        }
        rocksdb_sstfilewriter_put(writer, key.chars, key.count, value.chars, value.count, &error)
        try checkRocks(error, instance.directory)
        added += 1
        // The writer flushes its size lazily: ask rarely.
        if added % 1024 == 0 {
            var size: UInt64 = 0
            rocksdb_sstfilewriter_file_size(writer, &size)
            if size > RocksBulkLoad.fileLimit { try closeFile() }
        }
    }

    private func closeFile() throws(DependencyFault) {
        guard isOpen else { return }
        isOpen = false
        var error: UnsafeMutablePointer<CChar>?
        rocksdb_sstfilewriter_finish(writer, &error)
        try checkRocks(error, instance.directory)
    }

    func finish() throws(DependencyFault) {
        try closeFile()
        guard !files.isEmpty else { return }
        let options = rocksdb_ingestexternalfileoptions_create()
        defer { rocksdb_ingestexternalfileoptions_destroy(options) }
        rocksdb_ingestexternalfileoptions_set_move_files(options, 1)
        var error: UnsafeMutablePointer<CChar>?
        withCStrings(files) { names in
            rocksdb_ingest_external_file_cf(instance.database, family.handle, names, names.count, options, &error)
        }
        try checkRocks(error, instance.directory)
    }
}
