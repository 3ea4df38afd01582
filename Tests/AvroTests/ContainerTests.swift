import Avro
import Core
import Testing

@Suite struct ContainerTests {
    private let schema: AvroSchema

    init() throws { schema = try AvroSchemaMaker.text() }

    @Test(arguments: AvroCodec.allCases) func writesWhatItReads(codec: AvroCodec) throws {
        var generator = RandomAvro(seed: 5)
        let bodies = try (0..<500).map { _ in
            try AvroEncoder(schema: schema).encode(generator.value(schema, schema.root))
        }
        var writer = AvroContainerWriter(schema: schema, codec: codec, metadata: [("who", [1, 2])], blockBytes: 1000)
        for body in bodies { writer.append(body) }
        writer.closeBlock()
        let reader = try AvroContainerReader(MemoryByteSource(writer.drain(), chunk: 777))
        #expect(reader.codec == codec && reader.metadata.contains { $0.name == "who" && $0.value == [1, 2] })
        var found: [[UInt8]] = []
        while let block = try reader.next() {
            let (ranges, fault) = block.items(reader.schema)
            #expect(fault == nil)
            found += ranges.map { Array(block.bytes[$0]) }
        }
        #expect(found == bodies)
    }

    @Test func aBrokenMarkerIsAFaultAndTheRestIsRead() throws {
        var writer = AvroContainerWriter(schema: schema, codec: .null, blockBytes: 1)
        for text in ["one", "two", "three"] {
            writer.append(try AvroEncoder(schema: schema).encode(.record([AvroMember("s", .string(text))])))
        }
        var bytes = writer.drain()
        let place = try #require(bytes.indices.dropLast(2).first { bytes[$0...].starts(with: Array("two".utf8)) })
        bytes[place + 3] ^= 1
        let reader = try AvroContainerReader(MemoryByteSource(bytes))
        #expect(try reader.next()?.itemCount == 1)
        #expect(throws: AlertFault.self) { try reader.next() }
        #expect(try reader.resynchronise())
        #expect(try reader.next() == nil)
    }

    @Test func contentIsSniffed() throws {
        #expect(ContentKind.sniff(AvroContainerReader.magic + [0]) == .container)
        #expect(ContentKind.sniff([0, 0, 0, 3, 0xE8, 1, 2, 3, 4]) == .confluent(schemaID: 1000))
        #expect(ContentKind.sniff([0, 0, 1, 0, 0, 0, 0, 4, 0x4D, 7]) == .framed)
        #expect(ContentKind.sniff([0x28, 0xB5, 0x2F, 0xFD]) == .zstd)
        #expect(ContentKind.sniff([0x1F, 0x8B, 8]) == .gzip)
        #expect(ContentKind.sniff([9, 9]) == .unknown)
        #expect(ContentKind.sniff([UInt8](repeating: 65, count: 257) + Array("ustar".utf8)) == .tar)
    }

    @Test func framedSequencesEndCleanlyOrSaySo() throws {
        let reader = FramedMessageReader(MemoryByteSource([0, 0, 0, 2, 7, 8, 0, 0, 0, 9, 1]))
        #expect(try reader.next() == [7, 8])
        #expect(throws: AlertFault.self) { try reader.next() }
        let huge = FramedMessageReader(MemoryByteSource([0xFF, 0xFF, 0xFF, 0xFF]))
        #expect(throws: AlertFault.self) { try huge.next() }
    }

    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func sha256IsThatOfTheStandard(text: String, digest: String) {
        #expect(Array(text.utf8).withUnsafeBytes { SHA256.hex($0) } == digest)
    }
}

enum AvroSchemaMaker {
    static func text() throws -> AvroSchema {
        try AvroSchema(json: #"{"type":"record","name":"R","fields":[{"name":"s","type":"string"}]}"#)
    }
}
