import Core
import Glibc

/// The directory of the benchmarks: catalogues that are kept when the user names it, databases that never are.
final class BenchScratch {
    let path: String
    private let isOwn: Bool
    private var made: [String] = []

    /// - Parameter named: the user's directory; without one, a temporary directory that `remove` takes away.
    init(named: String?) throws(UserFault) {
        if let named {
            try DirectoryTree.make(named)
            path = named
            isOwn = false
            return
        }
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/var/tmp"
        var template = Array((parent + "/nightjar-bench-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw UserFault(.usage, "cannot make a directory in \(parent)", detail: String(cString: strerror(errno)))
        }
        path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        isOwn = true
    }

    var catalogues: String { path + "/catalogues" }

    /// A path for a database, where nothing is. The one before it is removed.
    func newDirectory() -> String {
        for old in made { DirectoryTree.remove(old) }
        let directory = "\(path)/database-\(getpid())-\(made.count)"
        DirectoryTree.remove(directory)
        made.append(directory)
        return directory
    }

    func remove() {
        for old in made { DirectoryTree.remove(old) }
        if isOwn { DirectoryTree.remove(path) }
    }
}

/// The kernel's copies of files.
enum PageCache {
    /// Lets go of the pages of all files in a directory, so that the next reads come from the disk.
    static func forget(_ directory: String) {
        for path in DirectoryTree.files(in: directory) {
            let file = open(path, O_RDONLY | O_CLOEXEC)
            guard file >= 0 else { continue }
            // Pages that are not on the disk yet stay.
            fdatasync(file)
            posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED)
            close(file)
        }
    }
}
