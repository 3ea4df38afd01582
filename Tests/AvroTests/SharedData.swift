import Avro
import CZlib
import Core
import Glibc
import TestSupport

/// Real alerts beside the repository, used when they are there.
enum SharedData {
    /// The folder from NIGHTJAR_SHARED, else `../shared` beside the repository's root; nil with a note when absent.
    static let root: String? = {
        let candidates = [
            getenv("NIGHTJAR_SHARED").map { String(cString: $0) }, beside("../shared"), beside("../../shared"),
        ]
        for case let folder? in candidates where access(folder + "/data/rubin", R_OK) == 0 { return folder }
        print("skipped: no shared data (set NIGHTJAR_SHARED)")
        return nil
    }()

    /// A path from the repository's root.
    static func beside(_ path: String) -> String { Repository.root + "/" + path }

    static func file(_ path: String) throws -> [UInt8] {
        // zlib passes plain files through.
        guard let file = gzopen(path, "rb") else { throw UserFault(.notFound, "cannot read \(path)") }
        defer { gzclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = gzread(file, &chunk, UInt32(chunk.count))
            guard count > 0 else { return bytes }
            bytes += chunk[..<Int(count)]
        }
    }

    static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            names.append(
                withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        return names.sorted()
    }

    /// The 84 real alerts in 10.0 as Confluent messages.
    static func framedAlerts(_ root: String) throws -> [[UInt8]] {
        try Records(file: root + "/data/rubin/alerts_v10_0.framed.zst").bodies
    }

    /// The three alerts of `wire_v10` or `wire_v11_1`: message and reference decode.
    static func wire(_ root: String, _ folder: String) throws -> [(
        name: String, message: [UInt8], reference: JSONValue
    )] {
        let base = root + "/data/rubin/" + folder
        return try names(in: base).filter { $0.hasSuffix(".bin") }.map { name in
            let reference = try file(base + "/" + name.dropLast(4) + ".json.gz")
            return (name, try file(base + "/" + name), try JSONReader.parse(reference))
        }
    }
}

extension AlertFrameDecoder {
    func append(_ message: [UInt8], offset: Int64 = 0, to batch: AlertBatch) throws {
        try message.withUnsafeBytes { bytes in
            try append(message: bytes, origin: AlertOrigin(partition: 0, offset: offset), to: batch)
        }
    }
}

extension AvroValueReader {
    func read(_ bytes: [UInt8], from start: Int = 0) throws(RecordFault) -> AvroValue {
        try bytes.withUnsafeBufferPointer { (bytes) throws(RecordFault) in
            try read(UnsafeRawBufferPointer(bytes), from: start)
        }
    }
}
