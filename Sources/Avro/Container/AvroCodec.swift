import CSnappy
import CZlib
import CZstd
import Core

/// The codecs of object containers that we read and write.
public enum AvroCodec: String, Sendable, CaseIterable {
    case null
    /// RFC 1951 without zlib's header.
    case deflate
    /// Snappy, then the CRC-32 of the plain bytes, big-endian.
    case snappy
    case zstandard

    public func compress(_ plain: [UInt8]) -> [UInt8] {
        switch self {
        case .null: plain
        case .deflate: Deflate.compress(plain)
        case .snappy: AvroCodec.snappyCompress(plain)
        case .zstandard: AvroCodec.zstdCompress(plain)
        }
    }

    /// The plain bytes, at most `limit`; a `container` fault when the block is damaged or larger.
    public func decompress(_ packed: UnsafeRawBufferPointer, limit: Int) throws(RecordFault) -> [UInt8] {
        switch self {
        case .null: return Array(packed)
        case .deflate: return try Deflate.decompress(packed, limit: limit)
        case .snappy: return try AvroCodec.snappyDecompress(packed, limit: limit)
        case .zstandard: return try AvroCodec.zstdDecompress(packed, limit: limit)
        }
    }

    static func damaged(_ detail: String) -> RecordFault { RecordFault(.container, detail) }

    private static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        UInt32(truncatingIfNeeded: crc32_z(0, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count))
    }

    // MARK: Snappy

    private static func snappyCompress(_ plain: [UInt8]) -> [UInt8] {
        var length = snappy_max_compressed_length(plain.count)
        let sum = plain.withUnsafeBytes { checksum($0) }
        var packed = [UInt8](unsafeUninitializedCapacity: length + 4) { room, count in
            plain.withUnsafeBytes { input in
                room.withMemoryRebound(to: CChar.self) { output in
                    let status = snappy_compress(
                        input.bindMemory(to: CChar.self).baseAddress, plain.count, output.baseAddress, &length)
                    precondition(status == SNAPPY_OK, "snappy refused a block")
                }
            }
            count = length
        }
        withUnsafeBytes(of: sum.bigEndian) { packed.append(contentsOf: $0) }
        return packed
    }

    private static func snappyDecompress(_ packed: UnsafeRawBufferPointer, limit: Int) throws(RecordFault) -> [UInt8] {
        guard packed.count > 4 else { throw damaged("a snappy block of \(packed.count) bytes") }
        let body = UnsafeRawBufferPointer(rebasing: packed[..<(packed.count - 4)]).bindMemory(to: CChar.self)
        var length = 0
        guard snappy_uncompressed_length(body.baseAddress, body.count, &length) == SNAPPY_OK else {
            throw damaged("a snappy block without its length")
        }
        guard length <= limit else { throw damaged("a block of \(length) bytes is above the limit of \(limit)") }
        var status = SNAPPY_OK
        let plain = [UInt8](unsafeUninitializedCapacity: length) { room, count in
            room.withMemoryRebound(to: CChar.self) { output in
                status = snappy_uncompress(body.baseAddress, body.count, output.baseAddress, &length)
            }
            count = status == SNAPPY_OK ? length : 0
        }
        guard status == SNAPPY_OK else { throw damaged("a snappy block is damaged") }
        let said = UInt32(bigEndian: packed.loadUnaligned(fromByteOffset: packed.count - 4, as: UInt32.self))
        guard said == plain.withUnsafeBytes({ checksum($0) }) else {
            throw damaged("a snappy block has another CRC-32")
        }
        return plain
    }

    // MARK: Zstandard

    private static func zstdCompress(_ plain: [UInt8]) -> [UInt8] {
        let bound = ZSTD_compressBound(plain.count)
        return [UInt8](unsafeUninitializedCapacity: bound) { room, count in
            count = plain.withUnsafeBytes { ZSTD_compress(room.baseAddress, bound, $0.baseAddress, plain.count, 3) }
            precondition(ZSTD_isError(count) == 0, "zstd refused a block")
        }
    }

    private static func zstdDecompress(_ packed: UnsafeRawBufferPointer, limit: Int) throws(RecordFault) -> [UInt8] {
        guard let context = ZSTD_createDStream() else { throw damaged("zstd gives no context") }
        defer { ZSTD_freeDStream(context) }
        var input = ZSTD_inBuffer(src: packed.baseAddress, size: packed.count, pos: 0)
        var plain: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: max(min(limit, packed.count * 4), 1 << 12))
        while true {
            var produced = 0
            let status = chunk.withUnsafeMutableBytes { room in
                var output = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
                let status = ZSTD_decompressStream(context, &output, &input)
                produced = output.pos
                return status
            }
            guard ZSTD_isError(status) == 0 else {
                throw damaged("zstd: \(String(cString: ZSTD_getErrorName(status)))")
            }
            guard plain.count + produced <= limit else { throw damaged("a block is above the limit of \(limit) bytes") }
            plain.append(contentsOf: chunk[..<produced])
            if input.pos == input.size && produced < chunk.count {
                guard status == 0 else { throw damaged("a zstd block is cut off") }
                return plain
            }
        }
    }
}
