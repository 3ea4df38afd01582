import Core
import Glibc

/// Why bytes could not be read.
enum ReadFault: Error {
    /// The disk: waiting may help.
    case dependency(DependencyFault)
    /// The bytes themselves are damaged: reading this stream is over.
    case damaged(RecordFault)
}

/// Bytes pulled from a file, a part of one, or through a decompressor.
protocol ByteStream: AnyObject {
    /// Fills at most `buffer`; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ReadFault) -> Int
}

/// A file on disk.
final class FileStream: ByteStream {
    private let path: String
    private let descriptor: Int32

    init(path: String) throws(ReadFault) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileStream.fault(path, "cannot be opened") }
        posix_fadvise(descriptor, 0, 0, Int32(POSIX_FADV_SEQUENTIAL))
    }

    deinit { close(descriptor) }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ReadFault) -> Int {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            if errno != EINTR { throw FileStream.fault(path, "cannot be read") }
        }
    }

    private static func fault(_ path: String, _ what: String) -> ReadFault {
        let reason = String(cString: strerror(errno))
        return .dependency(
            DependencyFault("file \(path)", "\(what): \(reason)", hint: "check that it exists and may be read"))
    }
}

/// Bytes in memory, for tests and for what is already there.
final class MemoryStream: ByteStream {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ReadFault) -> Int {
        let count = min(buffer.count, bytes.count - position)
        bytes.withUnsafeBytes {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[position..<position + count]))
        }
        position += count
        return count
    }
}

/// The next `remaining` bytes of another reader: an entry of an archive.
final class BoundedStream: ByteStream {
    private let parent: BufferedReader
    private(set) var remaining: Int

    init(of parent: BufferedReader, byteCount: Int) {
        self.parent = parent
        remaining = byteCount
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ReadFault) -> Int {
        guard remaining > 0 else { return 0 }
        let window = try parent.peek(min(remaining, BufferedReader.chunkBytes))
        guard window.count > 0 else {
            throw .damaged(parent.shortage("the archive ends \(remaining) bytes before its entry does"))
        }
        let count = min(window.count, buffer.count, remaining)
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: window[0..<count]))
        parent.consume(count)
        remaining -= count
        return count
    }

    /// Passes over what nobody read.
    func skipRest() throws(ReadFault) {
        remaining -= try parent.skip(remaining)
        if remaining > 0 {
            throw .damaged(parent.shortage("the archive ends \(remaining) bytes before its entry does"))
        }
    }
}
