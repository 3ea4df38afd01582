import CZstd
import Core

/// zstd frames (RFC 8878), one or more after one another; window at most 128 MiB.
final class ZstdStream: ByteStream {
    private let input: BufferedReader
    private let context: OpaquePointer
    private var isInsideFrame = false

    init(_ input: BufferedReader) {
        self.input = input
        guard let context = ZSTD_createDStream() else { preconditionFailure("zstd refused to start") }
        self.context = context
    }

    deinit { ZSTD_freeDStream(context) }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ReadFault) -> Int {
        guard buffer.count > 0 else { return 0 }
        var output = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
        while output.pos == 0 {
            let window = try input.peek(BufferedReader.chunkBytes)
            if window.count == 0 && !isInsideFrame { return 0 }
            var source = ZSTD_inBuffer(src: window.baseAddress, size: window.count, pos: 0)
            let status = ZSTD_decompressStream(context, &output, &source)
            input.consume(source.pos)
            if ZSTD_isError(status) != 0 {
                let why = String(cString: ZSTD_getErrorName(status))
                throw .damaged(
                    RecordFault(.container, "the zstd stream is damaged: \(why)", byteOffset: input.position))
            }
            isInsideFrame = status != 0
            if window.count == 0 && output.pos == 0 {
                throw .damaged(RecordFault(.truncated, "the zstd stream ends early"))
            }
        }
        return output.pos
    }
}
