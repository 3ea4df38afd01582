import Core
import Glibc
import Synchronization

/// The archive of messages as they came: numbered segments beside the database, frames found through the alerts index.
///
/// A frame: CRC-32 of what follows (4 bytes), size of the message (4 bytes), zstd frame; integers little-endian. Frames are
/// synced before the commit that names them, so that a torn tail belongs to no alert. Cutouts, when kept, go to a second
/// series of segments that can expire first.
final class Archive: @unchecked Sendable {
    /// A series of segments.
    enum Series: String, CaseIterable { case packets, cutouts }

    static let segmentLimit: Int64 = 256 << 20
    let directory: String
    let options: ArchiveOptions
    private let isReadOnly: Bool
    private let zstd = Zstd()
    private let reading = Mutex<Void>(())
    private var open: [Series: (file: Int32, number: UInt32, size: Int64)] = [:]
    private var pending: [Series: ByteWriter] = [:]

    init(directory: String, options: ArchiveOptions) throws(DependencyFault) {
        self.directory = directory
        self.options = options
        isReadOnly = false
        try FileSystem.makeDirectories(directory)
    }

    init(reading directory: String, options: ArchiveOptions) throws(DependencyFault) {
        self.directory = directory
        self.options = options
        isReadOnly = true
    }

    func path(_ series: Series, _ number: UInt32) -> String { "\(directory)/\(series.rawValue)-\(number)" }

    /// Numbers of the segments of a series, ascending.
    func segments(_ series: Series) -> [UInt32] {
        FileSystem.list(directory).compactMap { name in
            name.hasPrefix(series.rawValue + "-") ? UInt32(name.dropFirst(series.rawValue.utf8.count + 1)) : nil
        }.sorted()
    }

    // MARK: Writing; one commit at a time

    /// Adds one message; its location holds once `sync` has returned.
    func append(_ message: UnsafeRawBufferPointer, to series: Series) throws(DependencyFault) -> ArchiveLocation {
        let segment = try openSegment(series)
        let buffer = pending[series] ?? ByteWriter(capacity: 1 << 20)
        pending[series] = buffer
        let start = buffer.count
        buffer.append(little: UInt32(0))
        buffer.append(little: UInt32(message.count))
        zstd.compress(message, into: buffer)
        let body = UnsafeRawBufferPointer(rebasing: buffer.bytes[(start + 4)...])
        buffer.overwrite(little: Checksum.crc32(body), at: start)
        return ArchiveLocation(
            segment: segment.number, offset: UInt64(segment.size) + UInt64(start), length: UInt32(buffer.count - start))
    }

    private func openSegment(_ series: Series) throws(DependencyFault) -> (number: UInt32, size: Int64) {
        if let current = open[series] { return (current.number, current.size) }
        let number = (segments(series).last ?? 0) + 1
        let name = path(series, number)
        let file = Glibc.open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw FileSystem.fault(name, "cannot write") }
        FileSystem.syncDirectory(directory)
        open[series] = (file, number, 0)
        return (number, 0)
    }

    /// Writes and syncs what was appended.
    func sync() throws(DependencyFault) {
        for series in Series.allCases {
            guard let buffer = pending[series], buffer.count > 0, var segment = open[series] else { continue }
            let name = path(series, segment.number)
            var written = 0
            while written < buffer.count {
                let count = write(segment.file, buffer.bytes.baseAddress! + written, buffer.count - written)
                guard count > 0 else { throw FileSystem.fault(name, "cannot write") }
                written += count
            }
            guard fdatasync(segment.file) == 0 else { throw FileSystem.fault(name, "cannot sync") }
            segment.size += Int64(buffer.count)
            buffer.removeAll()
            open[series] = segment
            if segment.size > Archive.segmentLimit { closeSegment(series) }
        }
    }

    private func closeSegment(_ series: Series) {
        guard let segment = open.removeValue(forKey: series) else { return }
        Glibc.close(segment.file)
    }

    /// Forgets frames of a commit that failed: the next one starts new segments.
    func recover() throws(DependencyFault) {
        for series in Series.allCases {
            pending[series]?.removeAll()
            closeSegment(series)
        }
    }

    func close() {
        for series in Series.allCases { closeSegment(series) }
    }

    // MARK: Reading

    /// The message at a location; nil when its segment has expired.
    func message(at location: ArchiveLocation, _ series: Series = .packets) throws(DependencyFault) -> [UInt8]? {
        let name = path(series, location.segment)
        let file = Glibc.open(name, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw FileSystem.fault(name, "cannot read")
        }
        defer { Glibc.close(file) }
        let frame = ByteWriter(capacity: Int(location.length))
        let memory = frame.reserve(Int(location.length))
        guard pread(file, memory, Int(location.length), off_t(location.offset)) == Int(location.length) else {
            throw DependencyFault("disk \(name)", "ends before byte \(location.offset)", isRetriable: false)
        }
        return try decoding("archive segment \(name) at byte \(location.offset)") { () throws(DamagedBytes) in
            try unpack(frame.bytes)
        }
    }

    private func unpack(_ frame: UnsafeRawBufferPointer) throws(DamagedBytes) -> [UInt8] {
        var reader = ByteReader(frame)
        let checksum: UInt32 = try reader.little()
        let size: UInt32 = try reader.little()
        guard Checksum.crc32(UnsafeRawBufferPointer(rebasing: frame[4...])) == checksum else {
            throw DamagedBytes(detail: "checksum differs")
        }
        let output = ByteWriter(capacity: Int(size))
        try Zstd().decompress(try reader.take(reader.remaining), size: Int(size), into: output)
        return output.array
    }

    // MARK: Expiry

    private func expiryPath(_ series: Series) -> String { "\(directory)/\(series.rawValue).expired" }

    /// The last segment that was removed on purpose, 0 when none was; segments go in order of their numbers.
    func lastExpired(_ series: Series) -> UInt32 {
        guard let text = FileSystem.read(expiryPath(series)) else { return 0 }
        return UInt32(String(decoding: text, as: UTF8.self).trimmingSpaces) ?? 0
    }

    /// A disk that takes no note must get room all the same; the note of the next segment covers this one.
    private func note(expired number: UInt32, _ series: Series) {
        try? FileSystem.replace(expiryPath(series), with: Array("\(number)\n".utf8))
    }

    /// Whether a location names a segment that is neither there nor expired.
    func isLost(_ location: ArchiveLocation, _ series: Series, expired: UInt32) -> Bool {
        location.segment > expired && !FileSystem.exists(path(series, location.segment))
    }

    /// Removes segments older than the limit in days, the oldest beyond the limit in bytes, and, while the disk is above its
    /// first watermark, the oldest of all: cutouts before packets.
    func expire(now: MJD, diskIsFull: () -> Bool) {
        for series in [Series.cutouts, .packets] {
            var numbers = segments(series).filter { $0 != open[series]?.number }
            var total = numbers.reduce(0) { $0 + (FileSystem.size(path(series, $1)) ?? 0) }
            while let oldest = numbers.first {
                let name = path(series, oldest)
                let isOld = now.unixSecondsUTC - FileSystem.modifiedUnixSeconds(name) > options.days * 86_400
                guard isOld || total > options.maxBytes || diskIsFull() else { break }
                // Noted first: a segment that is missing without a note was lost.
                note(expired: oldest, series)
                total -= FileSystem.size(name) ?? 0
                unlink(name)
                numbers.removeFirst()
            }
        }
    }
}
