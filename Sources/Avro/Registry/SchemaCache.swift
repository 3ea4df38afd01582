import Core
import Glibc

/// Schemas of one registry as files, `DIR/<hash of the registry>/<id>.json`. A cache: a file that cannot be written is
/// fetched again another time.
struct SchemaCache: Sendable {
    private let folder: String

    init(directory: String, registry: String) {
        let key = Array(registry.utf8).withUnsafeBytes { SHA256.hex($0) }.prefix(16)
        folder = directory + "/" + key
    }

    private func path(_ id: Int32) -> String { "\(folder)/\(id).json" }

    func read(id: Int32) -> [UInt8]? {
        guard let json = FileBytes.read(path(id), limit: AvroSchemaParser.Limits.textBytes), !json.isEmpty else {
            return nil
        }
        return json
    }

    /// Written aside and renamed, so that a reader sees all of it or nothing.
    func write(id: Int32, json: [UInt8]) {
        FileBytes.makeDirectories(folder)
        let aside = "\(path(id)).\(getpid()).\(UInt64.random(in: .min ... .max)).new"
        let descriptor = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return }
        let isWhole = FileBytes.write(json, to: descriptor) && fsync(descriptor) == 0
        close(descriptor)
        if !isWhole || rename(aside, path(id)) != 0 { unlink(aside) }
    }
}

/// Small files, whole.
enum FileBytes {
    static func read(_ path: String, limit: Int) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return content }
            if count < 0 && errno == EINTR { continue }
            guard count > 0, content.count + count <= limit else { return nil }
            content.append(contentsOf: chunk[..<count])
        }
    }

    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + done, bytes.count - done) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }

    static func makeDirectories(_ path: String) {
        var prefix = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            prefix += "/" + part
            mkdir(prefix, 0o755)
        }
    }
}
