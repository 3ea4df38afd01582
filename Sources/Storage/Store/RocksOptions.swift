import CRocksDB
import Core
import Synchronization

/// How the embedded database uses memory and disk.
public struct EmbeddedOptions: Sendable {
    /// Cache of decompressed blocks, indexes and filters.
    public var blockCacheBytes = 256 << 20
    /// Memory tables of all families together.
    public var memoryTableBytes = 256 << 20
    /// Write-ahead log that may wait for memory tables.
    public var logBytes: UInt64 = 512 << 20
    /// Threads for flushes and merges.
    public var backgroundThreads: Int32 = 2
    public var archive = ArchiveOptions()
    /// Free bytes below which nothing is written: room for flushes and merges that are under way.
    public var reservedBytes: Int64 = 1 << 30

    public init() {}
}

/// RocksDB's options, made once per open and kept until close.
final class RocksOptions {
    let database: OpaquePointer
    private let cache: OpaquePointer
    private let owned = Mutex<[UInt]>([])
    private let options: EmbeddedOptions
    let read: OpaquePointer
    let write: OpaquePointer

    init(_ options: EmbeddedOptions) {
        self.options = options
        cache = rocksdb_cache_create_lru(options.blockCacheBytes)
        read = rocksdb_readoptions_create()
        write = rocksdb_writeoptions_create()
        rocksdb_writeoptions_set_sync(write, 1)
        database = RocksOptions.sparingOptions()
        rocksdb_options_set_create_if_missing(database, 1)
        rocksdb_options_set_create_missing_column_families(database, 1)
        rocksdb_options_set_max_background_jobs(database, options.backgroundThreads)
        rocksdb_options_set_db_write_buffer_size(database, options.memoryTableBytes)
        rocksdb_options_set_max_total_wal_size(database, options.logBytes)
        rocksdb_options_set_bytes_per_sync(database, 1 << 20)
        rocksdb_options_set_max_open_files(database, 1000)
        rocksdb_options_set_keep_log_file_num(database, 2)
        // No log file: what matters comes back as errors, and builds of RocksDB with assertions (Debian's) abort at the
        // second line that finds the disk full. 6 is above every level.
        rocksdb_options_set_info_log_level(database, 6)
        rocksdb_options_set_stats_dump_period_sec(database, 0)
        rocksdb_options_set_skip_stats_update_on_db_open(database, 1)
        // A torn tail of the log is what a crash leaves; anything before it must be whole.
        rocksdb_options_set_wal_recovery_mode(database, 2)
    }

    deinit {
        for one in owned.withLock({ $0 }) { rocksdb_options_destroy(OpaquePointer(bitPattern: one)) }
        rocksdb_options_destroy(database)
        rocksdb_readoptions_destroy(read)
        rocksdb_writeoptions_destroy(write)
        rocksdb_cache_destroy(cache)
    }

    /// The engine's defaults without preallocation: a log would take 70 MB on the disk before its first byte.
    private static func sparingOptions() -> OpaquePointer { options("allow_fallocate=false") }

    /// The engine's defaults but for what its C interface has no function for.
    private static func options(_ text: String) -> OpaquePointer {
        let plain: OpaquePointer = rocksdb_options_create()
        defer { rocksdb_options_destroy(plain) }
        let options: OpaquePointer = rocksdb_options_create()
        var error: UnsafeMutablePointer<CChar>?
        rocksdb_get_options_from_string(plain, text, options, &error)
        precondition(error == nil, "RocksDB does not know an option of its own")
        return options
    }

    /// Options of one family.
    func family(_ family: Family) -> OpaquePointer {
        // A commit's keys come sorted: each looks for its place in the memory table from the one before on.
        let one = RocksOptions.options("memtable_insert_with_hint_prefix_extractor=rocksdb.FixedPrefix.1")
        let address = UInt(bitPattern: one)
        owned.withLock { $0.append(address) }
        rocksdb_options_set_write_buffer_size(one, family.isLarge ? 64 << 20 : 8 << 20)
        rocksdb_options_set_max_write_buffer_number(one, 3)
        rocksdb_options_set_level_compaction_dynamic_level_bytes(one, 1)
        rocksdb_options_set_max_bytes_for_level_base(one, family.isLarge ? 256 << 20 : 64 << 20)
        rocksdb_options_set_target_file_size_base(one, 64 << 20)
        // Each merge of young files rewrites the level below: of eight at once half as often as of four.
        rocksdb_options_set_level0_file_num_compaction_trigger(one, 8)
        // Young files live for minutes: lz4 there, zstd below.
        var levels: [Int32] = [4, 4, 7, 7, 7, 7, 7]
        // Blocks that are compressed already.
        if family == .folded || family == .alertBlocks { levels = [0, 0, 0, 0, 0, 0, 0] }
        rocksdb_options_set_compression_per_level(one, &levels, levels.count)
        rocksdb_options_set_compression_options(one, -14, 1, 0, 0)
        if family.prefixLength > 0 {
            rocksdb_options_set_prefix_extractor(one, rocksdb_slicetransform_create_fixed_prefix(family.prefixLength))
            rocksdb_options_set_memtable_prefix_bloom_size_ratio(one, 0.05)
        }
        let table = tableOptions()
        rocksdb_options_set_block_based_table_factory(one, table)
        rocksdb_block_based_options_destroy(table)
        return one
    }

    private func tableOptions() -> OpaquePointer {
        let table: OpaquePointer = rocksdb_block_based_options_create()
        rocksdb_block_based_options_set_block_cache(table, cache)
        rocksdb_block_based_options_set_block_size(table, 16 << 10)
        rocksdb_block_based_options_set_format_version(table, 5)
        rocksdb_block_based_options_set_filter_policy(table, rocksdb_filterpolicy_create_bloom_full(10))
        rocksdb_block_based_options_set_index_type(table, 2)
        rocksdb_block_based_options_set_partition_filters(table, 1)
        rocksdb_block_based_options_set_metadata_block_size(table, 4096)
        rocksdb_block_based_options_set_cache_index_and_filter_blocks(table, 1)
        rocksdb_block_based_options_set_cache_index_and_filter_blocks_with_high_priority(table, 1)
        rocksdb_block_based_options_set_pin_l0_filter_and_index_blocks_in_cache(table, 1)
        rocksdb_block_based_options_set_pin_top_level_index_and_filter(table, 1)
        return table
    }
}
