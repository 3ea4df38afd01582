import Core
import Glibc

/// The directory that holds catalogues: `NAME/VERSION/` with the files of each version, and `NAME/current`, a text file
/// with the version in use. A version is complete and synced before `current` is replaced by rename.
public struct CatalogueStore: Sendable {
    public let path: String

    /// - Parameter path: made when it is not there.
    public init(path: String) { self.path = path }

    /// - Throws: `UserFault` (usage) unless the name is a letter or underscore, then letters, digits and underscores: it is a table name.
    public static func checkName(_ name: String) throws(UserFault) {
        let valid = name.utf8.enumerated().allSatisfy { index, byte in
            switch byte {
            case 0x61...0x7A, 0x41...0x5A, 0x5F: true
            case 0x30...0x39: index > 0
            default: false
            }
        }
        guard valid, !name.isEmpty, name.utf8.count <= 64 else {
            throw UserFault(
                .usage, "not a catalogue name: \(name)", detail: "it names a table in queries: nearest.NAME",
                hint: "letters, digits and underscores, at most 64, not beginning with a digit")
        }
    }

    /// Names of the catalogues that have a current version, sorted.
    public func names() -> [String] {
        Self.entries(of: path).filter { access("\(path)/\($0)/current", R_OK) == 0 }
    }

    /// The version in use.
    /// - Throws: `UserFault` (not found) when there is no such catalogue.
    public func currentVersion(of name: String) throws(UserFault) -> String {
        try Self.checkName(name)
        guard let text = readText("\(path)/\(name)/current") else {
            let known = names().joined(separator: ", ")
            throw UserFault(
                .notFound, "no catalogue \(name)",
                detail: "in \(path)" + (known.isEmpty ? "" : "; there are: \(known)"),
                hint: "nightjar catalog import \(name) FILE")
        }
        return String(text.prefix { $0 != "\n" })
    }

    func versionPath(_ name: String, _ version: String) -> String { "\(path)/\(name)/\(version)" }

    /// Makes a directory for a version to be; the process id keeps two imports apart.
    func makeStaging(_ name: String) throws(DependencyFault) -> String {
        let staging = "\(path)/\(name)/.import-\(getpid())"
        for (index, _) in path.utf8.enumerated() where index > 0 && Array(path.utf8)[index] == 0x2F {
            mkdir(String(decoding: Array(path.utf8)[..<index], as: UTF8.self), 0o777)
        }
        mkdir(path, 0o777)
        mkdir("\(path)/\(name)", 0o777)
        removeTree(staging)
        guard mkdir(staging, 0o777) == 0 else { throw diskFault(staging, systemMessage()) }
        return staging
    }

    /// Makes a complete staged version the current one: sync, rename, replace `current` by rename, sync the directories.
    func publish(staging: String, name: String, version: String) throws(DependencyFault) {
        let target = versionPath(name, version)
        try syncPath(staging)
        // The same content imported again is already there; its files are equal, so the new copy may go.
        if access("\(target)/manifest", R_OK) == 0, readText("\(target)/manifest") == readText("\(staging)/manifest") {
            removeTree(staging)
        } else {
            removeTree(target)
            guard rename(staging, target) == 0 else { throw diskFault(target, systemMessage()) }
        }
        try syncPath("\(path)/\(name)")
        let temporary = "\(path)/\(name)/.current-\(getpid())"
        try writeSynced(temporary, Array("\(version)\n".utf8))
        guard rename(temporary, "\(path)/\(name)/current") == 0 else { throw diskFault(temporary, systemMessage()) }
        try syncPath("\(path)/\(name)")
    }
}

func readText(_ path: String) -> String? {
    guard let stream = fopen(path, "rb") else { return nil }
    defer { fclose(stream) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = fread(&chunk, 1, chunk.count, stream)
        guard count > 0 else { break }
        bytes.append(contentsOf: chunk[..<count])
    }
    return String(decoding: bytes, as: UTF8.self)
}

func writeSynced(_ path: String, _ bytes: [UInt8]) throws(DependencyFault) {
    guard let stream = fopen(path, "wb") else { throw diskFault(path, systemMessage()) }
    let written = fwrite(bytes, 1, bytes.count, stream)
    let synced = fflush(stream) == 0 && fsync(fileno(stream)) == 0
    fclose(stream)
    guard written == bytes.count, synced else { throw diskFault(path, systemMessage()) }
}

func syncPath(_ path: String) throws(DependencyFault) {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw diskFault(path, systemMessage()) }
    defer { close(file) }
    guard fsync(file) == 0 else { throw diskFault(path, systemMessage()) }
}

/// Removes a directory with its files; it has no directories inside.
func removeTree(_ path: String) {
    guard let directory = opendir(path) else { return }
    while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != "." && name != ".." { unlink("\(path)/\(name)") }
    }
    closedir(directory)
    rmdir(path)
}

func diskFault(_ path: String, _ detail: String) -> DependencyFault { DependencyFault("disk \(path)", detail) }
