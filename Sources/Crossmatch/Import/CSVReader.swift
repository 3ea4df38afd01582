import CZlib
import Core
import Glibc

/// Reads CSV (RFC 4180), plain or gzip, record by record in constant memory. Lines that begin with `#` before the header, empty
/// lines and a byte-order mark are skipped; line ends may be LF or CRLF.
final class CSVReader {
    private let path: String
    private let file: gzFile
    private static let bufferBytes = 1 << 20
    private let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: CSVReader.bufferBytes)
    private var position = 0
    private var filled = 0
    private var lineNumber = 1
    /// Unescaped bytes of a record with quotes, or one that the buffer cuts; each field is followed by a zero byte.
    private var text = UnsafeMutablePointer<UInt8>.allocate(capacity: 4096)
    private var textCapacity = 4096
    private var textCount = 0
    /// Where the latest record's fields are: in `text`, or in the buffer itself.
    private var base: UnsafePointer<UInt8>
    private var starts: [Int] = []
    private var ends: [Int] = []

    /// Line where the latest record began, from 1.
    private(set) var recordLine = 0
    /// True when the file ended inside quotes: the record is not whole.
    private(set) var isUnterminated = false
    private(set) var header: [String] = []

    /// Longer records are refused: most likely a stray quote.
    static let maxRecordBytes = 1 << 20

    /// - Throws: `UserFault` when the file cannot be read or has no header.
    init(path: String) throws(UserFault) {
        self.path = path
        guard let file = gzopen(path, "rb") else {
            throw UserFault(.usage, "cannot read \(path)", detail: systemMessage())
        }
        self.file = file
        base = UnsafePointer(text)
        gzbuffer(file, 1 << 18)
        guard try next() else { throw UserFault(.usage, "\(path) is empty", hint: "the first line names the columns") }
        var names = (0..<fieldCount).map { String(decoding: field($0), as: UTF8.self).trimmed }
        if let first = names.first, first.utf8.starts(with: [0xEF, 0xBB, 0xBF]) {
            names[0] = String(decoding: first.utf8.dropFirst(3), as: UTF8.self)
        }
        header = names
    }

    deinit {
        gzclose(file)
        text.deallocate()
        buffer.deallocate()
    }

    @inline(__always) private func put(_ byte: UInt8) {
        if textCount == textCapacity {
            let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: textCapacity * 2)
            larger.update(from: text, count: textCount)
            text.deallocate()
            (text, textCapacity) = (larger, textCapacity * 2)
        }
        text[textCount] = byte
        textCount += 1
    }

    private func dropCarriageReturn() {
        if textCount > 0, text[textCount - 1] == 0x0D { textCount -= 1 }
    }

    var fieldCount: Int { starts.count }

    /// The bytes of a field of the latest record; a byte that belongs to no number follows them. Valid until the next record.
    @inline(__always) func field(_ index: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base + starts[index], count: ends[index] - starts[index])
    }

    private func fill() throws(UserFault) -> Bool {
        let count = gzread(file, buffer, UInt32(Self.bufferBytes))
        var code: Int32 = 0
        let message = gzerror(file, &code)
        guard count >= 0, code == Z_OK || code == Z_STREAM_END else {
            throw UserFault(
                .usage, "\(path) is damaged or truncated", detail: message.map { String(cString: $0) } ?? "",
                hint: "fetch the file again")
        }
        (position, filled) = (0, Int(count))
        return count > 0
    }

    /// Reads the next record; false at the end of the file.
    func next() throws(UserFault) -> Bool {
        while true {
            if !header.isEmpty, readPlainRecord() {
                if ends.count > 1 || ends[0] > 0 { return true }
                continue
            }
            guard try readRecord() else { return false }
            endFields()
            let isEmpty = starts.count == 1 && textCount == 1
            let isComment = header.isEmpty && text[0] == 0x23
            if !isEmpty && !isComment { return true }
        }
    }

    /// A record without quotes that lies whole in the buffer, which is nearly all of them: its fields stay where they are.
    private func readPlainRecord() -> Bool {
        let start = buffer + position
        guard position < filled, let found = memchr(start, 0x0A, filled - position) else { return false }
        let length = UnsafeRawPointer(found) - UnsafeRawPointer(start)
        guard length < Self.maxRecordBytes, memchr(start, 0x22, length) == nil else { return false }
        recordLine = lineNumber
        lineNumber += 1
        isUnterminated = false
        position += length + 1
        base = UnsafePointer(start)
        starts.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        let end = length > 0 && start[length - 1] == 0x0D ? length - 1 : length
        starts.append(0)
        var at = 0
        while at < end {
            if start[at] == 0x2C {
                ends.append(at)
                starts.append(at + 1)
            }
            at += 1
        }
        ends.append(end)
        return true
    }

    private func endFields() {
        base = UnsafePointer(text)
        ends.removeAll(keepingCapacity: true)
        for next in starts.dropFirst() { ends.append(next - 1) }
        ends.append(textCount - 1)
    }

    private func readRecord() throws(UserFault) -> Bool {
        textCount = 0
        starts.removeAll(keepingCapacity: true)
        starts.append(0)
        recordLine = lineNumber
        isUnterminated = false
        var state = FieldState.start
        var isComment = false
        while true {
            if position == filled, try !fill() { return try finishAtEnd(state) }
            let byte = buffer[position]
            position += 1
            if byte == 0x0A { lineNumber += 1 }
            if header.isEmpty, byte == 0x23, textCount == 0, starts.count == 1 { isComment = true }
            if isComment {
                // A comment may hold anything, quotes and commas too.
                if byte == 0x0A { break }
                if textCount == 0 { put(byte) }
                continue
            }
            if take(byte, &state) { break }
            guard textCount < Self.maxRecordBytes else {
                throw UserFault(
                    .usage, "\(path), line \(recordLine): a record of more than 1 MiB", hint: "is a quote missing?")
            }
        }
        if !isComment, state == .plain { dropCarriageReturn() }
        put(0)
        return true
    }

    private enum FieldState { case start, plain, quoted, closed }

    /// Takes a byte; true when it ends the record.
    private func take(_ byte: UInt8, _ state: inout FieldState) -> Bool {
        if state == .quoted {
            if byte == 0x22 { state = .closed } else { put(byte) }
            return false
        }
        switch byte {
        case 0x0A: return true
        case 0x2C:
            put(0)
            starts.append(textCount)
            state = .start
        case 0x22 where state == .start: state = .quoted
        case 0x22 where state == .closed:
            put(byte)
            state = .quoted
        case 0x0D where state == .closed: break
        default:
            put(byte)
            if state == .start { state = .plain }
        }
        return false
    }

    private func finishAtEnd(_ state: FieldState) throws(UserFault) -> Bool {
        guard textCount > 0 || starts.count > 1 || state != .start else { return false }
        isUnterminated = state == .quoted
        // A cut last line is a bad row; a quote that swallowed lines took good ones with it.
        guard !isUnterminated || lineNumber <= recordLine + 1 else {
            throw UserFault(
                .usage, "\(path), line \(recordLine): a quote opens here and is never closed",
                detail: "the rest of the file, \(lineNumber - recordLine) lines, would be one record",
                hint: "close the quote, or double it where it belongs to a text")
        }
        if state == .plain { dropCarriageReturn() }
        put(0)
        return true
    }
}

extension String {
    /// Without spaces around.
    var trimmed: String {
        let bytes = Array(utf8)
        guard let first = bytes.firstIndex(where: { $0 > 0x20 }), let last = bytes.lastIndex(where: { $0 > 0x20 })
        else {
            return ""
        }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }
}
