import Glibc
import Testing

/// Reference values from Python: rows of 64-bit numbers that `Tests/conformance/sky/reference.py` writes.
public struct Reference {
    public let width: Int
    private let words: [UInt64]

    /// Runs a case; nil (and a line that says so) where Python or astropy is not there.
    public init?(_ name: String, seed: Int, count: Int, width: Int) {
        let python = getenv("NIGHTJAR_PYTHON").map { String(cString: $0) } ?? Repository.root + "/.venv/bin/python"
        let script = Repository.root + "/Tests/conformance/sky/reference.py"
        guard access(python, X_OK) == 0 else {
            print("skipped: \(name) needs astropy; set NIGHTJAR_PYTHON or run make test")
            return nil
        }
        var pattern = Array("/tmp/nightjar-reference-XXXXXX".utf8CString)
        let file = mkstemp(&pattern)
        precondition(file >= 0)
        close(file)
        let path = String(decoding: pattern.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { unlink(path) }
        print("\(name): seed \(seed)")
        let command = "'\(python)' '\(script)' \(name) \(seed) \(count) \(path)"
        guard system(command) == 0 else {
            Issue.record("\(command) failed")
            return nil
        }
        self.width = width
        words = Reference.read(path)
        precondition(!words.isEmpty && words.count % width == 0)
    }

    private static func read(_ path: String) -> [UInt64] {
        guard let stream = fopen(path, "rb") else { return [] }
        defer { fclose(stream) }
        fseek(stream, 0, SEEK_END)
        let size = ftell(stream)
        rewind(stream)
        return [UInt64](unsafeUninitializedCapacity: size / 8) { buffer, count in
            count = fread(buffer.baseAddress, 8, size / 8, stream)
        }
    }

    public var rowCount: Int { words.count / width }
    public func double(_ row: Int, _ column: Int) -> Double { Double(bitPattern: words[row * width + column]) }
    public func int64(_ row: Int, _ column: Int) -> Int64 { Int64(bitPattern: words[row * width + column]) }
}
