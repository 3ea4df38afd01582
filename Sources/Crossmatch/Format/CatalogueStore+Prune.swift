import Core
import Glibc

extension CatalogueStore {
    /// A version that was removed.
    public struct Removed: Sendable, Equatable {
        public let name: String
        public let version: String
        /// What its files took.
        public let bytes: Int
    }

    /// The versions of a catalogue on disk, the one in use included, sorted.
    public func versions(of name: String) -> [String] {
        Self.entries(of: "\(path)/\(name)").filter { access("\(versionPath(name, $0))/manifest", R_OK) == 0 }
    }

    /// Removes the versions of every catalogue that are neither in use nor to be kept. Who has one mapped reads on.
    /// - Parameter kept: `name@version` of those that are to stay, as a lineage names them.
    /// - Throws: `DependencyFault` from the disk.
    public func prune(keeping kept: Set<String>) throws -> [Removed] {
        var removed: [Removed] = []
        for name in names() {
            let current = try currentVersion(of: name)
            for version in versions(of: name) where version != current && !kept.contains("\(name)@\(version)") {
                let manifest = try? CatalogueManifest(
                    text: TextFile.read("\(versionPath(name, version))/manifest") ?? "", path: versionPath(name, version))
                // Renamed first: a version is there whole, or not at all.
                let doomed = "\(path)/\(name)/.pruned-\(version)"
                FileSystem.removeTree(doomed)
                guard rename(versionPath(name, version), doomed) == 0 else {
                    throw FileSystem.fault(versionPath(name, version), "cannot move aside")
                }
                FileSystem.removeTree(doomed)
                removed.append(
                    Removed(
                        name: name, version: version, bytes: manifest?.files.reduce(0) { $0 + $1.bytes } ?? 0))
            }
        }
        return removed
    }

    /// Names of a directory's entries that do not begin with a dot, sorted.
    static func entries(of path: String) -> [String] { FileSystem.list(path).filter { !$0.hasPrefix(".") } }
}
