import ADQL
import Core
import FilterEngine
import Glibc
import Testing

/// Random conditions with NULLs, judged by SQLite (through Python's standard library).
@Suite struct OracleTests {
    @Test(arguments: [1, 2, 3])
    func sqliteAgreesOnEveryVerdict(_ seed: Int) throws {
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        let lines = try output(of: "python3 '\(root)/Tests/conformance/filter/random_conditions.py' \(seed) 400")
        if lines.isEmpty { return print("python3 is not there: SQLite was not asked") }
        let batch = AlertBatch()
        var points: [[String]] = []
        var cases = 0
        for line in lines {
            let fields = line.split(separator: "\t").map(String.init)
            switch fields.first {
            case "row": append(fields, to: batch)
            case "forced": points.append(fields)
            case "case":
                if batch.forced.parentCount == 0 { append(points, to: batch) }
                try check(fields[1], expected: fields[2], batch, seed)
                cases += 1
            default: Issue.record("unreadable line \(line)")
            }
        }
        #expect(cases == 400)
    }

    private func check(_ condition: String, expected: String, _ batch: AlertBatch, _ seed: Int) throws {
        let text = "SELECT a.diaSourceId FROM alert AS a WHERE " + condition
        let definition = try FilterDefinition(text: text, name: "f", catalog: .filters())
        let evaluator = FilterEvaluator(definition.program)
        let whole = evaluator.evaluate(FilterInput(batch: batch, nearest: [], recordedAt: MJD(61_000)))
        let letters = String(whole.verdicts.map { $0 == .passed ? "P" : ($0 == .rejected ? "R" : "F") })
        #expect(letters == expected, "seed \(seed): \(condition)")
        let passed = whole.selected.columns[0]
        #expect((0..<passed.count).map { Int32(passed.int64($0) ?? -1) } == whole.passedRows)
        // Where batches are cut must not show.
        var cut: [FilterVerdict] = []
        for start in stride(from: 0, to: whole.verdicts.count, by: 7) {
            let rows = (start..<min(start + 7, whole.verdicts.count)).map(Int32.init)
            cut += evaluator.evaluate(FilterInput(batch: batch, nearest: [], recordedAt: MJD(61_000), rows: rows)).verdicts
        }
        #expect(cut == whole.verdicts)
    }

    /// Fills the named columns and leaves the others missing or 0.
    private func appendRow(_ values: [String: String], to table: ColumnTable) {
        for (schema, column) in zip(table.schema.columns, table.columns) {
            let value = values[schema.name] ?? (schema.isNullable ? "null" : "0")
            if value == "null" { column.appendMissing(.null); continue }
            switch column.type {
            case .bool: column.append(value == "1")
            case .int32: column.append(Int32(value) ?? 0)
            case .int64: column.append(Int64(value) ?? 0)
            case .float32: column.append(Float(value) ?? 0)
            case .float64: column.append(Double(value) ?? 0)
            case .string, .bytes: column.append(table.arena.append(value))
            }
        }
        table.finishRow()
    }

    private func append(_ fields: [String], to batch: AlertBatch) {
        let id = String(batch.source.rowCount)
        let names = ["parentDiaSourceId", "trailAlgorithm", "psfFlux", "snr", "isDipole", "band"]
        var values = Dictionary(uniqueKeysWithValues: zip(names, fields.dropFirst()))
        values["diaSourceId"] = id
        values["diaObjectId"] = id
        appendRow(values, to: batch.source)
        batch.packet.appendMissingRow(.null)
        batch.object.appendMissingRow(.null)
        batch.packetSSO.appendMissingRow(.null)
        batch.detections.finishParent(firstRow: 0, isGiven: false)
        batch.messages.append(ByteReference(offset: 0, length: 0))
    }

    private func append(_ points: [[String]], to batch: AlertBatch) {
        for alert in 0..<batch.source.rowCount {
            let first = batch.forced.table.rowCount
            for point in points where point[1] == String(alert) {
                let names = ["diaObjectId", "detector", "visit", "psfFlux", "band"]
                appendRow(Dictionary(uniqueKeysWithValues: zip(names, point.dropFirst())), to: batch.forced.table)
            }
            batch.forced.finishParent(firstRow: first, isGiven: true)
        }
    }

    /// The lines that a command prints; none when it cannot run.
    private func output(of command: String) throws -> [String] {
        let pipe = try #require(popen(command, "r"))
        var bytes: [UInt8] = []
        var byte = fgetc(pipe)
        while byte != EOF {
            bytes.append(UInt8(truncatingIfNeeded: byte))
            byte = fgetc(pipe)
        }
        let status = pclose(pipe)
        if status != 0 && !bytes.isEmpty { Issue.record("\(command) ended with \(status)") }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
