import Core
import Glibc
import Simulator

/// Writes messages as the framed sequence that the conformance script reads: 4-byte big-endian length, message.
final class PacketSink {
    private let file: UnsafeMutablePointer<FILE>

    init?(path: String) {
        guard let file = fopen(path, "wb") else { return nil }
        self.file = file
    }

    func write(_ message: UnsafeRawBufferPointer) {
        var length = UInt32(message.count).bigEndian
        fwrite(&length, 4, 1, file)
        fwrite(message.baseAddress, 1, message.count, file)
    }

    func close() { fclose(file) }
}
