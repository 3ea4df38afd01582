import CSnappy
import CZlib
import CZstd
import Core
import Glibc

@testable import Streams

/// Bodies of one schema: a zigzag varint length and that many bytes.
final class BytesSchemas: ContainerSchemas {
    static let text = "{\"type\":\"bytes\"}"
    private(set) var registered: [String] = []

    func register(_ schemaJSON: String) throws(RecordFault) -> Int32 {
        guard schemaJSON == BytesSchemas.text || schemaJSON == "\"bytes\"" else {
            throw RecordFault(.schema, "not the tests' schema")
        }
        registered.append(schemaJSON)
        return 77
    }

    func endOfBody(schemaID: Int32, in bytes: UnsafeRawBufferPointer, from start: Int) throws(RecordFault) -> Int {
        var at = start
        guard let length = ContainerHeader.long(bytes, &at) else {
            throw RecordFault(.truncated, "a length is cut off")
        }
        guard length >= 0, at + Int(length) <= bytes.count else { throw RecordFault(.truncated, "bytes are cut off") }
        return at + Int(length)
    }
}

/// Files of every kind, made by hand.
enum Make {
    static func message(_ number: Int, bytes: Int = 40) -> [UInt8] {
        [0, 0, 0, 3, 0xE8] + (0..<bytes).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number &* 7) }
    }

    static func framed(_ messages: [[UInt8]]) -> [UInt8] {
        messages.flatMap { bigEndian($0.count) + $0 }
    }

    static func bigEndian(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }

    static func varint(_ value: Int) -> [UInt8] {
        var rest = UInt64(bitPattern: Int64(value << 1) ^ Int64(value >> 63))
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    static func body(_ number: Int) -> [UInt8] {
        let content = Array("alert \(number) ".utf8) + [UInt8](repeating: UInt8(number & 0xFF), count: 30)
        return varint(content.count) + content
    }

    static let sync: [UInt8] = (0..<16).map { 0xA0 + $0 }

    /// Blocks of `perBlock` bodies each.
    static func container(_ count: Int, perBlock: Int, codec: String) -> [UInt8] {
        func entry(_ key: String, _ value: String) -> [UInt8] {
            varint(key.utf8.count) + Array(key.utf8) + varint(value.utf8.count) + Array(value.utf8)
        }
        var file: [UInt8] = Array("Obj".utf8) + [1] + varint(2)
        file += entry("avro.schema", BytesSchemas.text) + entry("avro.codec", codec) + [0] + sync
        for start in stride(from: 0, to: count, by: perBlock) {
            let numbers = start..<min(count, start + perBlock)
            let packed = pack(numbers.flatMap { body($0) }, codec)
            file += varint(numbers.count) + varint(packed.count) + packed + sync
        }
        return file
    }

    static func pack(_ content: [UInt8], _ codec: String) -> [UInt8] {
        switch codec {
        case "deflate": return deflated(content, windowBits: -15)
        case "zstandard": return zstd(content)
        case "snappy":
            var size = snappy_max_compressed_length(content.count)
            var packed = [CChar](repeating: 0, count: size)
            content.withUnsafeBytes {
                _ = snappy_compress($0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count, &packed, &size)
            }
            let sum = Int(crc32(0, content, UInt32(content.count)))
            return packed[..<size].map { UInt8(bitPattern: $0) } + bigEndian(sum)
        default: return content
        }
    }

    static func gzip(_ content: [UInt8]) -> [UInt8] { deflated(content, windowBits: 31) }

    static func zstd(_ content: [UInt8]) -> [UInt8] {
        var packed = [UInt8](repeating: 0, count: ZSTD_compressBound(content.count))
        let size = ZSTD_compress(&packed, packed.count, content, content.count, 3)
        return Array(packed[..<size])
    }

    private static func deflated(_ content: [UInt8], windowBits: Int32) -> [UInt8] {
        var state = z_stream()
        deflateInit2_(
            &state, 6, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        defer { deflateEnd(&state) }
        var packed = [UInt8](repeating: 0, count: content.count + 1024)
        var input = content
        let size = input.withUnsafeMutableBufferPointer { source in
            packed.withUnsafeMutableBufferPointer { target in
                state.next_in = source.baseAddress
                state.avail_in = UInt32(source.count)
                state.next_out = target.baseAddress
                state.avail_out = UInt32(target.count)
                deflate(&state, Z_FINISH)
                return target.count - Int(state.avail_out)
            }
        }
        return Array(packed[..<size])
    }

    static func tar(_ entries: [(name: String, content: [UInt8])]) -> [UInt8] {
        var archive: [UInt8] = []
        for (name, content) in entries {
            var header = [UInt8](repeating: 0, count: 512)
            func put(_ text: String, at offset: Int) {
                header.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
            }
            func octal(_ value: Int, _ width: Int) -> String {
                let digits = String(value, radix: 8)
                return String(repeating: "0", count: width - digits.count) + digits
            }
            put(name, at: 0)
            put("0000644", at: 100)
            put(octal(content.count, 11), at: 124)
            put("00000000000", at: 136)
            put("        ", at: 148)
            put("0", at: 156)
            put("ustar", at: 257)
            put("00", at: 263)
            put(octal(header.reduce(0) { $0 + Int($1) }, 6), at: 148)
            header[154] = 0
            archive += header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
        }
        return archive + [UInt8](repeating: 0, count: 1024)
    }
}

/// A directory that goes away with the value that holds it.
final class ScratchDirectory {
    let path: String

    init() {
        var template = Array("/tmp/nightjar-streams-XXXXXX".utf8CString)
        template.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { _ = mkdtemp(base) } }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { ScratchDirectory.removeTree(path) }

    private static func removeTree(_ path: String) {
        if remove(path) == 0 { return }
        guard let handle = opendir(path) else { return }
        var names: [String] = []
        while let entry = readdir(handle) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
        }
        closedir(handle)
        for name in names where name != "." && name != ".." { removeTree(path + "/" + name) }
        remove(path)
    }

    @discardableResult
    func write(_ name: String, _ bytes: [UInt8]) -> String {
        let file = path + "/" + name
        if let slash = name.lastIndex(of: "/") { mkdir(path + "/" + name[..<slash], 0o755) }
        let stream = fopen(file, "w")
        bytes.withUnsafeBytes { _ = fwrite($0.baseAddress, 1, $0.count, stream) }
        if let stream { fclose(stream) }
        return file
    }
}

/// Everything that a source gives, in order.
struct ReadRecord: Equatable {
    let file: String
    let offset: Int64
    let bytes: [UInt8]
    let fault: RecordFault.Reason?
}

func readAll(_ source: FileSource, limit: Int = 7) throws -> [ReadRecord] {
    var records: [ReadRecord] = []
    var batch = MessageBatch()
    while true {
        batch.removeAll()
        let event = try source.read(into: &batch, limit: limit, timeoutSeconds: 0)
        for message in batch.messages {
            records.append(
                ReadRecord(
                    file: batch.partitions[Int(message.partition)].topic, offset: message.offset,
                    bytes: [UInt8](batch.arena.bytes(message.bytes)), fault: message.fault?.reason))
        }
        if event == .ended { return records }
    }
}

func readFile(_ path: String, from next: Int64? = nil, limit: Int = 7, messageBytesMax: Int = 10_485_760) throws
    -> [ReadRecord]
{
    var options = FileSource.Options()
    options.messageBytesMax = messageBytesMax
    return try readAll(FileSource(paths: [path], schemas: BytesSchemas(), options: options) { _ in next }, limit: limit)
}
