import Avro
import CAvroOracle
import Core
import Glibc
import Testing

/// Random schemas and values against libavro, in both directions.
@Suite struct LibavroTests {
    @Test func randomValuesAgreeWithLibavro() throws {
        let seed: UInt64 = 20_261_121
        print("seed \(seed)")
        var generator = RandomAvro(seed: seed)
        var compared = 0
        for _ in 0..<150 {
            let json = generator.schema()
            let schema = try AvroSchema(json: json)
            let text = schema.json
            let oracle = try #require(nightjar_avro_open(text, text.utf8.count), "libavro refuses \(text)")
            defer { nightjar_avro_close(oracle) }
            for _ in 0..<4 {
                let value = generator.value(schema, schema.root)
                let bytes = try AvroEncoder(schema: schema).encode(value)
                #expect(decode(bytes, oracle) == 0, "\(text)")
                var room = [CChar](repeating: 0, count: bytes.count + 16)
                let size = nightjar_avro_encode(oracle, &room, Int64(room.count))
                #expect(room.prefix(Int(max(size, 0))).map { UInt8(bitPattern: $0) } == bytes, "\(text)")
                #expect(try AvroValueReader(writer: schema).read(bytes) == value)
                compared += 1
            }
        }
        #expect(compared == 600)
    }

    /// A damaged message may be accepted by us only if libavro accepts it too.
    @Test func whatWeAcceptLibavroAccepts() throws {
        let schema = try SchemaStore().schema(id: 1101)
        let text = schema.json
        let oracle = try #require(nightjar_avro_open(text, text.utf8.count))
        defer { nightjar_avro_close(oracle) }
        var generator = RandomAvro(seed: 7)
        let reader = AvroValueReader(writer: schema)
        var accepted = 0
        for _ in 0..<300 {
            let bytes = generator.mutated(Array(try generator.alert(schemaID: 1101)[5...]))
            guard (try? reader.read(bytes)) != nil else { continue }
            accepted += 1
            #expect(decode(bytes, oracle) == 0)
        }
        print("\(accepted) of 300 damaged alerts still decode")
    }

    private func decode(_ bytes: [UInt8], _ oracle: UnsafeMutablePointer<nightjar_avro>) -> Int32 {
        bytes.withUnsafeBytes {
            nightjar_avro_decode(oracle, $0.baseAddress?.assumingMemoryBound(to: CChar.self), Int64($0.count))
        }
    }
}
