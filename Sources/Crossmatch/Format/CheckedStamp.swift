import Core
import Glibc

/// Remembers, in the file `checked` beside a version's files, that their checksums were compared, so that a catalogue of many
/// gigabytes is read whole once and not with every command. A line a file: name, bytes, inode, time of the last change,
/// checksum; what changes a file, or copies it, changes its line. (Bits that rot on the disk do not: `catalog check` finds them.)
struct CheckedStamp {
    private let path: String
    private let text: String?

    init(path: String, files: [CatalogueManifest.File]) {
        self.path = "\(path)/checked"
        var lines = ""
        for file in files {
            var status = stat()
            guard stat("\(path)/\(file.name)", &status) == 0 else {
                text = nil
                return
            }
            let changed = status.st_mtim
            lines += "\(file.name) \(status.st_size) \(status.st_ino) \(changed.tv_sec).\(changed.tv_nsec) \(file.crc)\n"
        }
        text = lines
    }

    var isCurrent: Bool { text != nil && TextFile.read(path) == text }

    /// Where the directory cannot be written the files are read again the next time.
    func write() {
        guard let text else { return }
        try? FileSystem.replace(path, with: Array(text.utf8))
    }
}
