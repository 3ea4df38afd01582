import Core

/// One record of a file: its bytes in the arena, or the fault that took its place.
struct FileRecord {
    var bytes: ByteReference
    var framing: MessageFraming
    var fault: RecordFault?

    init(_ bytes: ByteReference, framing: MessageFraming, fault: RecordFault? = nil) {
        self.bytes = bytes
        self.framing = framing
        self.fault = fault
    }

    /// A record of which nothing could be read.
    init(fault: RecordFault) {
        self.init(ByteReference(offset: 0, length: 0), framing: .confluent, fault: fault)
    }
}

enum FileStep {
    case record(FileRecord)
    /// An archive's entry: its content is sniffed in turn.
    case descend(BufferedReader)
    case end
}

/// Takes one layer of a file apart, record by record.
protocol RecordReader: AnyObject {
    func next(into arena: ByteArena) throws(ReadFault) -> FileStep
    /// Passes over at most `count` records without reading them, where the format allows; answers how many.
    func skip(atMost count: Int64) throws(ReadFault) -> Int64
}

extension RecordReader {
    func skip(atMost count: Int64) throws(ReadFault) -> Int64 { 0 }
}

/// The whole stream is one Confluent message.
final class MessageReader: RecordReader {
    private let input: BufferedReader
    private let messageBytesMax: Int
    private var isDone = false

    init(_ input: BufferedReader, messageBytesMax: Int) {
        self.input = input
        self.messageBytesMax = messageBytesMax
    }

    func next(into arena: ByteArena) throws(ReadFault) -> FileStep {
        guard !isDone else { return .end }
        let whole = try input.peek(messageBytesMax + 1)
        isDone = true
        if whole.count > messageBytesMax {
            let fault = RecordFault(.oversized, "the message is larger than \(messageBytesMax) bytes")
            let head = arena.append(UnsafeRawBufferPointer(rebasing: whole.prefix(1024)))
            return .record(FileRecord(head, framing: .confluent, fault: fault))
        }
        if let failure = input.failure { throw .damaged(failure) }
        let bytes = arena.append(whole)
        input.consume(whole.count)
        return .record(FileRecord(bytes, framing: .confluent))
    }
}

/// [4-byte big-endian length][Confluent message], repeated to the end.
final class FramedReader: RecordReader {
    private let input: BufferedReader
    private let messageBytesMax: Int

    init(_ input: BufferedReader, messageBytesMax: Int) {
        self.input = input
        self.messageBytesMax = messageBytesMax
    }

    func next(into arena: ByteArena) throws(ReadFault) -> FileStep {
        let head = try input.peek(4)
        guard head.count > 0 else { return .end }
        guard head.count == 4 else { throw truncated(4 - head.count) }
        let length = AlertFileFormat.bigEndian(head, at: 0)
        if length > messageBytesMax { return try passOver(length, into: arena) }
        let whole = try input.peek(4 + length)
        guard whole.count == 4 + length else { throw truncated(4 + length - whole.count) }
        let bytes = arena.append(UnsafeRawBufferPointer(rebasing: whole[4...]))
        input.consume(4 + length)
        return .record(FileRecord(bytes, framing: .confluent))
    }

    private func passOver(_ length: Int, into arena: ByteArena) throws(ReadFault) -> FileStep {
        let fault = RecordFault(.oversized, "a message of \(length) bytes is larger than \(messageBytesMax)")
        let head = try input.peek(4 + 1024)
        let bytes = arena.append(UnsafeRawBufferPointer(rebasing: head.dropFirst(4)))
        let skipped = try input.skip(4 + length)
        guard skipped == 4 + length else { throw truncated(4 + length - skipped) }
        return .record(FileRecord(bytes, framing: .confluent, fault: fault))
    }

    private func truncated(_ missing: Int) -> ReadFault {
        .damaged(input.shortage("the file ends \(missing) bytes before its last message does"))
    }
}

/// The regular files of a tar archive, each sniffed in turn.
final class TarReader: RecordReader {
    private let input: BufferedReader
    private var entry: BoundedStream?
    private var paddingBytes = 0

    init(_ input: BufferedReader) { self.input = input }

    func next(into arena: ByteArena) throws(ReadFault) -> FileStep {
        try finishEntry()
        while true {
            let block = try input.peek(TarHeader.byteCount)
            if block.count == 0 || block.allSatisfy({ $0 == 0 }) { return .end }
            guard block.count == TarHeader.byteCount else {
                throw .damaged(input.shortage("the archive ends inside a header"))
            }
            guard let header = TarHeader(block) else {
                throw .damaged(RecordFault(.container, "a tar header is damaged", byteOffset: input.position))
            }
            input.consume(TarHeader.byteCount)
            if header.isRegularFile {
                let stream = BoundedStream(of: input, byteCount: header.contentBytes)
                entry = stream
                paddingBytes = header.paddedBytes - header.contentBytes
                return .descend(BufferedReader(stream))
            }
            guard try input.skip(header.paddedBytes) == header.paddedBytes else {
                throw .damaged(input.shortage("the archive ends inside an entry"))
            }
        }
    }

    private func finishEntry() throws(ReadFault) {
        guard let open = entry else { return }
        entry = nil
        try open.skipRest()
        _ = try input.skip(paddingBytes)
    }
}
