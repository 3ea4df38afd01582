import Avro
import Core
import Testing

/// Avro 1.11, "Schema Resolution".
@Suite struct ResolutionTests {
    @Test func stringsThatAreNotUTF8AreRepairedOnReadingAndWriting() throws {
        let schema = try AvroSchema(json: #"{"type":"record","name":"R","fields":[{"name":"s","type":"string"}]}"#)
        let bad: [UInt8] = [0x61, 0xFF, 0xC3, 0x28]
        let found = try AvroValueReader(writer: schema).read([8] + bad)
        #expect(found == .record([AvroMember("s", .string("a\u{FFFD}\u{FFFD}("))]))
        var writer = AvroWriter()
        bad.withUnsafeBytes { writer.write(utf8: $0) }
        #expect(writer.bytes == [16, 0x61, 0xEF, 0xBF, 0xBD, 0xEF, 0xBF, 0xBD, 0x28])
        writer.removeAll()
        Array("é☉".utf8).withUnsafeBytes { writer.write(utf8: $0) }
        #expect(writer.bytes == [10] + Array("é☉".utf8))
    }

    @Test func promotesRenamesAndFillsDefaults() throws {
        let writer = try AvroSchema(
            json: """
                {"type":"record","name":"old.R","fields":[{"name":"i","type":"int"},{"name":"gone","type":{"type":"map","values":"string"}},
                 {"name":"f","type":"float"},{"name":"before","type":["string","null"]},
                 {"name":"e","type":{"type":"enum","name":"E","symbols":["A","Z"]}}]}
                """)
        let reader = try AvroSchema(
            json: """
                {"type":"record","name":"fresh.R","fields":[{"name":"f","type":"double"},{"name":"i","type":["null","long"]},
                 {"name":"after","aliases":["before"],"type":["null","bytes"]},
                 {"name":"e","type":{"type":"enum","name":"E","symbols":["A","B"],"default":"B"}},
                 {"name":"list","type":{"type":"array","items":"int"},"default":[1,2]},
                 {"name":"opt","type":["null","string"],"default":"fits another branch"}]}
                """)
        let bytes = try AvroEncoder(schema: writer).encode(
            .record([
                AvroMember("i", .int(-7)), AvroMember("gone", .map([AvroMember("k", .string("v"))])),
                AvroMember("f", .float(0.5)), AvroMember("before", .string("x")), AvroMember("e", .enumeration("Z")),
            ]))
        let value = try AvroValueReader(writer: writer, reader: reader).read(bytes)
        #expect(
            value
                == .record([
                    AvroMember("f", .double(0.5)), AvroMember("i", .union(1, .long(-7))),
                    AvroMember("after", .union(1, .bytes([0x78]))), AvroMember("e", .enumeration("B")),
                    AvroMember("list", .array([.int(1), .int(2)])),
                    AvroMember("opt", .union(1, .string("fits another branch"))),
                ]))
    }

    @Test func refusesWhatDoesNotFit() throws {
        let bytes: [UInt8] = [0x02]
        func read(_ writer: String, _ reader: String) throws -> AvroValue {
            try AvroValueReader(writer: AvroSchema(json: writer), reader: AvroSchema(json: reader)).read(bytes)
        }
        #expect(throws: RecordFault.self) { try read(#""long""#, #""int""#) }
        #expect(throws: RecordFault.self) { try read(#""int""#, #"["null","string"]"#) }
        #expect(try read(#""int""#, #"["null","double"]"#) == .union(1, .double(1)))
    }

    @Test func recursiveValuesReadAndEndlessOnesDoNot() throws {
        let schema = try AvroSchema(
            json:
                #"{"type":"record","name":"L","fields":[{"name":"v","type":"int"},{"name":"next","type":["null","L"]}]}"#
        )
        let list: AvroValue = .record([
            AvroMember("v", .int(1)),
            AvroMember("next", .union(1, .record([AvroMember("v", .int(2)), AvroMember("next", .union(0, .null))]))),
        ])
        let bytes = try AvroEncoder(schema: schema).encode(list)
        #expect(bytes == [2, 2, 4, 0])
        #expect(try AvroValueReader(writer: schema).read(bytes) == list)
        #expect(throws: RecordFault.self) {
            try AvroValueReader(writer: schema).read([UInt8](repeating: 2, count: 100_000))
        }
        let endless = try AvroSchema(json: #"{"type":"record","name":"L","fields":[{"name":"next","type":"L"}]}"#)
        #expect(throws: RecordFault.self) { try AvroValueReader(writer: endless).read([]) }
    }
}
