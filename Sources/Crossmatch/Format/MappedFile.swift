import CMappingGuard
import CZlib
import Core
import Glibc

/// A whole file mapped read-only; unmapped when the last reader lets go, even if the file was removed meanwhile.
///
/// Where the file shrinks, or the disk cannot read it, the rest of the bytes turn to zeros and `isDamaged` to true.
final class MappedFile: @unchecked Sendable {
    // Immutable after init, so threads may share it.
    let bytes: UnsafeRawBufferPointer
    private let ticket: Int32

    var isDamaged: Bool { nightjar_mapping_is_damaged(ticket) != 0 }

    /// - Throws: `DependencyFault` when the file is missing, unreadable or not exactly `expectedBytes` long.
    init(path: String, expectedBytes: Int) throws(DependencyFault) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw catalogueFault(path, "cannot be opened: \(systemMessage())") }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw catalogueFault(path, systemMessage()) }
        guard Int(status.st_size) == expectedBytes else {
            throw catalogueFault(path, "has \(status.st_size) bytes instead of \(expectedBytes): truncated or foreign")
        }
        guard expectedBytes > 0 else {
            (bytes, ticket) = (UnsafeRawBufferPointer(start: nil, count: 0), -1)
            return
        }
        guard let base = mmap(nil, expectedBytes, PROT_READ, MAP_SHARED, file, 0), base != MAP_FAILED else {
            throw catalogueFault(path, "cannot be mapped: \(systemMessage())")
        }
        bytes = UnsafeRawBufferPointer(start: base, count: expectedBytes)
        ticket = nightjar_guard_mapping(base, expectedBytes)
    }

    deinit {
        nightjar_unguard_mapping(ticket)
        if let base = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: base), bytes.count) }
    }

    func values<T: BitwiseCopyable>(as type: T.Type) -> UnsafeBufferPointer<T> { bytes.bindMemory(to: type) }
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
