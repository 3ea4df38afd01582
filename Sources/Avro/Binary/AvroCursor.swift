import Core

/// A place in encoded bytes: every read is bounds-checked and faults with the byte offset.
public struct AvroCursor {
    public let bytes: UnsafeRawBufferPointer
    public private(set) var position: Int
    /// Items that take no bytes cannot be bounded by the input; a message may have this many in all.
    private var emptyItemsLeft = 1 << 16

    public init(_ bytes: UnsafeRawBufferPointer, position: Int = 0) {
        precondition(position >= 0 && position <= bytes.count)
        self.bytes = bytes
        self.position = position
    }

    public var remaining: Int { bytes.count - position }
    public var isAtEnd: Bool { position == bytes.count }

    func fault(_ reason: RecordFault.Reason, _ detail: String) -> RecordFault {
        RecordFault(reason, detail, byteOffset: position)
    }

    mutating func take(_ count: Int) throws(RecordFault) -> Int {
        guard count >= 0 && count <= remaining else {
            throw fault(.truncated, "\(count) bytes are needed and \(remaining) are left")
        }
        defer { position += count }
        return position
    }

    /// A zigzag varint of at most 64 bits.
    public mutating func readLong() throws(RecordFault) -> Int64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        let start = position
        while true {
            guard position < bytes.count else {
                position = start
                throw fault(.truncated, "an integer is cut off")
            }
            let byte = bytes[position]
            position += 1
            if shift == 63 && byte > 1 {
                position = start
                throw fault(.malformed, "an integer has more than 64 bits")
            }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return Int64(bitPattern: (value >> 1) ^ (0 &- (value & 1))) }
            shift += 7
        }
    }

    public mutating func readInt() throws(RecordFault) -> Int32 {
        let start = position
        let value = try readLong()
        guard let narrow = Int32(exactly: value) else {
            position = start
            throw fault(.malformed, "\(value) does not fit a 32-bit integer")
        }
        return narrow
    }

    public mutating func readBoolean() throws(RecordFault) -> Bool {
        let at = try take(1)
        guard bytes[at] <= 1 else {
            position = at
            throw fault(.malformed, "\(bytes[at]) is not a boolean")
        }
        return bytes[at] == 1
    }

    public mutating func readFloat() throws(RecordFault) -> Float {
        let at = try take(4)
        return Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self)))
    }

    public mutating func readDouble() throws(RecordFault) -> Double {
        let at = try take(8)
        return Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)))
    }

    /// The range of a length-prefixed string or byte string.
    public mutating func readBytes() throws(RecordFault) -> Range<Int> {
        let start = position
        let length = try readLong()
        guard length >= 0 else {
            position = start
            throw fault(.malformed, "the length \(length) is negative")
        }
        guard length <= remaining else {
            throw fault(.truncated, "\(length) bytes are needed and \(remaining) are left")
        }
        defer { position += Int(length) }
        return position..<position + Int(length)
    }

    public mutating func readFixed(_ size: Int) throws(RecordFault) -> Range<Int> {
        let start = try take(size)
        return start..<start + size
    }

    /// The branch of a union or the symbol of an enum.
    public mutating func readIndex(below count: Int, _ what: StaticString) throws(RecordFault) -> Int {
        let start = position
        let index = try readLong()
        guard index >= 0 && index < Int64(count) else {
            position = start
            throw fault(.malformed, "\(what) \(index) is not one of \(count)")
        }
        return Int(index)
    }

    /// The head of a block of an array or map: its item count, and its byte size where the writer gave one.
    /// The count is checked against the bytes that are left.
    public mutating func readBlock(minimumItemSize: Int) throws(RecordFault) -> (count: Int, byteSize: Int?) {
        let start = position
        var count = try readLong()
        var byteSize: Int?
        if count < 0 {
            let size = try readLong()
            guard count != .min, size >= 0 else { throw fault(.malformed, "a block has a negative size") }
            guard size <= remaining else {
                throw fault(.truncated, "a block of \(size) bytes, and \(remaining) are left")
            }
            count = -count
            byteSize = Int(size)
        }
        let isPossible: Bool
        if minimumItemSize > 0 {
            isPossible = count <= Int64((byteSize ?? remaining) / minimumItemSize)
        } else {
            isPossible = count <= Int64(emptyItemsLeft)
            if isPossible { emptyItemsLeft -= Int(count) }
        }
        guard isPossible else {
            position = start
            throw fault(.malformed, "a block claims \(count) items, more than its bytes can hold")
        }
        return (Int(count), byteSize)
    }

    /// Checks that a block ended where its byte size said.
    func expectBlockEnd(_ start: Int, _ byteSize: Int?) throws(RecordFault) {
        guard let byteSize, position != start + byteSize else { return }
        throw fault(.malformed, "a block of \(byteSize) bytes took \(position - start)")
    }
}

extension RecordFault {
    /// The same fault one level further out: `name` goes before the path.
    func inside(_ name: String) -> RecordFault {
        let path = fieldPath.isEmpty ? name : fieldPath.hasPrefix("[") ? name + fieldPath : name + "." + fieldPath
        return RecordFault(reason, detail, byteOffset: byteOffset, fieldPath: path)
    }
}
