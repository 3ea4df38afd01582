import Core

/// What some bytes are, told from the bytes themselves; file names lie.
public enum ContentKind: Sendable, Equatable {
    case container
    /// One Confluent message with this schema id.
    case confluent(schemaID: Int32)
    /// [4-byte big-endian length][Confluent message], repeated.
    case framed
    case zstd
    case gzip
    case tar
    /// None of these: a bare body, if its schema is given.
    case unknown

    /// Bytes that `sniff` looks at; fewer are fine when there are no more.
    public static let sniffedBytes = 512

    public static func sniff(_ prefix: some Collection<UInt8>) -> ContentKind {
        let bytes = Array(prefix.prefix(sniffedBytes))
        func begins(_ magic: [UInt8], at start: Int = 0) -> Bool {
            bytes.count >= start + magic.count && bytes[start..<start + magic.count].elementsEqual(magic)
        }
        if begins(AvroContainerReader.magic) { return .container }
        if begins([0x28, 0xB5, 0x2F, 0xFD]) { return .zstd }
        if begins([0x1F, 0x8B, 0x08]) { return .gzip }
        if begins(Array("ustar".utf8), at: 257) { return .tar }
        // A length below 16 MiB begins with a zero too, so the inner frame decides first: its zero and its small id.
        if let inner = header(bytes.dropFirst(4)), inner < 1 << 24, let length = word(bytes), length > 5 {
            return .framed
        }
        if let id = header(bytes[...]) { return .confluent(schemaID: id) }
        return .unknown
    }

    private static func header(_ bytes: ArraySlice<UInt8>) -> Int32? {
        let head = Array(bytes.prefix(5))
        guard head.count == 5 else { return nil }
        return head.withUnsafeBytes { bytes in (try? ConfluentFrame(bytes))?.schemaID }
    }

    private static func word(_ bytes: [UInt8]) -> UInt32? {
        guard bytes.count >= 4 else { return nil }
        return bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }
}
