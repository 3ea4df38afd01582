import Core
import Glibc

/// A directory that appears whole or not at all: made under a hidden name beside its place, moved there when it is complete.
struct DirectoryInTheMaking {
    /// Absolute, without a slash at the end.
    let target: String
    /// Where it is made; what an earlier attempt left there is removed.
    let path: String

    /// - Parameters:
    ///   - target: the directory to make, as a user wrote it.
    ///   - source: what goes into it: it must not lie inside.
    /// - Throws: `UserFault` when the target lies inside the source, or its parent cannot be reached; `DependencyFault` from the disk.
    init(target: String, outside source: String) throws {
        // What completion of a path writes ends in a slash.
        var written = target
        while written.count > 1 && written.hasSuffix("/") { written.removeLast() }
        let slash = written.lastIndex(of: "/")
        let parent = slash.map { written[..<$0].isEmpty ? "/" : String(written[..<$0]) } ?? "."
        let name = String(slash.map { written[written.index(after: $0)...] } ?? written[...])
        try FileSystem.makeDirectories(parent)
        guard let realParent = FileSystem.realPath(parent), !["", ".", ".."].contains(name) else {
            throw UserFault(.usage, "\(target) cannot be made anew", hint: "name a directory by its own name")
        }
        self.target = (realParent == "/" ? "" : realParent) + "/" + name
        path = (realParent == "/" ? "" : realParent) + "/.\(name).nightjar-partial"
        if let inside = FileSystem.realPath(source), (self.target + "/").hasPrefix(inside + "/") {
            throw UserFault(
                .usage, "\(target) lies inside \(source)", detail: "it would be copied into itself",
                hint: "name a directory elsewhere")
        }
        FileSystem.removeTree(path)
        try FileSystem.makeDirectories(path)
    }

    func abandon() { FileSystem.removeTree(path) }

    func moveIntoPlace() throws(DependencyFault) {
        guard rename(path, target) == 0 else { throw FileSystem.fault(target, "cannot move into place") }
        FileSystem.syncDirectory(String(target[..<(target.lastIndex(of: "/") ?? target.startIndex)]))
    }
}
