import Core
import Glibc

/// Which files the user's arguments mean.
enum FilePaths {
    struct File: Equatable {
        /// Canonical and absolute: it names the file's partition for ever.
        let path: String
        /// Named itself, and not found in a directory or by a pattern.
        let isNamed: Bool
    }

    /// Files of `arguments` in their order; the files of a directory (searched through, hidden ones left out) and of a
    /// pattern in order of their names; a file meant twice is read once, at its first place.
    static func expand(_ arguments: [String]) throws(UserFault) -> [File] {
        var files: [File] = []
        var seen: Set<String> = []
        func add(_ found: [File]) {
            for file in found where seen.insert(file.path).inserted { files.append(file) }
        }
        for argument in arguments { add(try expand(argument)) }
        return files
    }

    private static func expand(_ argument: String) throws(UserFault) -> [File] {
        if let canonical = canonicalPath(argument) {
            return try isDirectory(canonical) ? filesBelow(canonical) : [File(path: canonical, isNamed: true)]
        }
        guard argument.utf8.contains(where: { $0 == 0x2A || $0 == 0x3F || $0 == 0x5B }) else {
            throw UserFault(
                .notFound, "no file '\(argument)'", detail: String(cString: strerror(errno)),
                hint: "give files, directories or patterns such as 'night/*.avro'")
        }
        var matches: [File] = []
        for name in matchesOf(argument) {
            guard let canonical = canonicalPath(name) else { continue }
            matches += try isDirectory(canonical) ? filesBelow(canonical) : [File(path: canonical, isNamed: false)]
        }
        guard !matches.isEmpty else {
            throw UserFault(
                .notFound, "no file matches '\(argument)'", hint: "quote the pattern and check its directory")
        }
        return matches
    }

    private static func matchesOf(_ pattern: String) -> [String] {
        var result = glob_t()
        defer { globfree(&result) }
        guard glob(pattern, 0, nil, &result) == 0 else { return [] }
        return (0..<Int(result.gl_pathc)).compactMap { result.gl_pathv[$0].map { String(cString: $0) } }
    }

    private static func filesBelow(_ directory: String) throws(UserFault) -> [File] {
        guard let handle = opendir(directory) else {
            throw UserFault(
                .usage, "the directory '\(directory)' cannot be read", detail: String(cString: strerror(errno)))
        }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        var files: [File] = []
        for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            let path = directory + "/" + name
            if isDirectory(path) {
                if !isLink(path) { files += try filesBelow(path) }
            } else if let canonical = canonicalPath(path) {
                files.append(File(path: canonical, isNamed: false))
            }
        }
        return files
    }

    static func canonicalPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func isLink(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }
}
