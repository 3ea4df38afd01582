import Core
import Glibc

/// Writes one column file front to back, with its checksum as it goes.
final class ColumnFileWriter {
    let name: String
    private let path: String
    private var stream: UnsafeMutablePointer<FILE>?
    private var buffer: [UInt8] = []
    private var byteCount = 0
    private var crc: UInt32 = 0
    private var failure: DependencyFault?

    private static let flushBytes = 1 << 18

    init(directory: String, name: String) throws(DependencyFault) {
        self.name = name
        path = "\(directory)/\(name)"
        stream = fopen(path, "wb")
        guard stream != nil else { throw FileSystem.fault(path, "cannot write") }
        buffer.reserveCapacity(Self.flushBytes + 4096)
    }

    deinit { if let stream { fclose(stream) } }

    @inline(__always) func append<T: BitwiseCopyable>(_ value: T) {
        withUnsafeBytes(of: value) { buffer.append(contentsOf: $0) }
        if buffer.count >= Self.flushBytes { flush() }
    }

    func append(bytes: UnsafeRawBufferPointer) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.flushBytes { flush() }
    }

    private func flush() {
        guard failure == nil, let stream else { return }
        crc = buffer.withUnsafeBytes { checksum($0, continuing: crc) }
        byteCount += buffer.count
        if fwrite(buffer, 1, buffer.count, stream) != buffer.count { failure = FileSystem.fault(path, "cannot write") }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Syncs and closes.
    /// - Throws: `DependencyFault` when any write since the beginning failed.
    func finish() throws(DependencyFault) -> CatalogueManifest.File {
        flush()
        if let failure { throw failure }
        if let stream {
            let synced = fflush(stream) == 0 && fsync(fileno(stream)) == 0
            fclose(stream)
            self.stream = nil
            guard synced else { throw FileSystem.fault(path, "cannot write") }
        }
        return CatalogueManifest.File(name: name, bytes: byteCount, crc: crc)
    }
}
