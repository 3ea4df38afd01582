import Avro
import Core
import Glibc

/// An Avro 1.11 object container: header with writer schema, codec and sync marker, then blocks of
/// [count][byte size][content][sync marker], integers as zigzag varints.
///
/// A block that is damaged becomes one faulty record, and reading goes on behind the next sync marker.
final class ContainerReader: RecordReader {
    private static let syncBytes = 16
    /// Blocks are held whole; writers close theirs after some ten kB or one large record.
    private static let blockBytesMax = 256 << 20

    private let input: BufferedReader
    private let schemas: any ContainerSchemas
    private let messageBytesMax: Int
    private let schemaID: Int32
    private let codec: AvroCodec
    private let sync: [UInt8]
    private let content = ByteArena(capacity: 1 << 20)
    private var position = 0
    private var recordsLeft: Int64 = 0
    /// After damage: where the next block is known to begin, from here.
    private var knownResumeBytes: Int?

    init(_ input: BufferedReader, schemas: any ContainerSchemas, messageBytesMax: Int) throws(ReadFault) {
        self.input = input
        self.schemas = schemas
        self.messageBytesMax = messageBytesMax
        let header = try ContainerHeader.read(input)
        guard let codec = AvroCodec(rawValue: header.codec) else {
            throw .damaged(RecordFault(.container, "the codec '\(header.codec)' is not known"))
        }
        self.codec = codec
        sync = header.sync
        do {
            schemaID = try schemas.register(header.schema)
        } catch {
            throw .damaged(error)
        }
    }

    func next(into arena: ByteArena) throws(ReadFault) -> FileStep {
        while recordsLeft == 0 {
            do {
                guard try openBlock() else { return .end }
            } catch {
                guard case .damaged(let fault) = error else { throw error }
                return try passOverDamage(fault)
            }
        }
        do throws(RecordFault) {
            let end = try schemas.endOfBody(schemaID: schemaID, in: content.bytes, from: position)
            let bytes = arena.append(UnsafeRawBufferPointer(rebasing: content.bytes[position..<end]))
            position = end
            recordsLeft -= 1
            if recordsLeft == 0 && position != content.count { return strayBytes() }
            return .record(FileRecord(bytes, framing: .bare(schemaID: schemaID), fault: oversized(Int(bytes.length))))
        } catch {
            recordsLeft = 0
            return .record(FileRecord(fault: error))
        }
    }

    func skip(atMost count: Int64) throws(ReadFault) -> Int64 {
        guard recordsLeft == 0, let head = try peekBlockHead(), head.count > 0, head.count <= count else { return 0 }
        let whole = try input.peek(head.headBytes + head.byteCount + ContainerReader.syncBytes)
        // Only an undamaged block has as many records as it says.
        guard whole.count == head.headBytes + head.byteCount + ContainerReader.syncBytes,
            whole.suffix(ContainerReader.syncBytes).elementsEqual(sync), try isSound(head, whole)
        else { return 0 }
        input.consume(whole.count)
        return head.count
    }
}

extension ContainerReader {
    private struct BlockHead {
        let count: Int64
        let byteCount: Int
        let headBytes: Int
    }

    /// Takes the next block apart; false at the end of the file.
    private func openBlock() throws(ReadFault) -> Bool {
        guard let head = try peekBlockHead() else { return false }
        let whole = try input.peek(head.headBytes + head.byteCount + ContainerReader.syncBytes)
        guard whole.count == head.headBytes + head.byteCount + ContainerReader.syncBytes else {
            throw .damaged(input.shortage("the container ends inside a block"))
        }
        guard whole.suffix(ContainerReader.syncBytes).elementsEqual(sync) else {
            let fault = RecordFault(.container, "the sync marker after a block is wrong", byteOffset: input.position)
            if try blockStands(behind: whole.count) { knownResumeBytes = whole.count }
            throw .damaged(fault)
        }
        let packed = UnsafeRawBufferPointer(rebasing: whole[head.headBytes..<head.headBytes + head.byteCount])
        do throws(RecordFault) {
            try unpack(packed)
        } catch {
            knownResumeBytes = whole.count
            throw .damaged(RecordFault(error.reason, error.detail, byteOffset: input.position))
        }
        input.consume(whole.count)
        position = 0
        recordsLeft = head.count
        return true
    }

