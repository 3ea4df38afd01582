import CZstd
import Core
import Glibc

/// Writes [4-byte big-endian length][Confluent message] sequences as one zstd frame: what `FileSource` reads as framed `.zst`.
public final class FramedMessageWriter {
    private let path: String
    private let file: Int32
    private let context: OpaquePointer
    private let head = UnsafeMutableRawBufferPointer.allocate(byteCount: 4, alignment: 4)
    private var output: [UInt8]
    private var isFinished = false

    /// zstd's default: a fifth of the packets' size at several hundred MB/s.
    static let level: Int32 = 3

    /// - Throws: `UserFault` when the file cannot be made.
    public init(path: String) throws(UserFault) {
        self.path = path
        file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else {
            throw UserFault(.usage, "cannot write \(path)", detail: String(cString: strerror(errno)))
        }
        guard let context = ZSTD_createCCtx() else { preconditionFailure("zstd refused to start") }
        self.context = context
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, FramedMessageWriter.level)
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        output = [UInt8](repeating: 0, count: ZSTD_CStreamOutSize())
    }

    deinit {
        ZSTD_freeCCtx(context)
        head.deallocate()
        close(file)
    }

    /// Appends one message.
    /// - Throws: `DependencyFault` when the disk refuses.
    public func write(_ message: UnsafeRawBufferPointer) throws(DependencyFault) {
        precondition(!isFinished && message.count <= Int(UInt32.max))
        head.storeBytes(of: UInt32(message.count).bigEndian, as: UInt32.self)
        try compress(UnsafeRawBufferPointer(head), ZSTD_e_continue)
        try compress(message, ZSTD_e_continue)
    }

    /// Ends the frame; nothing can be written after it.
    public func finish() throws(DependencyFault) {
        guard !isFinished else { return }
        isFinished = true
        try compress(UnsafeRawBufferPointer(start: nil, count: 0), ZSTD_e_end)
    }

    private func compress(_ bytes: UnsafeRawBufferPointer, _ directive: ZSTD_EndDirective) throws(DependencyFault) {
        var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
        while true {
            var produced = 0
            let rest = output.withUnsafeMutableBytes { buffer in
                var target = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
                let status = ZSTD_compressStream2(context, &target, &input, directive)
                produced = target.pos
                return status
            }
            guard ZSTD_isError(rest) == 0 else {
                throw DependencyFault("zstd", String(cString: ZSTD_getErrorName(rest)), isRetriable: false)
            }
            try flush(produced)
            // Continuing ends with the input; ending, when zstd holds nothing back.
            if directive == ZSTD_e_end ? rest == 0 : input.pos == input.size { return }
        }
    }

    private func flush(_ count: Int) throws(DependencyFault) {
        var start = 0
        while start < count {
            let written = output.withUnsafeBytes {
                Glibc.write(file, $0.baseAddress?.advanced(by: start), count - start)
            }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else {
                throw DependencyFault("disk \(path)", String(cString: strerror(errno)), hint: "is the disk full?")
            }
            start += written
        }
    }
}
