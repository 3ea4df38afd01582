import Core

/// Look-ahead over a stream: what is peeked at stays until it is consumed.
final class BufferedReader {
    static let chunkBytes = 256 << 10

    private let stream: any ByteStream
    private var storage: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0
    private var isAtEnd = false
    /// The stream broke off here: thrown when what came before is consumed.
    private(set) var failure: RecordFault?
    /// Bytes consumed since the beginning.
    private(set) var position = 0

    init(_ stream: any ByteStream) {
        self.stream = stream
        storage = .allocate(byteCount: BufferedReader.chunkBytes, alignment: 16)
    }

    deinit { storage.deallocate() }

    /// The next `count` bytes, fewer only at the end of the stream or before damage (`failure`); valid until the next call.
    func peek(_ count: Int) throws(ReadFault) -> UnsafeRawBufferPointer {
        while end - start < count && !isAtEnd { try fill(toHold: count) }
        if start == end, let failure { throw .damaged(failure) }
        return UnsafeRawBufferPointer(rebasing: storage[start..<min(end, start + count)])
    }

    func consume(_ count: Int) {
        precondition(count <= end - start, "more was consumed than peeked at")
        start += count
        position += count
    }

    /// Passes over `count` bytes; answers how many there were.
    func skip(_ count: Int) throws(ReadFault) -> Int {
        var skipped = 0
        while skipped < count {
            let window = try peek(min(count - skipped, BufferedReader.chunkBytes))
            if window.count == 0 { break }
            skipped += window.count
            consume(window.count)
        }
        return skipped
    }

    /// Why fewer bytes came than were needed: the damage that is known, or else that the stream ends.
    func shortage(_ what: String) -> RecordFault { failure ?? RecordFault(.truncated, what, byteOffset: position) }

    private func fill(toHold count: Int) throws(ReadFault) {
        if storage.count - start < count || start == end {
            let held = end - start
            if count > storage.count {
                let larger = UnsafeMutableRawBufferPointer.allocate(
                    byteCount: max(count, storage.count * 2), alignment: 16)
                larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[start..<end]))
                storage.deallocate()
                storage = larger
            } else if held > 0 && start > 0 {
                memmoveBytes(storage, from: start, count: held)
            }
            start = 0
            end = held
        }
        do {
            let read = try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: storage[end...]))
            if read == 0 { isAtEnd = true }
            end += read
        } catch {
            guard case .damaged(let fault) = error else { throw error }
            failure = fault
            isAtEnd = true
        }
    }

    private func memmoveBytes(_ buffer: UnsafeMutableRawBufferPointer, from offset: Int, count: Int) {
        guard let base = buffer.baseAddress else { return }
        base.copyMemory(from: base + offset, byteCount: count)
    }
}
