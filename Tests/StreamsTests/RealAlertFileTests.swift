import Avro
import Core
import Glibc
import Testing

@testable import Streams

/// The 84 real alerts, in the container and in frames.
@Suite struct RealAlertFileTests {
    static let directory: String? = {
        let shared = getenv("NIGHTJAR_SHARED").map { String(cString: $0) } ?? "../shared"
        return FilePaths.canonicalPath(shared + "/data/rubin")
    }()

    @Test func containerAndFramesGiveTheSameAlerts() throws {
        guard let directory = Self.directory else {
            print("skipped: no shared data")
            return
        }
        func bodies(_ name: String) throws -> [[UInt8]] {
            let schemas = AvroContainerSchemas(store: SchemaStore())
            return try readAll(FileSource(paths: [directory + "/" + name], schemas: schemas) { _ in nil }).map {
                record in
                #expect(record.fault == nil)
                return record.bytes
            }
        }
        let framed = try bodies("alerts_v10_0.framed.zst")
        #expect(framed.count == 84)
        #expect(framed.allSatisfy { Array($0.prefix(5)) == [0, 0, 0, 3, 0xE8] })
        let contained = try bodies("alerts_v10_0.avro")
        #expect(contained == framed.map { Array($0.dropFirst(5)) })
        #expect(try bodies("wire_v10/*.bin").count == 3)
    }

    @Test func aBundledSchemaKeepsItsID() throws {
        guard let directory = Self.directory else { return }
        let source = try FileSource(
            paths: [directory + "/alerts_v10_0.avro"], schemas: AvroContainerSchemas(store: SchemaStore())
        ) { _ in nil }
        var batch = MessageBatch()
        _ = try source.read(into: &batch, limit: 1, timeoutSeconds: 0)
        #expect(batch.messages.first?.framing == .bare(schemaID: 1000))
    }

    @Test func anotherSchemaIsAddedToTheStore() throws {
        let store = SchemaStore()
        let schemas = AvroContainerSchemas(store: store)
        let text = #"{"type":"record","name":"r","fields":[{"name":"a","type":"long"},{"name":"b","type":"string"}]}"#
        let id = try schemas.register(text)
        #expect(id < 0)
        #expect(try AvroContainerSchemas(store: SchemaStore()).register(text) == id)
        #expect(try store.schema(id: id).rootRecord?.fields.count == 2)
        let bytes: [UInt8] = [2, 4, 65, 66, 9]
        #expect(try bytes.withUnsafeBytes { try schemas.endOfBody(schemaID: id, in: $0, from: 0) } == 4)
        #expect(throws: RecordFault.self) { try schemas.register("{}") }
    }
}
