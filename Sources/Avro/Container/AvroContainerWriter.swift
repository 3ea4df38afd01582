import Core

/// Writes an object container into a buffer that the caller drains.
public struct AvroContainerWriter {
    /// The first bytes of every container.
    public static let magic: [UInt8] = [0x4F, 0x62, 0x6A, 0x01]

    public let codec: AvroCodec
    private let sync: [UInt8]
    private let blockBytes: Int
    private var pending = AvroWriter(capacity: 1 << 16)
    private var pendingCount = 0
    private var output = AvroWriter(capacity: 1 << 16)

    /// - Parameters:
    ///   - metadata: entries besides the schema and the codec; names that begin with `avro.` are the format's own.
    ///   - sync: the 16-byte marker; drawn at random unless given.
    ///   - blockBytes: a block closes when it holds this many plain bytes.
    public init(
        schema: AvroSchema, codec: AvroCodec = .zstandard, metadata: [(name: String, value: [UInt8])] = [],
        sync: [UInt8]? = nil, blockBytes: Int = 1 << 18
    ) {
        self.codec = codec
        self.sync = sync ?? (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        precondition(self.sync.count == 16)
        self.blockBytes = blockBytes
        output.write(raw: AvroContainerWriter.magic)
        let entries = [("avro.schema", Array(schema.json.utf8)), ("avro.codec", Array(codec.rawValue.utf8))] + metadata
        output.write(blockOf: entries.count)
        for (name, value) in entries {
            output.write(string: name)
            output.write(bytes: value)
        }
        output.write(blockOf: 0)
        output.write(raw: self.sync)
    }

    /// Appends one encoded value of the schema.
    public mutating func append(_ body: UnsafeRawBufferPointer) {
        pending.write(raw: body)
        pendingCount += 1
        if pending.bytes.count >= blockBytes { closeBlock() }
    }

    public mutating func append(_ body: [UInt8]) { body.withUnsafeBytes { append($0) } }

    /// Ends the block in the making, if it holds anything.
    public mutating func closeBlock() {
        guard pendingCount > 0 else { return }
        let packed = codec.compress(pending.bytes)
        output.write(long: Int64(pendingCount))
        output.write(bytes: packed)
        output.write(raw: sync)
        pending.removeAll()
        pendingCount = 0
    }

    /// The bytes written since the last drain; whole blocks only.
    public mutating func drain() -> [UInt8] {
        let bytes = output.bytes
        output.removeAll()
        return bytes
    }
}
