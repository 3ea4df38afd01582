import Core

extension CatalogueStore {
    /// Copies the version in use of every catalogue to another store's directory; files are hard-linked where the disk allows,
    /// since a version never changes.
    /// - Returns: names and versions copied, by name.
    /// - Throws: `DependencyFault` from the disk.
    @discardableResult
    public func copyCurrentVersions(to target: String) throws -> [(name: String, version: String)] {
        let names = names()
        guard !names.isEmpty else { return [] }
        var copied: [(name: String, version: String)] = []
        for name in names {
            // Read once: an import may replace it meanwhile, and what is copied must be what `current` says.
            let version = try currentVersion(of: name)
            try FileSystem.copyTree(versionPath(name, version), to: "\(target)/\(name)/\(version)", mayLink: true)
            try FileSystem.replace("\(target)/\(name)/current", with: Array("\(version)\n".utf8))
            copied.append((name, version))
        }
        try FileSystem.sync(target)
        return copied
    }
}
