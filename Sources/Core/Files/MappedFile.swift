import CMappingGuard
import Glibc

/// A whole file mapped read-only; unmapped when the last reader lets go, even if the file was removed meanwhile.
///
/// Where the file shrinks, or the disk cannot read it, the rest of the bytes turn to zeros and `isDamaged` to true.
public final class MappedFile: @unchecked Sendable {
    // Immutable after init, so threads may share it.
    public let bytes: UnsafeRawBufferPointer
    private let ticket: Int32
    /// The last byte that is not zero: in a page that the cut leaves the lost rest turns to zeros without a signal.
    private let last: (place: Int, value: UInt8)?

    public var isDamaged: Bool {
        if let last, bytes[last.place] != last.value { return true }
        return nightjar_mapping_is_damaged(ticket) != 0
    }

    /// - Throws: `DependencyFault` when the file is missing or unreadable.
    public init(path: String) throws(DependencyFault) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw FileSystem.fault(path, "cannot open") }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw FileSystem.fault(path, "cannot read") }
        let size = Int(status.st_size)
        guard size > 0 else {
            (bytes, ticket, last) = (UnsafeRawBufferPointer(start: nil, count: 0), -1, nil)
            return
        }
        guard let base = mmap(nil, size, PROT_READ, MAP_SHARED, file, 0), base != MAP_FAILED else {
            throw FileSystem.fault(path, "cannot map")
        }
        bytes = UnsafeRawBufferPointer(start: base, count: size)
        ticket = nightjar_guard_mapping(base, size)
        last = bytes.lastIndex { $0 != 0 }.map { [bytes] in ($0, bytes[$0]) }
    }

    deinit {
        nightjar_unguard_mapping(ticket)
        if let base = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: base), bytes.count) }
    }

    public func values<T: BitwiseCopyable>(as type: T.Type) -> UnsafeBufferPointer<T> { bytes.bindMemory(to: type) }
}
