import Core

/// Reads [4-byte big-endian length][message] sequences.
public final class FramedMessageReader {
    private let input: BufferedBytes
    private let maximumMessageBytes: Int

    public init(_ input: BufferedBytes, maximumMessageBytes: Int = 64 << 20) {
        self.input = input
        self.maximumMessageBytes = maximumMessageBytes
    }

    public convenience init(_ source: any ByteSource) { self.init(BufferedBytes(source)) }

    /// The next message; nil at the end. After a fault the sequence cannot be followed further.
    public func next() throws(AlertFault) -> [UInt8]? {
        if try input.isAtEnd() { return nil }
        let place = input.offset
        guard try input.fill(4) else { throw .record(RecordFault(.framing, "a length is cut off", byteOffset: place)) }
        let length = input.peek(4).reduce(0) { $0 << 8 | Int($1) }
        guard length <= maximumMessageBytes else {
            throw .record(
                RecordFault(
                    .oversized, "a message of \(length) bytes is above \(maximumMessageBytes)", byteOffset: place))
        }
        guard try input.fill(4 + length) else {
            throw .record(RecordFault(.truncated, "a message of \(length) bytes is cut off", byteOffset: place))
        }
        input.drop(4)
        return input.take(length)
    }
}
