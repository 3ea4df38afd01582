import Avro
import Core
import Testing

@testable import Service

@Suite struct AvroRecordTests {
    private static let schema = #"""
        {"type":"record","name":"Hit","fields":[{"name":"diaSourceId","type":"long"},
        {"name":"mag","type":["null","float"]},{"name":"ra","type":"double"},{"name":"band","type":"string"},
        {"name":"flags","type":{"type":"array","items":"int"}},{"name":"cutoutScience","type":["null","bytes"]}]}
        """#

    private func payload(mag: AvroValue, cutout: AvroValue) throws -> [UInt8] {
        let value = AvroValue.record([
            AvroMember("diaSourceId", .long(9_007_199_254_740_993)), AvroMember("mag", mag),
            AvroMember("ra", .double(.nan)), AvroMember("band", .string("r\"")),
            AvroMember("flags", .array([.int(1), .int(-2)])), AvroMember("cutoutScience", cutout),
        ])
        return try AvroEncoder(schema: AvroSchema(json: AvroRecordTests.schema)).encode(value)
    }

    private final class OneTopic: TopicDirectory {
        func topics() throws -> [TopicDescription] {
            [
                TopicDescription(
                    topic: "t", title: "", owner: "", filter: "",
                    schemas: [TopicDescription.SchemaVersion(version: 3, id: 9, json: AvroRecordTests.schema)],
                    retentionDays: 1, retentionBytes: 1)
            ]
        }
        func topic(_ name: String) throws -> TopicDescription? { try topics().first { $0.topic == name } }
    }

    private func publication(version: Int32, payload: [UInt8]) -> StoredPublication {
        StoredPublication(
            offset: 0, kind: .new, diaSourceId: DiaSourceID(rawValue: 1), diaObjectId: DiaObjectID(rawValue: 0),
            ssObjectId: SSObjectID(rawValue: 0), commitSeq: CommitSeq(rawValue: 1), schemaVersion: version,
            payload: payload, recordedAt: MJD(61_000), producedAtUnixSeconds: 0)
    }

    @Test func rendersWithTheTopicsSchema() throws {
        let renderer = AvroPublicationRenderer(directory: OneTopic())
        var writer = TextWriter()
        let bytes = try payload(mag: .union(1, .float(21.3)), cutout: .union(1, .bytes(Array("abc".utf8))))
        try renderer.appendJSON(publication(version: 3, payload: bytes), topic: "t", to: &writer)
        #expect(
            writer.text == #"{"diaSourceId":"9007199254740993","mag":21.3,"ra":null,"band":"r\"","flags":[1,-2],"#
                + #""cutoutScience":{"len":3,"sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}}"#
        )
        #expect(throws: UserFault.self) {
            try renderer.appendJSON(publication(version: 4, payload: bytes), topic: "t", to: &writer)
        }
        #expect(throws: RecordFault.self) {
            try renderer.appendJSON(publication(version: 3, payload: bytes.dropLast()), topic: "t", to: &writer)
        }
    }

    @Test func cutoutsOfFramedAndBarePackets() throws {
        let store = SchemaStore()
        store.add(try AvroSchema(json: AvroRecordTests.schema), id: 77_001)
        let reader = AvroPacketReader(schemas: store)
        let body = try payload(mag: .union(0, .null), cutout: .union(1, .bytes([1, 2])))
        let framed = ConfluentFrame(schemaID: 77_001).header + body
        for message in [body, framed] {
            #expect(try reader.bytes(field: "cutoutScience", message: message, writerSchemaID: 77_001) == [1, 2])
            #expect(try reader.bytes(field: "cutoutTemplate", message: message, writerSchemaID: 77_001) == nil)
        }
        #expect(throws: RecordFault.self) {
            try reader.bytes(field: "cutoutScience", message: framed, writerSchemaID: 1)
        }
    }

    @Test func bundledSchemasAreServed() throws {
        let directory = BundledSchemaDirectory()
        #expect(try directory.schemaIDs().contains(1101))
        #expect(try directory.schema(id: 1101)?.contains("diaSource") == true)
        #expect(try directory.schema(id: 1) == nil)
    }
}
