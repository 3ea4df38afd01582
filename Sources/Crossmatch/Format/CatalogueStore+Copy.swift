import Core
import Glibc

extension CatalogueStore {
    /// Copies the version in use of every catalogue to another store's directory; files are hard-linked where the disk allows,
    /// since a version never changes.
    /// - Returns: names and versions copied, by name.
    /// - Throws: `DependencyFault` from the disk.
    @discardableResult
    public func copyCurrentVersions(to target: String) throws -> [(name: String, version: String)] {
        let names = names()
        guard !names.isEmpty else { return [] }
        try Self.makeDirectory(target)
        var copied: [(name: String, version: String)] = []
        for name in names {
            // Read once: an import may replace it meanwhile, and what is copied must be what `current` says.
            let version = try currentVersion(of: name)
            let source = versionPath(name, version)
            try Self.makeDirectory("\(target)/\(name)")
            try Self.makeDirectory("\(target)/\(name)/\(version)")
            for file in Self.entries(of: source) {
                try Self.copy("\(source)/\(file)", to: "\(target)/\(name)/\(version)/\(file)")
            }
            try syncPath("\(target)/\(name)/\(version)")
            try writeSynced("\(target)/\(name)/current", Array("\(version)\n".utf8))
            try syncPath("\(target)/\(name)")
            copied.append((name, version))
        }
        try syncPath(target)
        return copied
    }

    private static func makeDirectory(_ path: String) throws(DependencyFault) {
        guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw diskFault(path, systemMessage()) }
    }

    private static func copy(_ source: String, to target: String) throws(DependencyFault) {
        if link(source, target) == 0 { return }
        guard let bytes = fopen(source, "rb") else { throw diskFault(source, systemMessage()) }
        defer { fclose(bytes) }
        guard let copy = fopen(target, "wb") else { throw diskFault(target, systemMessage()) }
        defer { fclose(copy) }
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = fread(&chunk, 1, chunk.count, bytes)
            if count == 0 { break }
            guard fwrite(chunk, 1, count, copy) == count else { throw diskFault(target, systemMessage()) }
        }
        guard ferror(bytes) == 0 else { throw diskFault(source, systemMessage()) }
        guard fflush(copy) == 0, fsync(fileno(copy)) == 0 else { throw diskFault(target, systemMessage()) }
    }
}
