import Core
import Glibc

extension EmbeddedDatabase {
    /// Copies the live database, as it is after one commit, to a new directory: files are hard-linked where the disk allows.
    /// The directory appears whole or not at all.
    ///
    /// - Parameter adding: puts what is not the database's own (catalogues) into the directory in the making.
    /// - Throws: `UserFault` when the directory exists or the database has no files; `DependencyFault` from disks.
    public func backup(to directory: String, adding: (String) throws -> Void = { _ in }) throws {
        guard let files else { throw UserFault(.usage, "A database in memory has no files to back up.") }
        guard !FileSystem.exists(directory) else {
            throw UserFault(.conflict, "\(directory) exists already.", hint: "name a new directory for the backup")
        }
        let making = try DirectoryInTheMaking(target: directory, outside: files.path)
        let partial = making.path
        do {
            try reading { (_) throws(DependencyFault) in
                _ = try store.checkpoint(to: partial + "/db")
                // Segments after the checkpoint: they hold every byte that it names.
                try FileSystem.copyTree(files.archivePath, to: partial + "/archive", mayLink: true)
                try FileSystem.copyFile(files.path + "/FORMAT", to: partial + "/FORMAT")
                FileSystem.syncDirectory(partial)
            }
            try adding(partial)
            try making.moveIntoPlace()
        } catch {
            making.abandon()
            throw error
        }
    }

    /// Copies a backup to a new data directory.
    ///
    /// - Throws: `UserFault` when the backup is none, a newer version wrote it, or the target exists.
    public static func restore(from backup: String, to directory: String) throws {
        _ = try DatabaseDirectory(reading: backup)
        if let pid = DatabaseDirectory.owner(of: backup) {
            throw UserFault(
                .conflict, "\(backup) is no backup: a nightjar owns it.", detail: "Its process id is \(pid).",
                hint: "make a backup first: nightjar db backup DEST --data \(backup)")
        }
        let isTaken = FileSystem.list(directory).contains { $0 != "LOCK" }
        guard !isTaken else {
            throw UserFault(.conflict, "\(directory) is not empty.", hint: "name a new directory to restore to")
        }
        let making = try DirectoryInTheMaking(target: directory, outside: backup)
        do {
            // Never linked: the restored database must not share a file with its backup.
            try FileSystem.copyTree(backup, to: making.path, mayLink: false)
            FileSystem.removeTree(making.target)
            try making.moveIntoPlace()
        } catch {
            making.abandon()
            throw error
        }
    }
}
