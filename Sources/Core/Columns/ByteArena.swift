/// Bytes that the strings and byte strings of columns refer to: grows, is reused, at most 4 GiB.
public final class ByteArena {
    public private(set) var count = 0
    private var capacity = 0
    private var base: UnsafeMutableRawPointer

    public init(capacity: Int = 4096) {
        base = .allocate(byteCount: max(capacity, 16), alignment: 16)
        self.capacity = max(capacity, 16)
    }

    deinit { base.deallocate() }

    public func removeAll() { count = 0 }

    /// Forgets what was appended after the arena held `count` bytes.
    public func truncate(to count: Int) {
        precondition(count >= 0 && count <= self.count)
        self.count = count
    }

    public func append(_ bytes: UnsafeRawBufferPointer) -> ByteReference {
        let start = reserve(bytes.count)
        if let source = bytes.baseAddress, bytes.count > 0 {
            base.advanced(by: start).copyMemory(from: source, byteCount: bytes.count)
        }
        return ByteReference(offset: UInt32(start), length: UInt32(bytes.count))
    }

    public func append(_ text: some StringProtocol) -> ByteReference {
        var copy = String(text)
        return copy.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// Room for `byteCount` more bytes, uninitialised; answers where they start.
    public func reserve(_ byteCount: Int) -> Int {
        let needed = count + byteCount
        precondition(byteCount >= 0 && needed < 1 << 32, "an arena holds less than 4 GiB")
        if needed > capacity {
            let newCapacity = max(needed, capacity * 2)
            let larger = UnsafeMutableRawPointer.allocate(byteCount: newCapacity, alignment: 16)
            larger.copyMemory(from: base, byteCount: count)
            base.deallocate()
            base = larger
            capacity = newCapacity
        }
        defer { count = needed }
        return count
    }

    /// The arena's bytes; invalid after the next append.
    public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }
    public var mutableBytes: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(start: base, count: count) }

    public func bytes(_ reference: ByteReference) -> UnsafeRawBufferPointer {
        let end = Int(reference.offset) + Int(reference.length)
        precondition(end <= count, "a reference points outside its arena")
        return UnsafeRawBufferPointer(start: base.advanced(by: Int(reference.offset)), count: Int(reference.length))
    }

    public func string(_ reference: ByteReference) -> String {
        String(decoding: bytes(reference), as: UTF8.self)
    }
}

/// Where a string or byte string lies in its arena.
public struct ByteReference: BitwiseCopyable, Sendable, Equatable {
    public var offset: UInt32
    public var length: UInt32

    public init(offset: UInt32, length: UInt32) {
        self.offset = offset
        self.length = length
    }
}
