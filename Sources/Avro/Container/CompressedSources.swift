import CZlib
import CZstd
import Core

/// The plain bytes of a zstd stream (one frame or several).
public final class ZstdByteSource: ByteSource {
    private let packed: BufferedBytes
    private let stream: OpaquePointer
    private var isInsideFrame = false

    public init(_ packed: BufferedBytes) {
        self.packed = packed
        guard let stream = ZSTD_createDStream() else { preconditionFailure("zstd gives no context") }
        self.stream = stream
    }

    deinit { ZSTD_freeDStream(stream) }

    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(AlertFault) -> Int {
        var output = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
        while output.pos == 0 && buffer.count > 0 {
            let hasMore = try packed.fill(1)
            // Without new input a frame may still have output inside.
            if !hasMore && !isInsideFrame { return 0 }
            let available = packed.available
            let (status, used) = packed.withBytes(available) { bytes in
                var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
                let status = ZSTD_decompressStream(stream, &output, &input)
                return (status, input.pos)
            }
            let place = packed.offset
            packed.drop(used)
            guard ZSTD_isError(status) == 0 else {
                throw .record(
                    RecordFault(.container, "zstd: \(String(cString: ZSTD_getErrorName(status)))", byteOffset: place))
            }
            isInsideFrame = status != 0
            if !hasMore && output.pos == 0 && isInsideFrame {
                throw .record(RecordFault(.container, "the zstd stream is cut off", byteOffset: place))
            }
        }
        return output.pos
    }
}

/// The plain bytes of a gzip stream (one member or several).
public final class GzipByteSource: ByteSource {
    private let packed: BufferedBytes
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private var isInsideMember = false

    public init(_ packed: BufferedBytes) {
        self.packed = packed
        stream.initialize(to: z_stream())
        let status = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib gives no stream")
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(AlertFault) -> Int {
        var produced = 0
        while produced == 0 && buffer.count > 0 {
            guard try packed.fill(1) else {
                if !isInsideMember { return 0 }
                throw .record(RecordFault(.container, "the gzip stream is cut off", byteOffset: packed.offset))
            }
            let place = packed.offset
            let (status, used) = packed.withBytes(packed.available) { bytes in
                stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
                stream.pointee.avail_in = UInt32(clamping: bytes.count)
                let given = Int(stream.pointee.avail_in)
                stream.pointee.next_out = buffer.bindMemory(to: UInt8.self).baseAddress
                stream.pointee.avail_out = UInt32(clamping: buffer.count)
                let room = Int(stream.pointee.avail_out)
                let status = inflate(stream, Z_NO_FLUSH)
                produced = room - Int(stream.pointee.avail_out)
                return (status, given - Int(stream.pointee.avail_in))
            }
            packed.drop(used)
            guard status == Z_OK || status == Z_STREAM_END else {
                throw .record(RecordFault(.container, "the gzip stream is damaged", byteOffset: place))
            }
            isInsideMember = status != Z_STREAM_END
            if status == Z_STREAM_END { inflateReset(stream) }
        }
        return produced
    }
}
