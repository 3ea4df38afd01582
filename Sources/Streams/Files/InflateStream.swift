import CZlib
import Core

/// gzip (RFC 1952), one or more members after one another; what follows the last member is ignored when it is zeros.
final class InflateStream: ByteStream {
    private let input: BufferedReader
    private let state = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private var isEnded = false
    /// Met after bytes that were good: thrown by the next read.
    private var failure: RecordFault?

    init(_ input: BufferedReader) {
        self.input = input
        state.initialize(to: z_stream())
        // 15 window bits + 16: gzip header and trailer, with the CRC checked.
        let status = inflateInit2_(state, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib refused to start")
    }

    deinit {
        inflateEnd(state)
        state.deallocate()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ReadFault) -> Int {
        if let failure { throw .damaged(failure) }
        guard !isEnded, buffer.count > 0 else { return 0 }
        state.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
        state.pointee.avail_out = UInt32(min(buffer.count, Int(Int32.max)))
        let room = state.pointee.avail_out
        while state.pointee.avail_out == room && !isEnded && failure == nil { try step() }
        if state.pointee.avail_out == room, let failure { throw .damaged(failure) }
        return Int(room - state.pointee.avail_out)
    }

    private func step() throws(ReadFault) {
        let window = try input.peek(BufferedReader.chunkBytes)
        guard window.count > 0 else { throw .damaged(RecordFault(.truncated, "the gzip stream ends early")) }
        state.pointee.next_in = UnsafeMutablePointer(mutating: window.baseAddress?.assumingMemoryBound(to: UInt8.self))
        state.pointee.avail_in = UInt32(window.count)
        let status = inflate(state, Z_NO_FLUSH)
        input.consume(window.count - Int(state.pointee.avail_in))
        switch status {
        case Z_OK, Z_BUF_ERROR: return
        case Z_STREAM_END: try endMember()
        default:
            let why = state.pointee.msg.map { String(cString: $0) } ?? "status \(status)"
            failure = RecordFault(.container, "the gzip stream is damaged: \(why)", byteOffset: input.position)
        }
    }

    private func endMember() throws(ReadFault) {
        let next = try input.peek(2)
        if next.count == 2 && next[0] == 0x1F && next[1] == 0x8B {
            inflateReset(state)
        } else {
            isEnded = true
        }
    }
}
