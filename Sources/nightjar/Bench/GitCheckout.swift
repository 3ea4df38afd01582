import Core
import Glibc

/// Which commit a checkout is at, from git's own files.
enum GitCheckout {
    /// Twelve digits of the commit, nil outside a checkout.
    static func head() -> String? {
        // A checkout, or a directory somewhere in it.
        var up = "."
        for _ in 0..<32 {
            if let directory = gitDirectory(up + "/.git") { return commit(in: directory) }
            up += "/.."
        }
        return nil
    }

    /// `.git` itself, or where the file of that name in a linked worktree points to.
    private static func gitDirectory(_ path: String) -> String? {
        if access(path + "/HEAD", F_OK) == 0 { return path }
        guard let text = TextFile.read(path)?.trimmingSpaces, text.hasPrefix("gitdir: ") else { return nil }
        let target = String(text.dropFirst("gitdir: ".count))
        return target.hasPrefix("/") ? target : String(path.dropLast(".git".count)) + target
    }

    private static func commit(in directory: String) -> String? {
        guard let head = TextFile.read(directory + "/HEAD")?.trimmingSpaces else { return nil }
        guard head.hasPrefix("ref: ") else { return String(head.prefix(12)) }
        let reference = String(head.dropFirst("ref: ".count))
        // Branches of a worktree lie in the main checkout's directory.
        let common = TextFile.read(directory + "/commondir").map { String($0.trimmingSpaces) }
        let shared = common.map { $0.hasPrefix("/") ? $0 : directory + "/" + $0 } ?? directory
        for place in [directory, shared] {
            if let text = TextFile.read(place + "/" + reference) { return String(text.prefix(12)) }
        }
        let packed = TextFile.read(shared + "/packed-refs")?.split(separator: "\n")
        return packed?.first { $0.hasSuffix(" " + reference) }.map { String($0.prefix(12)) }
    }
}
