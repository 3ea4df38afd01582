import Core

/// A window over a byte source that can be looked at before it is taken.
public final class BufferedBytes {
    private let source: any ByteSource
    private var buffer: [UInt8] = []
    private var start = 0
    private var isEnded = false
    /// Bytes taken so far: the offset of the window in the stream.
    public private(set) var offset = 0

    public init(_ source: any ByteSource) { self.source = source }

    public var available: Int { buffer.count - start }

    /// Reads until `count` bytes are in the window or the stream ends; answers whether they are.
    public func fill(_ count: Int) throws(AlertFault) -> Bool {
        while available < count && !isEnded {
            if start > 0 {
                buffer.removeSubrange(..<start)
                start = 0
            }
            let held = buffer.count
            // The claim of a length is not trusted with memory: the window grows as bytes come.
            let chunk = min(max(count - held, 1 << 16), 1 << 22)
            buffer.append(contentsOf: repeatElement(0, count: chunk))
            var got = 0
            var failure: AlertFault?
            buffer.withUnsafeMutableBytes { room in
                do throws(AlertFault) {
                    got = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: room[held...]))
                } catch {
                    failure = error
                }
            }
            buffer.removeLast(chunk - got)
            if let failure { throw failure }
            isEnded = got == 0
        }
        return available >= count
    }

    public func isAtEnd() throws(AlertFault) -> Bool { try !fill(1) }

    /// A byte of the window, not taken.
    public subscript(index: Int) -> UInt8 { buffer[start + index] }

    /// The window's first bytes, not taken.
    public func peek(_ count: Int) -> ArraySlice<UInt8> { buffer[start..<start + min(count, available)] }

    public func withBytes<Result, Failure: Error>(
        _ count: Int, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(count <= available)
        return try buffer.withUnsafeBufferPointer { (bytes) throws(Failure) -> Result in
            try body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[start..<start + count]))
        }
    }

    /// Takes bytes that `fill` brought.
    public func take(_ count: Int) -> [UInt8] {
        let bytes = Array(buffer[start..<start + count])
        drop(count)
        return bytes
    }

    public func drop(_ count: Int) {
        precondition(count <= available)
        start += count
        offset += count
    }
}
