import Core
import Glibc

/// Bytes in order, from a file, a decompressor or memory.
public protocol ByteSource: AnyObject {
    /// Fills at most the buffer and answers how many bytes came; 0 means the end. A damaged stream is a record fault, a disk
    /// that fails a dependency fault.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(AlertFault) -> Int
}

/// Bytes that are in memory.
public final class MemoryByteSource: ByteSource {
    private let bytes: [UInt8]
    private var position = 0
    private let chunk: Int

    /// `chunk` bounds what one read gives, for tests of streaming.
    public init(_ bytes: [UInt8], chunk: Int = .max) {
        self.bytes = bytes
        self.chunk = chunk
    }

    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(AlertFault) -> Int {
        let count = min(buffer.count, bytes.count - position, chunk)
        bytes.withUnsafeBytes {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[position..<position + count]))
        }
        position += count
        return count
    }
}

/// A file, read from its beginning.
public final class FileByteSource: ByteSource {
    public let path: String
    private let descriptor: Int32

    /// Throws a user fault when the file cannot be opened.
    public init(path: String) throws(UserFault) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw UserFault(
                errno == ENOENT ? .notFound : .unavailable, "cannot read \(path)",
                detail: String(cString: strerror(errno)))
        }
    }

    deinit { close(descriptor) }

    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(AlertFault) -> Int {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            guard errno == EINTR else {
                throw .dependency(DependencyFault("file \(path)", String(cString: strerror(errno))))
            }
        }
    }
}
