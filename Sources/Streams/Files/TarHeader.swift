/// One 512-byte header of a POSIX (ustar, pax) or GNU tar archive, as far as reading regular files needs it.
struct TarHeader {
    static let byteCount = 512

    /// Bytes of content that follow, before padding to 512.
    let contentBytes: Int
    /// `0` or NUL is a regular file; `x`, `g`, `L`, `K` describe the next entry; `5` is a directory.
    let typeFlag: UInt8
    let name: String

    /// Nil when the checksum or the size does not hold.
    init?(_ header: UnsafeRawBufferPointer) {
        guard header.count == TarHeader.byteCount, TarHeader.checksumMatches(header) else { return nil }
        guard let size = TarHeader.number(header, 124, 12) else { return nil }
        contentBytes = size
        typeFlag = header[156]
        name = String(decoding: header[0..<100].prefix { $0 != 0 }, as: UTF8.self)
    }

    var isRegularFile: Bool { typeFlag == 0x30 || typeFlag == 0 || typeFlag == 0x37 }
    var paddedBytes: Int { (contentBytes + TarHeader.byteCount - 1) / TarHeader.byteCount * TarHeader.byteCount }

    static func checksumMatches(_ header: UnsafeRawBufferPointer) -> Bool {
        guard header.count == byteCount, let stored = number(header, 148, 8) else { return false }
        var sum = 0
        for index in 0..<byteCount { sum += (148..<156).contains(index) ? 0x20 : Int(header[index]) }
        return sum == stored
    }

    /// Octal text, or GNU's base 256 with the top bit set.
    private static func number(_ header: UnsafeRawBufferPointer, _ offset: Int, _ width: Int) -> Int? {
        let field = header[offset..<offset + width]
        if field.first.map({ $0 & 0x80 != 0 }) ?? false {
            var value = 0
            for byte in field.dropFirst() {
                guard value < 1 << 50 else { return nil }
                value = value << 8 | Int(byte)
            }
            return value
        }
        var value = 0
        for byte in field where byte != 0 && byte != 0x20 {
            guard (0x30...0x37).contains(byte) else { return nil }
            value = value << 3 | Int(byte - 0x30)
        }
        return value
    }
}
