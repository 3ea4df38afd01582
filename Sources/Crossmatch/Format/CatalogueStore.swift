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
        guard let text = TextFile.read("\(path)/\(name)/current") else {
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
        try FileSystem.makeDirectories("\(path)/\(name)")
        FileSystem.removeTree(staging)
        guard mkdir(staging, 0o777) == 0 else { throw FileSystem.fault(staging, "cannot make the directory") }
        return staging
    }

    /// Makes a complete staged version the current one: sync, rename, replace `current` by rename, sync the directories.
    func publish(staging: String, name: String, version: String) throws(DependencyFault) {
        let target = versionPath(name, version)
        try FileSystem.sync(staging)
        // The same content imported again is already there; its files are equal, so the new copy may go.
        if access("\(target)/manifest", R_OK) == 0, TextFile.read("\(target)/manifest") == TextFile.read("\(staging)/manifest") {
            FileSystem.removeTree(staging)
        } else {
            FileSystem.removeTree(target)
            guard rename(staging, target) == 0 else { throw FileSystem.fault(target, "cannot move into place") }
        }
        try FileSystem.sync("\(path)/\(name)")
        try FileSystem.replace("\(path)/\(name)/current", with: Array("\(version)\n".utf8))
    }
}
