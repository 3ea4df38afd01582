import CSnappy
import CZlib
import CZstd
import Core

/// How the blocks of an object container are compressed.
enum BlockCodec: String {
    case null, deflate, snappy, zstandard

    /// Puts the block's content into `output`, at most `bytesMax` of it.
    func decode(_ block: UnsafeRawBufferPointer, into output: ByteArena, bytesMax: Int) throws(RecordFault) {
        output.removeAll()
        switch self {
        case .null: _ = output.append(block)
        case .deflate: try BlockCodec.inflateRaw(block, into: output, bytesMax: bytesMax)
        case .snappy: try BlockCodec.unsnappy(block, into: output, bytesMax: bytesMax)
        case .zstandard: try BlockCodec.unzstd(block, into: output, bytesMax: bytesMax)
        }
    }

    /// RFC 1951 without zlib's header.
    private static func inflateRaw(
        _ block: UnsafeRawBufferPointer, into output: ByteArena, bytesMax: Int
    ) throws(RecordFault) {
        var state = z_stream()
        guard inflateInit2_(&state, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            preconditionFailure("zlib refused to start")
        }
        defer { inflateEnd(&state) }
        state.next_in = UnsafeMutablePointer(mutating: block.baseAddress?.assumingMemoryBound(to: UInt8.self))
        state.avail_in = UInt32(block.count)
        var status = Z_OK
        while status == Z_OK {
            guard output.count <= bytesMax else { throw oversized(bytesMax) }
            let room = 64 << 10
            let start = output.reserve(room)
            state.next_out = output.mutableBytes.baseAddress?.advanced(by: start).assumingMemoryBound(to: UInt8.self)
            state.avail_out = UInt32(room)
            status = inflate(&state, Z_NO_FLUSH)
            output.truncate(to: start + room - Int(state.avail_out))
        }
        guard status == Z_STREAM_END else { throw damaged("deflate", "status \(status)") }
    }

    /// Avro adds the big-endian CRC-32 of the content to a snappy block.
    private static func unsnappy(
        _ block: UnsafeRawBufferPointer, into output: ByteArena, bytesMax: Int
    ) throws(RecordFault) {
        guard block.count > 4 else { throw damaged("snappy", "it has no checksum") }
        let body = UnsafeRawBufferPointer(rebasing: block.dropLast(4))
        let input = body.baseAddress?.assumingMemoryBound(to: CChar.self)
        var count = 0
        guard snappy_uncompressed_length(input, body.count, &count) == SNAPPY_OK else {
            throw damaged("snappy", "its length")
        }
        guard count <= bytesMax else { throw oversized(bytesMax) }
        let start = output.reserve(count)
        let place = output.mutableBytes.baseAddress?.advanced(by: start).assumingMemoryBound(to: CChar.self)
        guard snappy_uncompress(input, body.count, place, &count) == SNAPPY_OK else {
            throw damaged("snappy", "its content")
        }
        let content = output.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let stored = UInt32(bigEndian: block.loadUnaligned(fromByteOffset: block.count - 4, as: UInt32.self))
        guard UInt32(crc32(0, content, UInt32(output.count))) == stored else { throw damaged("snappy", "its checksum") }
    }

    private static func unzstd(
        _ block: UnsafeRawBufferPointer, into output: ByteArena, bytesMax: Int
    ) throws(RecordFault) {
        guard let stream = ZSTD_createDStream() else { preconditionFailure("zstd refused to start") }
        defer { ZSTD_freeDStream(stream) }
        var source = ZSTD_inBuffer(src: block.baseAddress, size: block.count, pos: 0)
        var status = 1
        while status != 0 || source.pos < source.size {
            guard output.count <= bytesMax else { throw oversized(bytesMax) }
            let room = 64 << 10
            let start = output.reserve(room)
            var chunk = ZSTD_outBuffer(dst: output.mutableBytes.baseAddress?.advanced(by: start), size: room, pos: 0)
            let before = source.pos
            status = ZSTD_decompressStream(stream, &chunk, &source)
            output.truncate(to: start + chunk.pos)
            guard ZSTD_isError(status) == 0 else { throw damaged("zstd", String(cString: ZSTD_getErrorName(status))) }
            guard chunk.pos > 0 || source.pos > before else { throw damaged("zstd", "it ends early") }
        }
    }

    private static func damaged(_ codec: String, _ what: String) -> RecordFault {
        RecordFault(.container, "a \(codec) block is damaged: \(what)")
    }

    private static func oversized(_ bytesMax: Int) -> RecordFault {
        RecordFault(.oversized, "a block holds more than \(bytesMax) bytes")
    }
}
