import Avro
import Core
import Glibc
import TestSupport
import Testing

/// Damaged and hostile bytes: a fault each, the batch as before.
@Suite struct HostileInputTests {
    /// Seconds of each fuzz loop: a few in the tests, NIGHTJAR_FUZZ_SECONDS in the long form.
    static let seconds = getenv("NIGHTJAR_FUZZ_SECONDS").flatMap { Double(String(cString: $0)) } ?? 1.5
    static var seed: UInt64 { Seeds.round }

    private func counts(_ batch: AlertBatch) -> [Int] {
        let tables = [batch.source, batch.packet, batch.object, batch.packetSSO, batch.mpcOrbits]
        return tables.flatMap { [$0.rowCount] + $0.columns.map(\.count) }
            + batch.detections.table.columns.map(\.count) + batch.forced.table.columns.map(\.count)
            + [
                batch.detections.parentCount, batch.forced.parentCount, batch.arena.count, batch.extras.count,
                batch.messages.count, batch.origins.count, batch.writerSchemaIDs.count,
            ]
    }

    /// The fast decoder and the plain reader must agree on every mutation, and a fault must leave no trace.
    @Test(arguments: [Int32(700), 800, 1000, 1101]) func mutationsNeverHarm(id: Int32) throws {
        let seed = UInt64(id) &+ Self.seed
        print("schema \(id), seed \(seed)")
        var generator = RandomAvro(seed: seed)
        let store = SchemaStore()
        let plain = AvroValueReader(writer: try store.schema(id: id))
        let decoder = AlertFrameDecoder(schemas: store)
        let batch = AlertBatch(capacity: 4)
        let clock = SystemClock()
        let end = clock.monotonicSeconds + HostileInputTests.seconds
        var (accepted, refused) = (0, 0)
        while clock.monotonicSeconds < end {
            let good = try generator.anyAlert(schemaID: id)
            for _ in 0..<32 {
                let body = generator.mutated(Array(good[5...]))
                let message = Array(good[..<5] + body)
                if batch.count > 8 { batch.removeAll() }
                let before = counts(batch)
                guard let fault = recordFault(decoder, message, batch) else {
                    accepted += 1
                    #expect(batch.count == before[before.count - 1] + 1)
                    #expect((try? plain.read(body)) != nil, "accepted only by the fast path, seed \(seed): \(message)")
                    continue
                }
                refused += 1
                #expect(counts(batch) == before)
                #expect(fault.byteOffset >= 0 && fault.byteOffset <= message.count)
                #expect((try? plain.read(body)) == nil, "refused only by the fast path: \(fault) seed \(seed): \(message)")
            }
        }
        print("\(accepted) accepted, \(refused) refused")
        #expect(refused > 0)
    }

    private func recordFault(_ decoder: AlertFrameDecoder, _ message: [UInt8], _ batch: AlertBatch) -> RecordFault? {
        do {
            try decoder.append(message, to: batch)
        } catch {
            if case AlertFault.record(let fault) = error { return fault }
        }
        return nil
    }

    @Test func truncationAtEveryByteIsAFault() throws {
        var generator = RandomAvro(seed: 3)
        let message = try generator.alert(schemaID: 1101)
        let decoder = AlertFrameDecoder(schemas: SchemaStore())
        let batch = AlertBatch(capacity: 2)
        try decoder.append(message, to: batch)
        let before = counts(batch)
        for length in 0..<message.count {
            #expect(throws: AlertFault.self) { try decoder.append(Array(message[..<length]), to: batch) }
            if length % 64 == 0 { #expect(counts(batch) == before) }
        }
        #expect(throws: AlertFault.self) { try decoder.append(message + [0], to: batch) }
        #expect(counts(batch) == before)
    }

    @Test func hostileCountsAndFramesAreNamed() throws {
        let decoder = AlertFrameDecoder(schemas: SchemaStore(), maximumMessageBytes: 1000)
        let batch = AlertBatch(capacity: 2)
        func fault(_ bytes: [UInt8]) -> RecordFault? {
            recordFault(decoder, bytes, batch)
        }
        #expect(fault([])?.reason == .framing)
        #expect(fault([1, 0, 0, 4, 77, 0])?.reason == .framing)
        #expect(fault([0, 0, 0, 0xFF, 0xFF, 0])?.reason == .schema)
        let swapped = fault([0, 77, 4, 0, 0, 0])
        #expect(swapped?.reason == .schema && swapped?.detail.contains("little-endian") == true)
        #expect(fault([UInt8](repeating: 0, count: 1001))?.reason == .oversized)
        let wrongSchema = try AvroSchema(json: #"{"type":"array","items":"null"}"#)
        let many = AvroWriter.long(1 << 40) + [0]
        #expect(throws: RecordFault.self) { try AvroValueReader(writer: wrongSchema).read(many) }
        let block: [UInt8] = AvroWriter.long(1 << 15)
        let blocks: [UInt8] = Array([[UInt8]](repeating: block, count: 4000).joined()) + [0]
        #expect(throws: RecordFault.self) { try AvroValueReader(writer: wrongSchema).read(blocks) }
        #expect(throws: RecordFault.self) { try AlertProgram(schema: wrongSchema) }
    }

    @Test func containersSurviveMutation() throws {
        var generator = RandomAvro(seed: 10 &+ Self.seed)
        let schema = try AvroSchemaMaker.text()
        let clock = SystemClock()
        let end = clock.monotonicSeconds + HostileInputTests.seconds
        while clock.monotonicSeconds < end {
            for codec in AvroCodec.allCases {
                var writer = AvroContainerWriter(schema: schema, codec: codec, blockBytes: 64)
                for _ in 0..<20 {
                    writer.append(try AvroEncoder(schema: schema).encode(generator.value(schema, schema.root)))
                }
                writer.closeBlock()
                let bytes = generator.mutated(writer.drain())
                // A damaged header throws; anything else is records and faults, with an end.
                let found = try? Records(container: bytes)
                #expect((found?.bodies.count ?? 0) < 1 << 20)
            }
        }
    }
}

extension AvroWriter {
    static func long(_ value: Int64) -> [UInt8] {
        var writer = AvroWriter()
        writer.write(long: value)
        return writer.bytes
    }
}
