import Avro
import Core
import Testing

@testable import Streams

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
        let bytes = writer.drain()
        #expect(bytes.indices.contains { bytes[$0...].starts(with: [6] + Array("who".utf8) + [4, 1, 2]) })
        let found = try Records(container: bytes)
        #expect(found.faults.isEmpty && found.bodies == bodies)
    }

    @Test func aBrokenMarkerIsAFaultAndTheRestIsRead() throws {
        var writer = AvroContainerWriter(schema: schema, codec: .null, blockBytes: 1)
        for text in ["one", "two", "three"] {
            writer.append(try AvroEncoder(schema: schema).encode(.record([AvroMember("s", .string(text))])))
        }
        var bytes = writer.drain()
        let place = try #require(bytes.indices.dropLast(2).first { bytes[$0...].starts(with: Array("two".utf8)) })
        bytes[place + 3] ^= 1
        let found = try Records(container: bytes)
        #expect(found.bodies == [[6] + Array("one".utf8), [10] + Array("three".utf8)])
        #expect(found.faults.map(\.reason) == [.container])
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

/// What the one reader of containers finds.
struct Records {
    var bodies: [[UInt8]] = []
    var faults: [RecordFault] = []
    var schemaIDs: Set<Int32> = []

    /// All records of a container in memory; damage of the header throws.
    init(container bytes: [UInt8]) throws {
        let reader = try ContainerReader(
            BufferedReader(MemoryStream(bytes)), schemas: AvroContainerSchemas(store: SchemaStore()),
            messageBytesMax: 1 << 20)
        let arena = ByteArena(capacity: 1 << 12)
        while case .record(let record) = try reader.next(into: arena) {
            if let fault = record.fault {
                faults.append(fault)
            } else {
                take(arena.bytes(record.bytes), record.framing)
            }
        }
    }

    /// All records of a file of any format.
    init(file path: String) throws {
        let schemas = AvroContainerSchemas(store: SchemaStore())
        let source = try FileSource(paths: [path], schemas: schemas) { _ in nil }
        var event = SourceEvent.messages
        while event != .ended {
            var batch = MessageBatch()
            event = try source.read(into: &batch, limit: 100, timeoutSeconds: 1)
            for message in batch.messages {
                if let fault = message.fault {
                    faults.append(fault)
                } else {
                    take(batch.arena.bytes(message.bytes), message.framing)
                }
            }
        }
    }

    private mutating func take(_ bytes: UnsafeRawBufferPointer, _ framing: MessageFraming) {
        bodies.append(Array(bytes))
        if case .bare(let id) = framing { schemaIDs.insert(id) }
    }
}
