import Glibc

/// Small files as text: configuration, queries, tokens, /proc.
public enum TextFile {
    /// Bytes above which a file that a user names is refused.
    public static let sizeLimit = 16 << 20

    /// The whole file, nil when it cannot be read. Files above `limit` bytes are refused as unreadable.
    public static func read(_ path: String, limit: Int = sizeLimit) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0, bytes.count + count <= limit else { return nil }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    /// The file that a user named; says why it cannot be read.
    public static func require(_ path: String) throws(UserFault) -> String {
        errno = 0
        if let text = read(path) { return text }
        let reason = errno == 0 ? "it is larger than \(sizeLimit >> 20) MiB" : String(cString: strerror(errno))
        throw UserFault(.usage, "cannot read \(path)", detail: reason)
    }
}
