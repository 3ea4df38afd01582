import CZlib
import Core
import Glibc

/// An orbit file, plain or gzip, as lines or records; what it hands out is valid until it is asked again.
final class OrbitBytes {
    let path: String
    private let file: gzFile
    private var base: UnsafeMutableRawPointer
    private var capacity: Int
    private var start = 0
    private var end = 0
    private var isAtEnd = false
    /// Number of the line that the latest record began on, from 1.
    private(set) var lineNumber = 0
    private var linesBefore = 0
    /// False for a last line that the file ends without ending it; true for JSON objects.
    private(set) var hasLineEnd = true

    /// Longer lines and records are refused: no orbit is that long, so quotes or braces do not match.
    static let maxRecordBytes = 4 << 20

    init(path: String) throws(UserFault) {
        self.path = path
        guard let file = gzopen(path, "rb") else {
            throw UserFault(.usage, "cannot read \(path)", detail: String(cString: strerror(errno)))
        }
        self.file = file
        gzbuffer(file, 1 << 18)
        capacity = 1 << 20
        base = .allocate(byteCount: capacity, alignment: 16)
        while try fill(), end < 1 << 18 {}
    }

    deinit {
        gzclose(file)
        base.deallocate()
    }

    /// The beginning of what has not been handed out yet: up to a quarter of a mebibyte.
    var ahead: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base + start, count: end - start) }
    var isWholeFileAhead: Bool { isAtEnd }

    /// Reads more; false at the end of the file.
    private func fill() throws(UserFault) -> Bool {
        guard !isAtEnd else { return false }
        if start > 0, end == capacity {
            base.copyMemory(from: base + start, byteCount: end - start)
            (start, end) = (0, end - start)
        }
        if end == capacity {
            guard capacity < Self.maxRecordBytes else {
                throw UserFault(
                    .usage, "\(path), line \(linesBefore + 1): a record of more than \(Self.maxRecordBytes >> 20) MiB",
                    hint: "does a quote or a brace lack its partner?")
            }
            let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity * 2, alignment: 16)
            larger.copyMemory(from: base, byteCount: end)
            base.deallocate()
            (base, capacity) = (larger, capacity * 2)
        }
        let count = gzread(file, base + end, UInt32(capacity - end))
        var code: Int32 = 0
        let message = gzerror(file, &code).map { String(cString: $0) } ?? ""
        guard count >= 0, code == Z_OK || code == Z_STREAM_END else {
            throw UserFault(
                .usage, "\(path) is damaged or truncated", detail: message, hint: "fetch the file again")
        }
        end += Int(count)
        if count == 0 { isAtEnd = true }
        return count > 0
    }

    /// The next line without its end, LF or CRLF; nil at the end of the file.
    func nextLine() throws(UserFault) -> UnsafeRawBufferPointer? {
        var searched = 0
        while true {
            if let found = memchr(base + start + searched, 0x0A, end - start - searched) {
                let length = UnsafeRawPointer(found) - UnsafeRawPointer(base + start)
                return take(length, skipping: 1)
            }
            searched = end - start
            if try !fill() { return searched == 0 ? nil : take(searched, skipping: 0) }
        }
    }

    /// The next record of a CSV file: a line end inside quotes does not end it.
    func nextCSVRecord() throws(UserFault) -> UnsafeRawBufferPointer? {
        var searched = 0
        var isQuoted = false
        while true {
            let bytes = ahead
            while searched < bytes.count {
                let byte = bytes[searched]
                if byte == 0x22 { isQuoted.toggle() }
                if byte == 0x0A, !isQuoted { return take(searched, skipping: 1) }
                searched += 1
            }
            if try !fill() { return searched == 0 ? nil : take(searched, skipping: 0) }
        }
    }

    private func take(_ length: Int, skipping ending: Int) -> UnsafeRawBufferPointer {
        let line = UnsafeRawBufferPointer(start: base + start, count: length)
        start += length + ending
        hasLineEnd = ending > 0
        lineNumber = linesBefore + 1
        linesBefore += 1
        let isReturned = length > 0 && line[length - 1] == 0x0D
        return isReturned ? UnsafeRawBufferPointer(rebasing: line.dropLast()) : line
    }

    // MARK: JSON

    /// Steps over bytes, counting lines.
    func skip(_ count: Int) {
        let end = start + count
        while start < end, let found = memchr(base + start, 0x0A, end - start) {
            linesBefore += 1
            start = UnsafeRawPointer(found) - UnsafeRawPointer(base) + 1
        }
        start = end
    }

    /// Whether the array of records came to its end.
    private(set) var isArrayClosed = false

    /// The next object at this level: braces match, strings looked into. Nil at the end of the file or of the array.
    /// - Parameter isWhole: false when the file ends inside the object.
    func nextObject(isWhole: inout Bool) throws(UserFault) -> UnsafeRawBufferPointer? {
        isWhole = true
        while true {
            let bytes = ahead
            let gap = bytes.firstIndex { $0 == 0x7B || $0 == 0x5D } ?? bytes.count
            skip(gap)
            if gap < bytes.count {
                isArrayClosed = bytes[gap] == 0x5D
                if isArrayClosed { return nil }
                break
            }
            if try !fill() { return nil }
        }
        lineNumber = linesBefore + 1
        hasLineEnd = true
        var scan = ObjectScan()
        while true {
            let bytes = ahead
            if scan.advance(bytes) {
                let object = UnsafeRawBufferPointer(rebasing: bytes[..<scan.position])
                skip(scan.position)
                return object
            }
            if try !fill() {
                isWhole = false
                let rest = ahead
                skip(rest.count)
                return rest
            }
        }
    }

    /// Where the braces of an object match.
    private struct ObjectScan {
        var position = 0
        private var depth = 0
        private var isString = false

        /// True when `position` stands behind the object's end.
        mutating func advance(_ bytes: UnsafeRawBufferPointer) -> Bool {
            var (at, level, inString) = (position, depth, isString)
            defer { (position, depth, isString) = (at, level, inString) }
            let end = bytes.count
            while at < end {
                let byte = bytes[at]
                if inString {
                    if byte == 0x5C {
                        // The escaped byte must be there, else the next piece of the file would begin with it.
                        guard at + 1 < end else { return false }
                        at += 1
                    } else if byte == 0x22 {
                        inString = false
                    }
                } else if byte == 0x22 {
                    inString = true
                } else if byte | 0x20 == 0x7B {
                    // { and [ differ by one bit, and so do their partners.
                    level += 1
                } else if byte | 0x20 == 0x7D {
                    level -= 1
                    if level == 0 {
                        at += 1
                        return true
                    }
                }
                at += 1
            }
            return false
        }
    }
}
