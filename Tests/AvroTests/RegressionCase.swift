import Avro
import Core
import Glibc

@testable import Streams

/// Bytes that something went wrong with once, or that show one way to be wrong, and what they must give.
///
/// A file of `Tests/regressions`: the kind, the verdict, then the bytes in hexadecimal, 40 a line. Kinds: `alert`, a Confluent
/// message in a bundled schema; `file`, anything that a file of alerts may hold.
struct RegressionCase {
    enum Kind: String { case alert, file }

    let kind: Kind
    let verdict: String
    let bytes: [UInt8]

    static let folder = SharedData.beside("Tests/regressions")

    init(_ kind: Kind, _ bytes: [UInt8]) throws {
        (self.kind, self.bytes) = (kind, bytes)
        verdict = try kind == .alert ? Self.alertVerdict(bytes) : Self.fileVerdict(bytes)
    }

    init?(text: String) {
        let lines = text.split(separator: "\n").map(String.init)
        guard lines.count >= 2, let kind = Kind(rawValue: lines[0]) else { return nil }
        (self.kind, verdict) = (kind, lines[1])
        let digits = Array(lines[2...].joined().utf8)
        bytes = stride(from: 0, to: digits.count - 1, by: 2).map {
            UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16) ?? 0
        }
    }

    var text: String {
        var lines = [kind.rawValue, verdict]
        for start in stride(from: 0, to: bytes.count, by: 40) {
            lines.append(bytes[start..<min(start + 40, bytes.count)].map(Self.hex).joined())
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func hex(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }

    /// What cases are told apart by: the verdict without numbers, values, fields of records and repeated words; of alerts that
    /// are accepted, the schema.
    var family: String {
        var words = [kind.rawValue]
        for word in verdict.split(separator: " ") where !word.contains(where: \.isNumber) {
            let isField = word.last == ")"
            let record = word.prefix { $0 != "." && $0 != "[" && $0 != ")" }
            let place = AlertTable.allCases.contains { $0.fieldName == record } ? String(record) : "packet"
            let next = isField ? place : String(word)
            if words.last != next { words.append(next) }
        }
        if words == ["alert"] { words.append(bytes[1..<5].map(Self.hex).joined()) }
        return words.joined(separator: " ")
    }

    func save(as name: String) {
        guard let file = fopen("\(Self.folder)/\(name).case", "w") else { return }
        fputs(text, file)
        fclose(file)
    }

    /// The fault with its place, or a digest of all that was read.
    private static func alertVerdict(_ message: [UInt8]) throws -> String {
        let decoder = AlertFrameDecoder(schemas: SchemaStore())
        let batch = AlertBatch(capacity: 2)
        do {
            try decoder.append(message, to: batch)
        } catch AlertFault.record(let fault) {
            return fault.description
        }
        decoder.finish(batch)
        var writer = TextWriter()
        AlertJSON().write(batch, row: 0, to: &writer)
        for extra in try AlertExtras.list(batch, row: 0) { writer.append(string: "\(extra)") }
        return "alert \(digest(writer.bytes))"
    }

    /// What each record is, and a digest of those that are whole.
    private static func fileVerdict(_ bytes: [UInt8]) throws -> String {
        var words: [String] = []
        var content: [UInt8] = []
        let arena = ByteArena(capacity: 1 << 12)
        let options = FileWalker.Options(
            messageBytesMax: 1 << 20, isTextAFault: true, schemas: AvroContainerSchemas(store: SchemaStore()))
        let walker = try FileWalker(options: options) { MemoryStream(bytes) }
        while let record = try walker.next(into: arena) {
            words.append(record.fault?.reason.rawValue ?? "record")
            if record.fault == nil { content += arena.bytes(record.bytes) }
        }
        return words.joined(separator: " ") + " \(digest(content))"
    }

    private static func digest(_ bytes: [UInt8]) -> String {
        String(bytes.withUnsafeBytes { SHA256.hex($0) }.prefix(16))
    }
}
