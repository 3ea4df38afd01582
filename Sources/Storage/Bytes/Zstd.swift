import CZstd
import Core

/// zstd with contexts that are made once, when they are needed. One thread uses it.
final class Zstd {
    /// Level 1: on light curves and alert columns higher levels gain little and cost several times as much.
    static let level: Int32 = 1
    private var compressor: OpaquePointer?
    private var decompressor: OpaquePointer?

    deinit {
        ZSTD_freeCCtx(compressor)
        ZSTD_freeDCtx(decompressor)
    }

    func compress(_ bytes: UnsafeRawBufferPointer, into output: ByteWriter) {
        if compressor == nil { compressor = ZSTD_createCCtx() }
        let bound = ZSTD_compressBound(bytes.count)
        let start = output.count
        let target = output.reserve(bound)
        let written = ZSTD_compressCCtx(compressor, target, bound, bytes.baseAddress, bytes.count, Zstd.level)
        precondition(ZSTD_isError(written) == 0, "zstd refuses a bounded buffer")
        output.truncate(to: start + written)
    }

    /// Decompresses to exactly `size` bytes.
    func decompress(_ bytes: UnsafeRawBufferPointer, size: Int, into output: ByteWriter) throws(DamagedBytes) {
        if decompressor == nil { decompressor = ZSTD_createDCtx() }
        // The frame's own word limits what a damaged size can make us allocate.
        let said = ZSTD_getFrameContentSize(bytes.baseAddress, bytes.count)
        guard said == UInt64(size) else { throw DamagedBytes(detail: "zstd frame has another size than its header") }
        let target = output.reserve(size)
        let written = ZSTD_decompressDCtx(decompressor, target, size, bytes.baseAddress, bytes.count)
        guard ZSTD_isError(written) == 0, written == size else { throw DamagedBytes(detail: "zstd frame is damaged") }
    }
}
