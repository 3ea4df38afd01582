/// What a stream of bytes holds, by its content: names say nothing reliable.
enum AlertFileFormat: Equatable {
    case empty
    /// Avro object container: `Obj` 0x01.
    case container
    /// One Confluent message: 0x00, 4-byte big-endian schema id, body.
    case message
    /// [4-byte big-endian length][Confluent message], repeated.
    case framed
    case gzip
    case zstd
    case tar
    /// Text of some kind: documentation, an index, a reference decode.
    case text
    case unknown

    static func sniff(_ reader: BufferedReader, messageBytesMax: Int) throws(ReadFault) -> AlertFileFormat {
        let head = try reader.peek(512)
        guard head.count > 0 else { return .empty }
        if starts(head, [0x4F, 0x62, 0x6A, 0x01]) { return .container }
        if starts(head, [0x1F, 0x8B]) { return .gzip }
        if starts(head, [0x28, 0xB5, 0x2F, 0xFD]) { return .zstd }
        if isTarHeader(head) { return .tar }
        if head[0] == 0 {
            return try isFramed(reader, messageBytesMax: messageBytesMax) ? .framed : .message
        }
        if head.count >= 9 && head[4] == 0 && bigEndian(head, at: 0) > messageBytesMax { return .framed }
        return looksLikeText(head) ? .text : .unknown
    }

    /// A first length that fits, a message start behind it, and behind that either the end or another such start.
    ///
    /// A single message begins alike only where its schema id is a multiple of 256, and then the second look tells.
    private static func isFramed(_ reader: BufferedReader, messageBytesMax: Int) throws(ReadFault) -> Bool {
        let head = try reader.peek(5)
        guard head.count == 5, head[4] == 0 else { return false }
        let length = bigEndian(head, at: 0)
        guard length >= 5 else { return false }
        // A length over the limit is left to the framed reader, which reports it and passes over it.
        guard length <= messageBytesMax else { return true }
        let whole = try reader.peek(4 + length + 5)
        // Truncated inside the first message: small ids are never this long a length.
        if whole.count <= 4 + length { return whole.count == 4 + length || length > 0xFFFF }
        return whole.count < 4 + length + 5 || whole[4 + length + 4] == 0
    }

    static func isTarHeader(_ head: UnsafeRawBufferPointer) -> Bool {
        guard head.count == 512 else { return false }
        guard head[257..<262].elementsEqual("ustar".utf8) else { return false }
        return TarHeader.checksumMatches(head)
    }

    private static func looksLikeText(_ head: UnsafeRawBufferPointer) -> Bool {
        head.allSatisfy { $0 >= 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D } && !head.contains(0x7F)
    }

    private static func starts(_ head: UnsafeRawBufferPointer, _ magic: [UInt8]) -> Bool {
        head.starts(with: magic)
    }

    static func bigEndian(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int {
        Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    }
}
