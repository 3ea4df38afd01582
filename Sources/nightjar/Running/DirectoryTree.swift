import Core
import Glibc

/// Directories and files that commands make.
enum DirectoryTree {
    static func make(_ path: String) throws(UserFault) {
        var prefix = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            prefix += prefix.isEmpty || prefix == "/" ? String(part) : "/" + part
            guard mkdir(prefix, 0o755) == 0 || errno == EEXIST else {
                throw UserFault(.usage, "cannot make the directory \(prefix)", detail: String(cString: strerror(errno)))
            }
        }
    }

    /// Removes a directory with all that is in it; symbolic links are removed, not followed.
    static func remove(_ path: String) {
        guard let entries = entries(of: path) else {
            unlink(path)
            return
        }
        for entry in entries {
            if entry.isDirectory { remove(entry.path) } else { unlink(entry.path) }
        }
        rmdir(path)
    }

    /// Paths of the files in a directory and below it.
    static func files(in path: String) -> [String] {
        (entries(of: path) ?? []).flatMap { $0.isDirectory ? files(in: $0.path) : [$0.path] }
    }

    /// nil when there is no such directory.
    private static func entries(of path: String) -> [(path: String, isDirectory: Bool)]? {
        guard let directory = opendir(path) else { return nil }
        defer { closedir(directory) }
        var entries: [(path: String, isDirectory: Bool)] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name != ".", name != ".." else { continue }
            entries.append((path + "/" + name, entry.pointee.d_type == UInt8(DT_DIR)))
        }
        return entries
    }
}

/// A file that a command writes; a full disk is said, not ignored.
final class OutputFile {
    let path: String
    private let descriptor: Int32

    init(_ path: String) throws(UserFault) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw UserFault(.usage, "cannot write \(path)", detail: String(cString: strerror(errno))) }
    }

    func write(_ text: String) throws(UserFault) { try write(Array(text.utf8)) }

    func write(_ bytes: [UInt8]) throws(UserFault) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else {
                throw UserFault(.unavailable, "cannot write \(path)", detail: String(cString: strerror(errno)))
            }
            rest = rest.dropFirst(written)
        }
    }

    func close() { Glibc.close(descriptor) }
}
