import Core
import Glibc

@testable import Storage

/// What a power loss leaves of a directory tree, from the journal that the preloaded `Tests/faults/power_loss.c` wrote: synced
/// bytes with a torn tail, and of each directory the names as they were at its last sync or a little later.
struct PowerLoss {
    private enum Change {
        case made(String)
        case renamed(kept: String, old: String, new: String)
        case unlinked(kept: String, path: String)
    }

    private var synced: [UInt64: Int64] = [:]
    /// By directory, in order.
    private var pending: [String: [Change]] = [:]

    /// Everything under `root` counts as durable from here on.
    static func begin(journal: String, root: String) throws {
        var lines = ""
        for (path, status) in files(root) where !path.isEmpty { lines += "S \(status.st_ino) \(status.st_size)\n" }
        unlink(journal)
        try FileSystem.replace(journal, with: Array(lines.utf8))
    }

    init(journal: String) {
        let text = String(decoding: FileSystem.read(journal) ?? [], as: UTF8.self)
        for line in text.split(separator: "\n") { take(line.split(separator: " ").map(String.init)) }
    }

    private mutating func take(_ words: [String]) {
        switch (words.first, words.count) {
        case ("C", 3):
            synced[UInt64(words[1]) ?? 0] = 0
            add(.made(words[2]), words[2])
        case ("S", 3): synced[UInt64(words[1]) ?? 0] = Int64(words[2])
        case ("L", 2): add(.made(words[1]), words[1])
        case ("U", 3): add(.unlinked(kept: words[1], path: words[2]), words[2])
        case ("D", 2): pending[words[1]] = nil
        case ("R", 4):
            move(words[2], to: words[3])
            add(.renamed(kept: words[1], old: words[2], new: words[3]), words[3])
        default: break
        }
    }

    private mutating func add(_ change: Change, _ path: String) {
        pending[String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]), default: []].append(change)
    }

    /// What happened inside a directory goes with it when its name changes.
    private mutating func move(_ old: String, to new: String) {
        let place = { (path: String) in path.hasPrefix(old + "/") ? new + path.dropFirst(old.count) : path }
        for directory in pending.keys.filter({ $0 == old || $0.hasPrefix(old + "/") }) {
            let changes = pending.removeValue(forKey: directory) ?? []
            pending[directory == old ? new : place(directory)] = changes.map { change in
                switch change {
                case .made(let path): .made(place(path))
                case .renamed(let kept, let from, let to): .renamed(kept: kept, old: place(from), new: place(to))
                case .unlinked(let kept, let path): .unlinked(kept: kept, path: place(path))
                }
            }
        }
    }

    /// Takes away what need not have survived; answers how many names and bytes that were.
    func apply(root: String, random: inout SeededRandom) -> (names: Int, bytes: Int64) {
        var names = 0
        // The deepest first: a directory's own name may be among what is taken back.
        for (_, changes) in pending.sorted(by: { ($0.key.count, $0.key) > ($1.key.count, $1.key) }) {
            let count = Int.random(in: 0...changes.count, using: &random)
            for change in changes.suffix(count).reversed() { PowerLoss.revert(change) }
            names += count
        }
        var bytes: Int64 = 0
        var seen = Set<UInt64>()
        for (path, status) in PowerLoss.files(root) where seen.insert(UInt64(status.st_ino)).inserted {
            let size = Int64(status.st_size)
            guard let durable = synced[UInt64(status.st_ino)], durable < size else { continue }
            let kept = Int64.random(in: durable...size, using: &random)
            truncate(path, off_t(kept))
            bytes += size - kept
            if kept > durable && Bool.random(using: &random) { PowerLoss.spoil(path, durable..<kept, &random) }
        }
        return (names, bytes)
    }

    private static func revert(_ change: Change) {
        switch change {
        case .made(let path): unlink(path)
        case .unlinked(let kept, let path): rename(kept, path)
        case .renamed(let kept, let old, let new):
            rename(new, old)
            if kept != "-" { rename(kept, new) }
        }
    }

    /// The last sector of a torn tail holds anything.
    private static func spoil(_ path: String, _ range: Range<Int64>, _ random: inout SeededRandom) {
        let file = open(path, O_WRONLY)
        guard file >= 0 else { return }
        defer { close(file) }
        let count = Int(min(Int64(range.count), Int64.random(in: 1...512, using: &random)))
        let noise = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
        _ = pwrite(file, noise, count, off_t(range.upperBound - Int64(count)))
    }

    /// Regular files below a directory, in order of name.
    private static func files(_ directory: String) -> [(path: String, status: stat)] {
        FileSystem.list(directory).flatMap { name -> [(path: String, status: stat)] in
            let path = directory + "/" + name
            var status = stat()
            guard lstat(path, &status) == 0 else { return [] }
            return status.st_mode & S_IFMT == S_IFDIR ? files(path) : [(path, status)]
        }
    }
}
