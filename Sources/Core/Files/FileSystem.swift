import Glibc

/// The few calls on files and directories that stores need, with faults that name the path.
public enum FileSystem {
    public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// What the last call on a path failed with.
    public static func fault(_ path: String, _ what: String) -> DependencyFault {
        let code = errno
        let hint = code == ENOSPC ? "free space on the disk; a running broker goes on by itself" : ""
        return DependencyFault("disk \(path)", "\(what): \(String(cString: strerror(code)))", hint: hint)
    }

    public static func makeDirectories(_ path: String) throws(DependencyFault) {
        var partial = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            partial += "/" + part
            if mkdir(partial, 0o755) != 0 && errno != EEXIST { throw fault(partial, "cannot make the directory") }
        }
    }

    /// Names in a directory, sorted, hidden ones too; empty when it does not exist.
    public static func list(_ path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    public static func read(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(file, &chunk, chunk.count)
            if count < 0 { return nil }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[0..<count])
        }
    }

    /// Writes a small file whole, synced, in place of what was there; the process id keeps two writers apart.
    public static func replace(_ path: String, with bytes: [UInt8]) throws(DependencyFault) {
        let temporary = "\(path).\(getpid()).new"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw fault(temporary, "cannot write") }
        defer { close(file) }
        do throws(DependencyFault) {
            try write(bytes[...], to: file, path)
            guard fsync(file) == 0, rename(temporary, path) == 0 else { throw fault(path, "cannot write") }
        } catch {
            unlink(temporary)
            throw error
        }
        syncDirectory(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]))
    }

    /// Writes all: a short write is no error, only the next one says that the disk is full.
    private static func write(_ bytes: ArraySlice<UInt8>, to file: Int32, _ path: String) throws(DependencyFault) {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw fault(path, "cannot write") }
            rest = rest.dropFirst(count)
        }
    }

    /// Syncs a file or a directory that is there.
    public static func sync(_ path: String) throws(DependencyFault) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw fault(path, "cannot sync") }
        defer { close(file) }
        guard fsync(file) == 0 else { throw fault(path, "cannot sync") }
    }

    public static func syncDirectory(_ path: String) {
        let directory = open(path.isEmpty ? "." : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return }
        fsync(directory)
        close(directory)
    }

    public static func size(_ path: String) -> Int64? {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : nil
    }

    /// Removes a file or a directory with all that is in it.
    public static func removeTree(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            for name in list(path) { removeTree(path + "/" + name) }
            rmdir(path)
        } else {
            unlink(path)
        }
    }

    /// Absolute, without links; nil when there is no such path.
    public static func realPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Part of the disk that is used, 0…1, as `df` says it.
    public static func usedFraction(_ path: String) -> Double {
        var status = statvfs()
        guard statvfs(path, &status) == 0, status.f_blocks > 0 else { return 0 }
        let used = Double(status.f_blocks - status.f_bfree)
        return used / (used + Double(status.f_bavail))
    }

    public static func freeBytes(_ path: String) -> Int64 {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return 0 }
        return Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    }

    /// Copies a directory tree; files are hard-linked where the disk allows and `mayLink` says so.
    public static func copyTree(_ source: String, to target: String, mayLink: Bool) throws(DependencyFault) {
        try makeDirectories(target)
        for name in list(source) {
            let from = source + "/" + name
            let to = target + "/" + name
            var status = stat()
            guard stat(from, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                try copyTree(from, to: to, mayLink: mayLink)
            } else if !mayLink || link(from, to) != 0 {
                try copyFile(from, to: to)
            }
        }
        syncDirectory(target)
    }

    public static func copyFile(_ source: String, to target: String) throws(DependencyFault) {
        let input = open(source, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw fault(source, "cannot read") }
        defer { close(input) }
        let output = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard output >= 0 else { throw fault(target, "cannot write") }
        defer { close(output) }
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = Glibc.read(input, &chunk, chunk.count)
            if count < 0 { throw fault(source, "cannot read") }
            if count == 0 { break }
            try write(chunk[..<count], to: output, target)
        }
        guard fsync(output) == 0 else { throw fault(target, "cannot sync") }
    }

    /// When a file was last written, seconds since 1970; 0 when it does not exist.
    public static func modifiedUnixSeconds(_ path: String) -> Double {
        var status = stat()
        guard stat(path, &status) == 0 else { return 0 }
        return Double(status.st_mtim.tv_sec)
    }
}
