import Core
import Synchronization

/// Nightjar's embedded database: all logic of the `Database` protocol once, over an ordered store.
///
/// Every operation works on one snapshot. When the disk refuses a write, the engine is closed and opened again by the next
/// operation that finds free space; the caller sees retriable faults meanwhile and goes on from the stored offsets.
public final class EmbeddedDatabase: Database, @unchecked Sendable {
    let gate = OperationGate()
    /// Replaced only while `gate` is held alone.
    var store: any OrderedStore
    let state: Mutex<DatabaseState>
    /// One commit or maintenance write at a time.
    let writing = Mutex<Void>(())
    /// Set by a failed write: the engine must be opened anew.
    let isBroken = Atomic<Bool>(false)
    /// Long work shall end.
    let isInterrupted = Atomic<Bool>(false)
    let files: DatabaseDirectory?
    /// One fold at a time.
    let folding = Mutex<Void>(())
    let archive: Archive?
    let options: EmbeddedOptions
    /// What commits wrote last, for histories.
    let recent: RecentPoints
    /// Used by commits only, one at a time.
    let writer: CommitWriter
    /// Used by commits only.
    var commitsSinceExpiry = 0

    init(
        store: any OrderedStore, files: DatabaseDirectory?, archive: Archive?, options: EmbeddedOptions
    ) throws(DependencyFault) {
        self.store = store
        self.files = files
        self.archive = archive
        self.options = options
        let recent = RecentPoints()
        self.recent = recent
        writer = CommitWriter(recent: recent)
        state = Mutex(try DatabaseState(store.makeView()))
        try finishFolds()
        try indexPublications()
    }

    /// A database without files, for tests and dry runs.
    public convenience init() throws(DependencyFault) {
        try self.init(store: MemoryStore(), files: nil, archive: nil, options: EmbeddedOptions())
    }

    /// Opens or creates the database in a directory and becomes its owner.
    ///
    /// - Throws: `UserFault` when another process owns the directory or a newer version wrote it; `DependencyFault` when the
    ///   disk or the stored bytes refuse.
    public static func open(
        directory: String, options: EmbeddedOptions = EmbeddedOptions()
    ) throws -> EmbeddedDatabase {
        let files = try DatabaseDirectory(owning: directory)
        let store = try RocksStore(directory: files.databasePath, options: options)
        let archive =
            options.archive.isEnabled ? try Archive(directory: files.archivePath, options: options.archive) : nil
        return try EmbeddedDatabase(store: store, files: files, archive: archive, options: options)
    }

    /// Opens a directory for questions only; nothing is written. Whether somebody owns it is the caller's business.
    public static func openReadOnly(
        directory: String, options: EmbeddedOptions = EmbeddedOptions()
    ) throws -> EmbeddedDatabase {
        let files = try DatabaseDirectory(reading: directory)
        let store = try RocksStore(directory: files.databasePath, options: options, isReadOnly: true)
        let archive = try Archive(reading: files.archivePath, options: options.archive)
        return try EmbeddedDatabase(store: store, files: files, archive: archive, options: options)
    }

    public func close() {
        gate.alone { () in
            store.close()
            // RocksDB closes when its last user has gone, and must before the directory is free.
            store = MemoryStore()
        }
        archive?.close()
        files?.release()
    }

    /// Waits until nothing is left to be flushed or merged, so that a benchmark pays for what it wrote.
    public func settle() throws(DependencyFault) {
        try gate.shared { () throws(DependencyFault) in try store.settle() }
    }

    // MARK: Operations

    /// Runs a question on one snapshot.
    func reading<Result>(
        _ body: (any StoreView) throws(DependencyFault) -> Result
    ) throws(DependencyFault) -> Result {
        try recoverIfBroken(toWrite: false)
        return try gate.shared { () throws(DependencyFault) in try body(store.makeView()) }
    }

    /// The state after the last commit.
    func currentState() throws(DependencyFault) -> DatabaseState {
        try recoverIfBroken(toWrite: false)
        return state.withLock { $0 }
    }

    /// Runs a change: one at a time, and a fault marks the engine for reopening.
    func changing<Result>(_ body: () throws(DependencyFault) -> Result) throws(DependencyFault) -> Result {
        try recoverIfBroken(toWrite: true)
        try requireSpace()
        var failure: DependencyFault?
        let result: Result? = try gate.shared { () throws(DependencyFault) in
            writing.withLock { _ in
                do throws(DependencyFault) { return try body() } catch {
                    failure = error
                    return nil
                }
            }
        }
        if let failure {
            writer.forget()
            if failure.isRetriable { isBroken.store(true, ordering: .releasing) }
            throw failure
        }
        guard let result else { preconditionFailure("neither a result nor a fault") }
        return result
    }

    /// Stops changes before the engine itself meets a full disk: merges under way need room to end.
    private func requireSpace() throws(DependencyFault) {
        guard let files, FileSystem.freeBytes(files.path) < options.reservedBytes else { return }
        throw DependencyFault(
            "disk \(files.path)", "less than \(options.reservedBytes >> 20) MiB are free",
            hint: "free space on the disk; a running broker goes on by itself")
    }

    /// After a failed write: closes the engine, and opens it again once the disk has room. Until then questions go to the old
    /// engine, which knows every commit that was acknowledged.
    private func recoverIfBroken(toWrite: Bool) throws(DependencyFault) {
        guard isBroken.load(ordering: .acquiring), let files else { return }
        try gate.alone { () throws(DependencyFault) in
            guard isBroken.load(ordering: .acquiring) else { return }
            if !toWrite && store is RocksStore && FileSystem.freeBytes(files.path) < options.reservedBytes { return }
            try requireSpace()
            // The old engine must be gone before its files are opened again.
            store.close()
            store = MemoryStore()
            store = try RocksStore(directory: files.databasePath, options: options)
            let fresh = try DatabaseState(store.makeView())
            state.withLock { $0 = fresh }
            try archive?.recover()
            isBroken.store(false, ordering: .releasing)
        }
    }
}

/// A database without files, for tests and dry runs: `try InMemoryDatabase()`.
public typealias InMemoryDatabase = EmbeddedDatabase
