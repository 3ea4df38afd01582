import Avro
import Core
import Testing

/// Real alerts against the reference decode and back to the same bytes.
@Suite struct RealAlertTests {
    @Test(arguments: ["wire_v10", "wire_v11_1"])
    func decodesAsTheReference(folder: String) throws {
        guard let root = SharedData.root else { return }
        let wire = try SharedData.wire(root, folder)
        #expect(wire.count == 3)
        let batch = AlertBatch(capacity: 4)
        let decoder = AlertFrameDecoder(schemas: SchemaStore())
        for (index, alert) in wire.enumerated() { try decoder.append(alert.message, offset: Int64(index), to: batch) }
        decoder.finish(batch)
        for (row, alert) in wire.enumerated() {
            var writer = TextWriter()
            AlertJSON().write(batch, row: row, to: &writer)
            let differences = ReferenceComparison.differences(try JSONReader.parse(writer.bytes), alert.reference)
            #expect(differences.isEmpty, "\(alert.name): \(differences.prefix(5))")
        }
    }

    @Test func framedAndContainerHoldTheSameAlerts() throws {
        guard let root = SharedData.root else { return }
        let framed = try SharedData.framedAlerts(root)
        #expect(framed.count == 84)
        let container = try Records(file: root + "/data/rubin/alerts_v10_0.avro")
        #expect(container.faults.isEmpty && container.schemaIDs == [1000])
        #expect(container.bodies == framed.map { Array($0[5...]) })
    }

    @Test func everyAlertDecodesAndEncodesToTheSameBytes() throws {
        guard let root = SharedData.root else { return }
        let store = SchemaStore()
        let messages =
            try SharedData.framedAlerts(root) + SharedData.wire(root, "wire_v10").map(\.message)
            + SharedData.wire(root, "wire_v11_1").map(\.message)
        let batch = AlertBatch(capacity: 16)
        let decoder = AlertFrameDecoder(schemas: store)
        for message in messages {
            let frame = try message.withUnsafeBytes { try ConfluentFrame($0) }
            let schema = try store.schema(id: frame.schemaID)
            let value = try AvroValueReader(writer: schema).read(message, from: 5)
            #expect(try frame.header + AvroEncoder(schema: schema).encode(value) == message)
            try decoder.append(message, to: batch)
        }
        #expect(batch.count == messages.count)
        #expect(batch.detections.parentCount == messages.count && batch.forced.parentCount == messages.count)
        #expect(batch.source.rowCount == messages.count && batch.mpcOrbits.rowCount == messages.count)
    }
}
