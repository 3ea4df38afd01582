import Core
import Glibc

/// The data directory: `FORMAT`, `LOCK`, `db/`, `archive/`.
final class DatabaseDirectory: @unchecked Sendable {
    /// Format of everything below the directory; raised when an older program could not read it.
    static let formatVersion = 1

    let path: String
    private var lockFile: Int32 = -1

    var databasePath: String { path + "/db" }
    var archivePath: String { path + "/archive" }

    /// Takes the directory, made when it does not exist.
    init(owning path: String) throws {
        self.path = path
        try FileSystem.makeDirectories(path)
        try lock()
        do {
            if FileSystem.exists(path + "/FORMAT") {
                try checkFormat()
            } else {
                let text = "nightjar \(DatabaseDirectory.formatVersion)\n"
                try FileSystem.replace(path + "/FORMAT", with: Array(text.utf8))
            }
            try FileSystem.makeDirectories(databasePath)
            try FileSystem.makeDirectories(archivePath)
            for name in FileSystem.list(databasePath) where name.hasPrefix("bulk-") {
                unlink(databasePath + "/" + name)
            }
        } catch {
            release()
            throw error
        }
    }

    init(reading path: String) throws {
        self.path = path
        guard FileSystem.exists(path + "/FORMAT") else {
            throw UserFault(.notFound, "There is no database in \(path).", hint: "name the directory with --data")
        }
        try checkFormat()
    }

    /// The pid that owns a directory, nil when nobody does.
    static func owner(of path: String) -> Int32? {
        let file = Glibc.open(path + "/LOCK", O_RDWR | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { Glibc.close(file) }
        if flock(file, LOCK_EX | LOCK_NB) == 0 { return nil }
        let text = FileSystem.read(path + "/LOCK").map { String(decoding: $0, as: UTF8.self) } ?? ""
        return Int32(text.prefix { $0.isNumber }) ?? 0
    }

    private func lock() throws {
        let name = path + "/LOCK"
        lockFile = Glibc.open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard lockFile >= 0 else { throw FileSystem.fault(name, "cannot open") }
        guard flock(lockFile, LOCK_EX | LOCK_NB) == 0 else {
            let pid = DatabaseDirectory.owner(of: path) ?? 0
            Glibc.close(lockFile)
            lockFile = -1
            throw UserFault(
                .conflict, "Another nightjar owns \(path).", detail: "Its process id is \(pid).",
                hint: "questions and operations reach it with --data \(path); to ingest here, stop it first")
        }
        let text = Array("\(getpid())\n".utf8)
        ftruncate(lockFile, 0)
        pwrite(lockFile, text, text.count, 0)
    }

    private func checkFormat() throws {
        let text = String(decoding: FileSystem.read(path + "/FORMAT") ?? [], as: UTF8.self)
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count >= 2, words[0] == "nightjar", let version = Int(words[1]) else {
            throw UserFault(.unavailable, "\(path)/FORMAT is not a nightjar database's.", detail: "It says: \(text)")
        }
        guard version <= DatabaseDirectory.formatVersion else {
            throw UserFault(
                .unavailable, "A newer nightjar wrote \(path).",
                detail: "It has format \(version); this version reads up to \(DatabaseDirectory.formatVersion).",
                hint: "use the newer nightjar")
        }
    }

    var isOwner: Bool { lockFile >= 0 }

    func release() {
        guard lockFile >= 0 else { return }
        Glibc.close(lockFile)
        lockFile = -1
    }

    deinit { release() }
}
