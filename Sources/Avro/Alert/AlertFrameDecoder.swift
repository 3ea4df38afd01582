import Core

/// Decodes alerts of any schema version into one batch: finds or compiles the program by schema id. One per thread.
public final class AlertFrameDecoder {
    private let schemas: any SchemaProvider
    private let projection: AlertProjection
    /// Messages above this are `oversized` faults. The telescope's topic allows 10 MiB.
    public let maximumMessageBytes: Int
    private var decoders: [Int32: AlertDecoder] = [:]
    private var last: (id: Int32, decoder: AlertDecoder)?

    public init(schemas: any SchemaProvider, projection: AlertProjection = .all, maximumMessageBytes: Int = 64 << 20) {
        self.schemas = schemas
        self.projection = projection
        self.maximumMessageBytes = maximumMessageBytes
    }

    /// Appends a Confluent message; on a fault the batch is as before.
    public func append(
        message: UnsafeRawBufferPointer, origin: AlertOrigin, to batch: AlertBatch
    ) throws(AlertFault) {
        try checkSize(message.count)
        let frame: ConfluentFrame
        do {
            frame = try ConfluentFrame(message)
        } catch {
            throw .record(error)
        }
        let decoder = try decoder(for: frame.schemaID)
        do {
            try decoder.append(
                message: message, bodyStart: ConfluentFrame.headerBytes, origin: origin, writerSchemaID: frame.schemaID,
                to: batch)
        } catch {
            throw .record(error)
        }
    }

    /// Appends a bare body of a schema that the provider knows by id.
    public func append(
        body: UnsafeRawBufferPointer, schemaID: Int32, origin: AlertOrigin, to batch: AlertBatch
    ) throws(AlertFault) {
        try checkSize(body.count)
        let decoder = try decoder(for: schemaID)
        do {
            try decoder.append(body: body, origin: origin, writerSchemaID: schemaID, to: batch)
        } catch {
            throw .record(error)
        }
    }

    /// Makes columns outside the projection absent, so that all columns have all rows. Call it when a batch is complete.
    public func finish(_ batch: AlertBatch) {
        for table in AlertTable.allCases { table.columns(of: batch).fillUnwritten() }
    }

    private func checkSize(_ count: Int) throws(AlertFault) {
        guard count <= maximumMessageBytes else {
            throw .record(RecordFault(.oversized, "\(count) bytes are above the limit of \(maximumMessageBytes)"))
        }
    }

    private func decoder(for id: Int32) throws(AlertFault) -> AlertDecoder {
        if let last, last.id == id { return last.decoder }
        if let known = decoders[id] {
            last = (id, known)
            return known
        }
        let schema: AvroSchema
        do {
            schema = try schemas.schema(id: id)
        } catch .record(let fault) {
            throw .record(RecordFault(fault.reason, explain(fault.detail, id), byteOffset: 1))
        }
        do {
            let decoder = try AlertDecoder(schema: schema, projection: projection)
            decoders[id] = decoder
            last = (id, decoder)
            return decoder
        } catch {
            throw .record(error)
        }
    }

    /// An id whose bytes make sense the other way round is a producer with the wrong endianness.
    private func explain(_ detail: String, _ id: Int32) -> String {
        let swapped = ConfluentFrame.swapped(id)
        guard swapped >= 100 && swapped < 100_000 && id > 100_000 else { return detail }
        return detail + "; its bytes the other way round are \(swapped): the producer writes little-endian"
    }
}
