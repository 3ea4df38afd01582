import CZlib
import Core
import Glibc

extension MappedFile {
    /// A file of a catalogue.
    /// - Throws: `DependencyFault` when the file is missing, unreadable or not exactly `expectedBytes` long.
    convenience init(path: String, expectedBytes: Int) throws(DependencyFault) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw catalogueFault(path, "cannot be opened: \(systemMessage())") }
        guard Int(status.st_size) == expectedBytes else {
            throw catalogueFault(path, "has \(status.st_size) bytes instead of \(expectedBytes): truncated or foreign")
        }
        do throws(DependencyFault) {
            try self.init(path: path)
        } catch {
            throw catalogueFault(path, error.detail)
        }
        guard bytes.count == expectedBytes else { throw catalogueFault(path, "changed while it was opened") }
    }
}

/// CRC-32 (IEEE 802.3, zlib's) of bytes, continued from an earlier value.
func checksum(_ bytes: UnsafeRawBufferPointer, continuing start: UInt32 = 0) -> UInt32 {
    guard let base = bytes.baseAddress, !bytes.isEmpty else { return start }
    return UInt32(crc32_z(UInt(start), base.assumingMemoryBound(to: UInt8.self), bytes.count))
}

func systemMessage() -> String { String(cString: strerror(errno)) }

func catalogueFault(_ path: String, _ detail: String) -> DependencyFault {
    DependencyFault("catalogue file \(path)", detail, hint: "import the catalogue again", isRetriable: false)
}
