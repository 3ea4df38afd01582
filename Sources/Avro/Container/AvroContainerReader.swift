import Core

/// Reads object container files block by block from a stream. Sync markers are checked before a block is handed out.
public final class AvroContainerReader {
    /// Bounds on what a file may ask us to hold.
    public struct Limits: Sendable {
        public var headerBytes = 16 << 20
        /// Of a block, packed and plain.
        public var blockBytes = 256 << 20
        public init() {}
    }

    /// A block's plain bytes.
    public struct Block {
        public let itemCount: Int
        public let bytes: [UInt8]
        /// Where the block begins in the file.
        public let fileOffset: Int
    }

    public static let magic: [UInt8] = [0x4F, 0x62, 0x6A, 0x01]

    public let schema: AvroSchema
    public let codec: AvroCodec
    /// The file's metadata in its order, `avro.schema` and `avro.codec` included.
    public let metadata: [(name: String, value: [UInt8])]
    private let input: BufferedBytes
    private let limits: Limits
    private let sync: [UInt8]

    /// Reads the header. A `container` fault when it is none, a `schema` fault when its schema is broken.
    public init(_ input: BufferedBytes, limits: Limits = Limits()) throws(AlertFault) {
        self.input = input
        self.limits = limits
        guard try input.fill(4), Array(input.peek(4)) == AvroContainerReader.magic else {
            throw .record(RecordFault(.container, "not an Avro object container", byteOffset: input.offset))
        }
        input.drop(4)
        metadata = try AvroContainerReader.readMetadata(input, limits)
        guard try input.fill(16) else {
            throw .record(RecordFault(.container, "the header is cut off", byteOffset: input.offset))
        }
        sync = input.take(16)
        let codecName =
            metadata.first { $0.name == "avro.codec" }.map { String(decoding: $0.value, as: UTF8.self) } ?? "null"
        guard let codec = AvroCodec(rawValue: codecName.isEmpty ? "null" : codecName) else {
            throw .record(
                RecordFault(.container, "the codec \(codecName) is not one of null, deflate, snappy, zstandard"))
        }
        self.codec = codec
        guard let json = metadata.first(where: { $0.name == "avro.schema" })?.value else {
            throw .record(RecordFault(.container, "the header has no schema"))
        }
        do {
            schema = try AvroSchema(json: json)
        } catch {
            throw .record(error)
        }
    }

    public convenience init(_ source: any ByteSource, limits: Limits = Limits()) throws(AlertFault) {
        try self.init(BufferedBytes(source), limits: limits)
    }

    /// The next block; nil at the end of the file. After a fault `resynchronise` finds the next whole block.
    public func next() throws(AlertFault) -> Block? {
        if try input.isAtEnd() { return nil }
        let fileOffset = input.offset
        let (count, size, headBytes) = try blockHead()
        guard count >= 0, size >= 0, size <= limits.blockBytes else {
            throw .record(
                RecordFault(.container, "a block of \(count) items and \(size) bytes", byteOffset: fileOffset))
        }
        let whole = headBytes + Int(size) + 16
        guard try input.fill(whole) else {
            throw .record(RecordFault(.container, "the last block is cut off", byteOffset: fileOffset))
        }
        guard input.peek(whole).suffix(16).elementsEqual(sync) else {
            throw .record(
                RecordFault(.container, "a block does not end with the file's sync marker", byteOffset: fileOffset))
        }
        defer { input.drop(whole) }
        do {
            let plain = try input.withBytes(headBytes + Int(size)) { (bytes) throws(RecordFault) -> [UInt8] in
                try codec.decompress(UnsafeRawBufferPointer(rebasing: bytes[headBytes...]), limit: limits.blockBytes)
            }
            return Block(itemCount: Int(count), bytes: plain, fileOffset: fileOffset)
        } catch {
            throw .record(RecordFault(error.reason, error.detail, byteOffset: fileOffset))
        }
    }

    /// Moves behind the next sync marker after the place of a fault; false when the file has no more.
    public func resynchronise() throws(AlertFault) -> Bool {
        while try input.fill(16) {
            let window = input.peek(input.available)
            if let first = window.indices.dropLast(15).first(where: {
                window[$0] == sync[0] && window[$0..<$0 + 16].elementsEqual(sync)
            }) {
                input.drop(first - window.startIndex + 16)
                return true
            }
            input.drop(input.available - 15)
        }
        input.drop(input.available)
        return false
    }

    private func blockHead() throws(AlertFault) -> (Int64, Int64, Int) {
        _ = try input.fill(20)
        do {
            return try input.withBytes(min(20, input.available)) { (bytes) throws(RecordFault) in
                var cursor = AvroCursor(bytes)
                return (try cursor.readLong(), try cursor.readLong(), cursor.position)
            }
        } catch {
            throw .record(
                RecordFault(.container, "a block's head is damaged: \(error.detail)", byteOffset: input.offset))
        }
    }

    private static func readMetadata(
        _ input: BufferedBytes, _ limits: Limits
    ) throws(AlertFault) -> [(name: String, value: [UInt8])] {
        // The header's length is not said: try with what is there, and with more while it is only too short.
        var needed = 1 << 12
        while true {
            let isWhole = try input.fill(needed)
            let outcome = input.withBytes(input.available) { parseMetadata($0) }
            switch outcome {
            case .success(let (entries, length)):
                input.drop(length)
                return entries
            case .failure(let fault):
                guard fault.reason == .truncated && isWhole && needed < limits.headerBytes else {
                    throw .record(
                        RecordFault(.container, "the header is damaged: \(fault.detail)", byteOffset: input.offset))
                }
                needed = min(max(needed, input.available) * 2, limits.headerBytes)
            }
        }
    }

    private static func parseMetadata(
        _ bytes: UnsafeRawBufferPointer
    ) -> Result<([(name: String, value: [UInt8])], Int), RecordFault> {
        var cursor = AvroCursor(bytes)
        var entries: [(name: String, value: [UInt8])] = []
        do throws(RecordFault) {
            while true {
                // Item counts are bounded by the header's limit, so that a short window is only "too short".
                var count = try cursor.readLong()
                if count == 0 { return .success((entries, cursor.position)) }
                if count < 0 {
                    _ = try cursor.readLong()
                    guard count != .min else { throw cursor.fault(.malformed, "a block has a negative size") }
                    count = -count
                }
                for _ in 0..<count {
                    let name = String(decoding: bytes[try cursor.readBytes()], as: UTF8.self)
                    entries.append((name, Array(bytes[try cursor.readBytes()])))
                }
            }
        } catch {
            return .failure(error)
        }
    }
}

extension AvroContainerReader.Block {
    /// Where the values of the block lie in its bytes. A fault names what is wrong behind the last good one.
    public func items(_ schema: AvroSchema) -> (ranges: [Range<Int>], fault: RecordFault?) {
        bytes.withUnsafeBytes { raw in
            var cursor = AvroCursor(raw)
            var ranges: [Range<Int>] = []
            do throws(RecordFault) {
                guard itemCount <= 1 << 16 || schema.minimumSizes[schema.root] > 0 else {
                    throw cursor.fault(.malformed, "a block claims \(itemCount) items of no bytes")
                }
                for _ in 0..<itemCount {
                    let start = cursor.position
                    try schema.skip(schema.root, in: &cursor)
                    ranges.append(start..<cursor.position)
                }
                guard cursor.isAtEnd else {
                    throw cursor.fault(.container, "\(cursor.remaining) bytes after a block's last item")
                }
            } catch {
                return (ranges, error)
            }
            return (ranges, nil)
        }
    }
}
