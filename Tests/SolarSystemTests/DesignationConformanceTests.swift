import Glibc
import SolarSystem
import Testing

/// The same as an independent program says (mpc-designation), both ways, of random designations and of random characters.
@Suite struct DesignationConformanceTests {
    private static let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

    /// Rows of two columns; nil (and a line that says so) where Python is not there.
    private func reference(seed: Int, count: Int) throws -> [(String, String)]? {
        let python = getenv("NIGHTJAR_PYTHON").map { String(cString: $0) } ?? Self.root + "/.venv/bin/python"
        guard access(python, X_OK) == 0 else {
            print("skipped: needs mpc-designation; set NIGHTJAR_PYTHON or run make test")
            return nil
        }
        let scratch = OrbitScratch()
        let path = scratch.file("designations", "")
        let script = Self.root + "/Tests/conformance/solarsystem/designations.py"
        #expect(system("'\(python)' '\(script)' \(seed) \(count) '\(path)'") == 0)
        let stream = try #require(fopen(path, "rb"))
        defer { fclose(stream) }
        var bytes = [UInt8](repeating: 0, count: 1 << 22)
        bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, stream))
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { line in
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
            return (String(parts[0]), String(parts[1]))
        }
    }

    @Test func packedAndPlainAgree() throws {
        let (seed, count) = (Int(getpid()), 4000)
        print("seed \(seed)")
        guard let rows = try reference(seed: seed, count: count) else { return }
        #expect(rows.count == 2 * count)
        var wrong: [String] = []
        for (plain, packed) in rows.prefix(count) {
            if Designation(unpacked: plain)?.packed != packed { wrong.append("\(plain) is not \(packed)") }
            if Designation(packed: packed)?.unpacked != plain { wrong.append("\(packed) is not \(plain)") }
        }
        var valid = 0
        // There is no minor planet 0: the other program makes one of 00000, ours refuses it.
        for (packed, plain) in rows.dropFirst(count) where plain != "0" {
            let found = Designation(packed: packed)?.unpacked ?? ""
            if found != plain { wrong.append("\(packed): \"\(found)\", not \"\(plain)\"") }
            if !plain.isEmpty { valid += 1 }
        }
        #expect(wrong.isEmpty, "\(wrong.count): \(wrong.prefix(10))")
        #expect(valid > count / 4)
    }
}