    private func peekBlockHead() throws(ReadFault) -> BlockHead? {
        let window = try input.peek(20)
        guard window.count > 0 else { return nil }
        var at = 0
        guard let count = ContainerHeader.long(window, &at), let size = ContainerHeader.long(window, &at) else {
            throw .damaged(input.shortage("the container ends inside the head of a block"))
        }
        // The size first: both numbers may be anything that 64 bits hold.
        guard size >= 0, size <= Int64(ContainerReader.blockBytesMax), count >= 0, count <= max(size, 1) * 1024 else {
            throw .damaged(
                RecordFault(.container, "a block claims \(count) records in \(size) bytes", byteOffset: input.position))
        }
        return BlockHead(count: count, byteCount: Int(size), headBytes: at)
    }

    private func isSound(_ head: BlockHead, _ whole: UnsafeRawBufferPointer) throws(ReadFault) -> Bool {
        do {
            let packed = UnsafeRawBufferPointer(rebasing: whole[head.headBytes..<head.headBytes + head.byteCount])
            try unpack(packed)
            var at = 0
            for _ in 0..<head.count {
                at = try schemas.endOfBody(schemaID: schemaID, in: content.bytes, from: at)
            }
            return at == content.count
        } catch {
            return false
        }
    }

    /// Goes on behind the next sync marker; the record that stands for the damage says where it was.
    private func passOverDamage(_ fault: RecordFault) throws(ReadFault) -> FileStep {
        if let known = knownResumeBytes {
            knownResumeBytes = nil
            _ = try input.skip(known)
            return .record(FileRecord(fault: fault))
        }
        while true {
            let window = try input.peek(BufferedReader.chunkBytes)
            if let found = place(of: sync, in: window) {
                input.consume(found + ContainerReader.syncBytes)
                return .record(FileRecord(fault: fault))
            }
            if window.count < BufferedReader.chunkBytes {
                input.consume(window.count)
                return .record(FileRecord(fault: fault))
            }
            input.consume(window.count - ContainerReader.syncBytes + 1)
        }
    }

    /// Whether a whole block with the right marker begins `distance` bytes further on (or the file ends there): then only a
    /// marker was damaged, not a length.
    private func blockStands(behind distance: Int) throws(ReadFault) -> Bool {
        let head = UnsafeRawBufferPointer(rebasing: try input.peek(distance + 20).dropFirst(distance))
        if head.isEmpty { return true }
        var at = 0
        guard let count = ContainerHeader.long(head, &at), let size = ContainerHeader.long(head, &at), count > 0,
            size > 0,
            size <= Int64(ContainerReader.blockBytesMax)
        else { return false }
        let end = distance + at + Int(size) + ContainerReader.syncBytes
        let whole = try input.peek(end)
        return whole.count == end && whole.suffix(ContainerReader.syncBytes).elementsEqual(sync)
    }

    private func place(of marker: [UInt8], in window: UnsafeRawBufferPointer) -> Int? {
        guard let base = window.baseAddress, window.count >= marker.count else { return nil }
        var start = 0
        while let hit = memchr(base + start, Int32(marker[0]), window.count - marker.count + 1 - start) {
            let at = UnsafeRawPointer(hit) - base
            if memcmp(base + at, marker, marker.count) == 0 { return at }
            start = at + 1
        }
        return nil
    }

    private func unpack(_ packed: UnsafeRawBufferPointer) throws(RecordFault) {
        content.removeAll()
        guard codec != .null else {
            _ = content.append(packed)
            return
        }
        let plain = try codec.decompress(packed, limit: ContainerReader.blockBytesMax)
        _ = plain.withUnsafeBytes { content.append($0) }
    }

    private func strayBytes() -> FileStep {
        let stray = content.count - position
        return .record(FileRecord(fault: RecordFault(.malformed, "a block has \(stray) bytes after its last record")))
    }

    private func oversized(_ count: Int) -> RecordFault? {
        count <= messageBytesMax
            ? nil : RecordFault(.oversized, "a record of \(count) bytes is larger than \(messageBytesMax)")
    }
}
