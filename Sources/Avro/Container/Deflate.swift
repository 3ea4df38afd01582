import CZlib
import Core

/// Raw deflate (RFC 1951) of whole blocks through zlib.
enum Deflate {
    private static func newStream() -> z_stream { z_stream() }

    static func compress(_ plain: [UInt8]) -> [UInt8] {
        var stream = newStream()
        let status = deflateInit2_(
            &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib gives no stream")
        defer { deflateEnd(&stream) }
        precondition(plain.count < 1 << 31, "a block of 2 GiB")
        let bound = Int(deflateBound(&stream, UInt(plain.count)))
        return [UInt8](unsafeUninitializedCapacity: bound) { room, count in
            plain.withUnsafeBufferPointer { input in
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = UInt32(plain.count)
                stream.next_out = room.baseAddress
                stream.avail_out = UInt32(bound)
                let status = deflate(&stream, Z_FINISH)
                precondition(status == Z_STREAM_END, "zlib refused a block")
            }
            count = bound - Int(stream.avail_out)
        }
    }

    static func decompress(_ packed: UnsafeRawBufferPointer, limit: Int) throws(RecordFault) -> [UInt8] {
        var stream = newStream()
        guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw AvroCodec.damaged("zlib gives no stream")
        }
        defer { inflateEnd(&stream) }
        stream.next_in = UnsafeMutablePointer(mutating: packed.bindMemory(to: UInt8.self).baseAddress)
        stream.avail_in = UInt32(clamping: packed.count)
        var plain: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: max(min(limit, packed.count * 3), 1 << 12))
        while true {
            let (status, produced) = chunk.withUnsafeMutableBufferPointer { room in
                stream.next_out = room.baseAddress
                stream.avail_out = UInt32(clamping: room.count)
                let status = inflate(&stream, Z_NO_FLUSH)
                return (status, room.count - Int(stream.avail_out))
            }
            guard plain.count + produced <= limit else {
                throw AvroCodec.damaged("a block is above the limit of \(limit) bytes")
            }
            plain.append(contentsOf: chunk[..<produced])
            if status == Z_STREAM_END { return plain }
            guard status == Z_OK && (produced > 0 || stream.avail_in > 0) else {
                throw AvroCodec.damaged("a deflate block is damaged or cut off")
            }
        }
    }
}
