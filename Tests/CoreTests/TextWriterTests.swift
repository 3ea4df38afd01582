import Core
import Testing

@Suite struct TextWriterTests {
    private static func written(_ write: (inout TextWriter) -> Void) -> String {
        var writer = TextWriter(capacity: 0)
        write(&writer)
        return writer.text
    }

    @Test(arguments: [0, 9, -1, 10, 1 << 53, Int64.max, Int64.min])
    func integers(value: Int64) { #expect(Self.written { $0.append(integer: value) } == String(value)) }

    /// Read back they are the same, with no more digits than nine or seventeen.
    @Test func numbersAreShortestAndReadBack() {
        var random = SeededRandom(seed: 7)
        for _ in 0..<2000 {
            let float = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
            let double = Double(bitPattern: random.next())
            let floatText = Self.written { $0.append(float: float) }
            let doubleText = Self.written { $0.append(double: double) }
            if float.isFinite { #expect(Float(floatText) == float) } else { #expect(floatText == "null") }
            if double.isFinite { #expect(Double(doubleText) == double) } else { #expect(doubleText == "null") }
            let digits = floatText.prefix { $0 != "e" }.filter(\.isNumber).drop { $0 == "0" }
            if abs(float) < 1e9 { #expect(digits.count <= 10, "\(floatText)") }
        }
        #expect(Self.written { $0.append(float: 0.1) } == "0.1")
        #expect(Self.written { $0.append(double: Double(Float(0.1))) } == "0.10000000149011612")
    }

    @Test func jsonStringsAreEscaped() {
        let text = "a\"b\\c\n\r\t\u{1}\u{1f}/é\u{2028}😀"
        #expect(
            Self.written { $0.append(jsonString: text) }
                == "\"a\\\"b\\\\c\\n\\r\\t\\u0001\\u001f/é\u{2028}😀\"")
        let bytes: [UInt8] = [0x61, 0xFF, 0x22]
        #expect(
            Self.written { writer in bytes.withUnsafeBytes { writer.append(jsonBytes: $0) } } == "\"a\u{FFFD}\\\"\"")
    }

    @Test(arguments: [
        ("plain", "plain"), ("", ""), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\nb", "\"a\nb\""),
        ("a\rb", "\"a\rb\""), (" a ", " a "),
    ])
    func csvFieldsAreQuotedWhereNeeded(text: String, field: String) {
        #expect(Self.written { $0.append(csvField: text) } == field)
    }

    @Test func cellsOfEveryKind() {
        let schema = TableSchema(
            name: "t", description: "",
            columns: ColumnType.allCases.enumerated().map {
                ColumnSchema(id: UInt16($0.offset + 1), name: "c\($0.offset)", type: $0.element)
            })
        let table = ColumnTable(schema: schema)
        table.columns[0].append(true)
        table.columns[1].append(Int32.min)
        table.columns[2].append(Int64.max)
        table.columns[3].append(Float.nan)
        table.columns[4].append(0.5)
        table.columns[5].append(table.arena.append("x,\"y\""))
        table.columns[6].append(table.arena.append("1234"))
        table.finishRow()
        table.appendMissingRow(.absent)
        let json = (0..<7).map { column in Self.written { $0.append(jsonCell: 0, column: column, of: table) } }
        let csv = (0..<7).map { column in Self.written { $0.append(csvCell: 0, column: column, of: table) } }
        #expect(json[..<6] == ["true", "-2147483648", "\"9223372036854775807\"", "null", "0.5", "\"x,\\\"y\\\"\""])
        #expect(json[6].hasPrefix("{\"len\":4"))
        #expect(csv[..<6] == ["true", "-2147483648", "9223372036854775807", "", "0.5", "\"x,\"\"y\"\"\""])
        #expect(
            (0..<7).allSatisfy { column in Self.written { $0.append(jsonCell: 1, column: column, of: table) } == "null"
            })
        #expect(
            (0..<7).allSatisfy { column in Self.written { $0.append(csvCell: 1, column: column, of: table) } == "" })
    }

    /// A row is its cells one after the other, whatever they hold; what the cells of rows before left does not show.
    @Test(arguments: [RowText.Form.json, .csv]) func rowsAreTheirCells(form: RowText.Form) {
        let schema = TableSchema(
            name: "t", description: "",
            columns: ColumnType.allCases.enumerated().map {
                ColumnSchema(id: UInt16($0.offset + 1), name: "c\($0.offset)", type: $0.element)
            })
        let table = ColumnTable(schema: schema)
        var random = SeededRandom(seed: 3)
        let texts = ["", "r", "a,b", "\"", "\\", "line\nend", "é😀", "\u{1}", String(repeating: "\u{2}", count: 300)]
        for row in 0..<200 {
            for column in table.columns {
                if random.next() % 4 == 0 {
                    column.appendMissing(random.next() % 2 == 0 ? .null : .absent)
                    continue
                }
                // Numbers come again, at once and later, as positions and ids do.
                if row > 2, !column.type.isVariableLength, random.next() % 2 == 0 {
                    column.append(cell: row - Int(1 + random.next() % 2), of: column)
                    continue
                }
                let double = row % 3 == 0 ? Double(bitPattern: random.next()) : random.normal()
                switch column.type {
                case .bool: column.append(random.next() % 2 == 0)
                case .int32: column.append(Int32(truncatingIfNeeded: random.next()))
                case .int64: column.append(Int64(bitPattern: random.next() >> (random.next() % 64)))
                case .float32: column.append(row % 7 == 0 ? Float.infinity : Float(double))
                case .float64: column.append(row % 5 == 0 ? Double.nan : double)
                case .string, .bytes: column.append(table.arena.append(texts[row % texts.count]))
                }
            }
            table.finishRow()
        }
        let keys = (0..<7).map { Array(String(repeating: "k", count: $0 * 7).utf8) }
        let parts = (0..<7).map { RowText.Part(keys[$0], column: $0) } + [RowText.Part(Array("end".utf8), column: nil)]
        let rows = RowText(table, form: form, parts: parts)
        var writer = TextWriter(capacity: 0)
        var expected = TextWriter()
        for row in 0..<200 {
            rows.write(row, to: &writer)
            for column in 0..<7 {
                expected.append(raw: keys[column])
                switch form {
                case .json: expected.append(jsonCell: row, column: column, of: table)
                case .csv: expected.append(csvCell: row, column: column, of: table)
                }
            }
            expected.append("end")
        }
        #expect(writer.text == expected.text)
    }
}
