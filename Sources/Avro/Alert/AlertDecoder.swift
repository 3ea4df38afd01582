import Core

/// Decodes alerts of one writer schema straight into the columns of a batch. One decoder per thread.
///
/// The whole message is copied once, into the batch's arena, and strings and cutouts are references into it. A message that
/// faults leaves the batch as it was.
public final class AlertDecoder {
    public let program: AlertProgram
    private let fillers: [RecordFiller]
    private let missing: [RecordFiller]
    private var extras = AlertExtrasWriter()

    public init(program: AlertProgram) {
        self.program = program
        fillers = program.records.map(RecordFiller.init)
        missing = program.missingTables.filter { !$0.isHistory }.map { table in
            var record = RecordProgram(table: table)
            record.columns = table.schema.columns.indices.filter { program.projection.includes(table, column: $0) }
            return RecordFiller(record)
        }
    }

    /// Compiles a program for the schema; a `schema` fault when it is not that of an alert.
    public convenience init(schema: AvroSchema, projection: AlertProjection = .all) throws(RecordFault) {
        self.init(program: try AlertProgram(schema: schema, projection: projection))
    }

    /// Appends an alert given as a whole message with its framing.
    /// - Parameters:
    ///   - message: the bytes as they arrived; offsets in faults count from its first byte.
    ///   - bodyStart: where the Avro body begins: 5 for Confluent's framing, 0 for a bare body.
    public func append(
        message: UnsafeRawBufferPointer, bodyStart: Int, origin: AlertOrigin, writerSchemaID: Int32,
        to batch: AlertBatch
    ) throws(RecordFault) {
        let arenaMark = batch.arena.count
        let reference = batch.arena.append(message)
        try decode(reference, bodyStart, arenaMark, origin, writerSchemaID, batch)
    }

    /// Appends an alert given as a bare body. The batch keeps it as a Confluent message with the schema id given, so that
    /// archive and dead letters have one form; offsets in faults count from that message's first byte.
    public func append(
        body: UnsafeRawBufferPointer, origin: AlertOrigin, writerSchemaID: Int32, to batch: AlertBatch
    ) throws(RecordFault) {
        let arenaMark = batch.arena.count
        let start = batch.arena.reserve(ConfluentFrame.headerBytes + body.count)
        let room = UnsafeMutableRawBufferPointer(rebasing: batch.arena.mutableBytes[start...])
        ConfluentFrame.writeHeader(schemaID: writerSchemaID, to: room)
        UnsafeMutableRawBufferPointer(rebasing: room[ConfluentFrame.headerBytes...]).copyMemory(from: body)
        let reference = ByteReference(offset: UInt32(start), length: UInt32(room.count))
        try decode(reference, ConfluentFrame.headerBytes, arenaMark, origin, writerSchemaID, batch)
    }

    private func decode(
        _ message: ByteReference, _ bodyStart: Int, _ arenaMark: Int, _ origin: AlertOrigin, _ schemaID: Int32,
        _ batch: AlertBatch
    ) throws(RecordFault) {
        let row = batch.count
        let marks = (detections: batch.detections.table.rowCount, forced: batch.forced.table.rowCount)
        extras.removeAll()
        do {
            let start = Int(message.offset)
            let constantsStart = batch.arena.count
            if !program.constants.isEmpty { _ = program.constants.withUnsafeBytes { batch.arena.append($0) } }
            let window = UnsafeRawBufferPointer(rebasing: batch.arena.bytes[..<(start + Int(message.length))])
            var pass = AlertPass(
                program: program, fillers: fillers, bytes: window, constantsStart: constantsStart, batch: batch,
                row: row,
                position: start + bodyStart)
            swap(&pass.extras, &extras)
            defer { swap(&pass.extras, &extras) }
            try pass.run()
            fillMissing(batch, row)
        } catch {
            for table in AlertTable.allCases where !table.isHistory { table.columns(of: batch).truncate(to: row) }
            batch.detections.truncate(parents: row, rows: marks.detections)
            batch.forced.truncate(parents: row, rows: marks.forced)
            batch.arena.truncate(to: arenaMark)
            throw RecordFault(
                error.reason, error.detail, byteOffset: max(error.byteOffset - Int(message.offset), -1),
                fieldPath: error.fieldPath)
        }
        batch.extras.append(extras.isEmpty ? nil : extras.bytes.withUnsafeBytes { batch.arena.append($0) })
        batch.messages.append(message)
        batch.origins.append(origin)
        batch.writerSchemaIDs.append(schemaID)
    }

    /// Rows of the tables that the writer's schema lacks altogether.
    private func fillMissing(_ batch: AlertBatch, _ row: Int) {
        for filler in missing {
            let table = filler.program.table.columns(of: batch)
            table.reserve(rows: row + 1, columns: filler.program.columns, into: filler.slots)
            filler.markMissing(row: row, .absent)
            table.commit(rows: row + 1, columns: filler.program.columns, isPresent: false)
        }
        for table in program.missingTables where table.isHistory {
            let child = table == .detections ? batch.detections : batch.forced
            child.finishParent(firstRow: child.table.rowCount, isGiven: false)
        }
    }
}
