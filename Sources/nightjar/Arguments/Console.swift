import Core
import Glibc

/// Machine output on standard output, words for people on standard error.
enum Console {
    static func print(_ text: String) { write(text + "\n", to: 1) }
    static func error(_ text: String) { write(text + "\n", to: 2) }
    static func print(_ writer: TextWriter) { writer.bytes.withUnsafeBytes { write($0, to: 1) } }

    static var isErrorTerminal: Bool { isatty(2) == 1 }

    static func write(_ text: String, to descriptor: Int32) {
        var copy = text
        copy.withUTF8 { write(UnsafeRawBufferPointer($0), to: descriptor) }
    }

    /// Writes all of it; ends the process quietly when the reader has gone (a closed pipe).
    static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) {
        var rest = bytes
        while !rest.isEmpty {
            let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if written > 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            } else if errno != EINTR {
                exit(errno == EPIPE ? 0 : 1)
            }
        }
    }
}
