import Core
import Glibc

/// The directory of orbit sets: `VERSION/orbits` with the file of each version, and `current`, a text file with the version
/// in use. A version is complete and synced before `current` is replaced by rename; a version never changes.
public struct OrbitStore: Sendable {
    public let path: String

    /// Versions that stay: the one in use and those made before it.
    public static let keptVersions = 5

    /// - Parameter path: made when it is not there.
    public init(path: String) { self.path = path }

    /// What is known of a version without opening it.
    public struct Version: Sendable {
        public let id: String
        public let isCurrent: Bool
        /// When it was made, seconds since 1970 UTC.
        public let madeAtUnixSeconds: Double
    }

    public func filePath(_ version: String) -> String { "\(path)/\(version)/orbits" }

    /// The version in use; nil before any import.
    public func currentVersion() -> String? {
        guard let text = TextFile.read("\(path)/current") else { return nil }
        let version = String(text.prefix { $0 != "\n" })
        return OrbitStore.isVersion(version) ? version : nil
    }

    /// All versions, oldest first.
    public func versions() -> [Version] {
        let current = currentVersion()
        let found = FileSystem.list(path).filter(OrbitStore.isVersion).compactMap { id -> Version? in
            var status = stat()
            guard stat(filePath(id), &status) == 0 else { return nil }
            let made = Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
            return Version(id: id, isCurrent: id == current, madeAtUnixSeconds: made)
        }
        return found.sorted { ($0.madeAtUnixSeconds, $0.id) < ($1.madeAtUnixSeconds, $1.id) }
    }

    /// Opens the version in use; nil before any import.
    public func openCurrent() throws(DependencyFault) -> OrbitSet? {
        // An import may replace and, after many, remove what was read as current: then what is current now counts.
        for attempt in 0..<3 {
            guard let version = currentVersion() else { return nil }
            do throws(DependencyFault) {
                return try open(version)
            } catch {
                if attempt == 2 || currentVersion() == version { throw error }
            }
        }
        return nil
    }

    public func open(_ version: String) throws(DependencyFault) -> OrbitSet {
        let set = try OrbitSet(path: filePath(version))
        guard set.versionID == version else { throw orbitFault(filePath(version), "is version \(set.versionID)") }
        return set
    }

    // MARK: Writing

    /// What `publish` did.
    public struct Published: Sendable {
        public let version: String
        public let orbits: Int
        /// Records that gave way to a newer one of the same body.
        public let duplicates: Int
    }

    /// Makes a set of a builder's orbits the one in use.
    /// - Throws: `UserFault` (usage) when there is no orbit in it; `DependencyFault` from the disk.
    public func publish(_ builder: consuming OrbitSetBuilder) throws -> Published {
        let taken = builder
        return try exclusively { try publishLocked(taken) }
    }

    /// Runs `body` while nobody else, in this process or another, replaces the set in use: what it reads of the set is
    /// still so when it publishes. Waits for its turn.
    func exclusively<Result>(_ body: () throws -> Result) throws -> Result {
        try FileSystem.makeDirectories(path)
        let lock = Glibc.open("\(path)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard lock >= 0 else { throw FileSystem.fault("\(path)/lock", "cannot lock") }
        // Closing lets go of it.
        defer { close(lock) }
        while flock(lock, LOCK_EX) != 0 {
            guard errno == EINTR else { throw FileSystem.fault("\(path)/lock", "cannot lock") }
        }
        return try body()
    }

    func publishLocked(_ builder: consuming OrbitSetBuilder) throws -> Published {
        var builder = builder
        guard builder.count > 0 else {
            throw UserFault(
                .usage, "there is no orbit to make a set of", detail: "the orbits in use stay as they are")
        }
        let (order, duplicates) = builder.resolve()
        let staging = try makeStaging()
        let version = try OrbitSetWriter.write(builder, order: order, to: staging + "/orbits")
        try install(staging: staging, version: version)
        return Published(version: version, orbits: order.count, duplicates: duplicates)
    }

    private func makeStaging() throws(DependencyFault) -> String {
        // One of an import that was killed may be there.
        let staging = "\(path)/.import"
        FileSystem.removeTree(staging)
        guard mkdir(staging, 0o777) == 0 else { throw FileSystem.fault(staging, "cannot make the directory") }
        return staging
    }

    private func install(staging: String, version: String) throws(DependencyFault) {
        let target = "\(path)/\(version)"
        try FileSystem.sync(staging)
        if access(filePath(version), R_OK) == 0, (try? OrbitSet(path: filePath(version))) != nil {
            // The same content again: the version is there, and only its turn comes.
            FileSystem.removeTree(staging)
        } else {
            remove(version)
            guard rename(staging, target) == 0 else { throw FileSystem.fault(target, "cannot move into place") }
        }
        try FileSystem.sync(path)
        try setCurrent(version)
        removeOldVersions(keeping: version)
    }

    private func setCurrent(_ version: String) throws(DependencyFault) {
        try FileSystem.replace("\(path)/current", with: Array("\(version)\n".utf8))
    }

    private func removeOldVersions(keeping version: String) {
        let others = versions().map(\.id).filter { $0 != version }
        for old in others.dropLast(OrbitStore.keptVersions - 1) { remove(old) }
    }

    private func remove(_ version: String) {
        FileSystem.removeTree("\(path)/\(version)")
    }

    /// Copies the version in use to another store's directory; hard-linked where the disk allows.
    /// - Returns: the version; nil when there is none.
    @discardableResult
    public func copyCurrentVersion(to target: String) throws(DependencyFault) -> String? {
        guard let version = currentVersion() else { return nil }
        try FileSystem.copyTree("\(path)/\(version)", to: "\(target)/\(version)", mayLink: true)
        try OrbitStore(path: target).setCurrent(version)
        return version
    }

    private static func isVersion(_ name: String) -> Bool {
        name.utf8.count == 16 && name.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
