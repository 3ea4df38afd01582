import Core

/// Writes `LightCurveBlock`s; buffers are reused.
final class LightCurveBlockWriter {
    private let body = ByteWriter(capacity: 1 << 14)
    private let exceptions = ByteWriter()
    private let zstd = Zstd()
    private let layout = ForcedLayout.shared

    private struct Visit: Equatable {
        let id: Int64
        let detector: Int32
        let midpoint: UInt64
        let band: UInt8
    }

    /// Writes some rows of a table of forced points, in the given order: ascending by visit, detector, commitSeq.
    func write(_ table: ColumnTable, rows: [Int], knownFrom: [Int64], to output: ByteWriter) {
        body.removeAll()
        writeBody(table, rows: rows, knownFrom: knownFrom)
        let start = output.count
        output.append(little: UInt32(0))
        output.append(byte: LightCurveBlock.version)
        let flags = output.count
        output.append(byte: 1)
        output.append(count: body.count)
        let bodyStart = output.count
        zstd.compress(body.bytes, into: output)
        if output.count - bodyStart >= body.count {
            output.truncate(to: bodyStart)
            output.append(bytes: body.bytes)
            output.overwrite(little: UInt8(0), at: flags)
        }
        output.overwrite(
            little: Checksum.crc32(UnsafeRawBufferPointer(rebasing: output.bytes[(start + 4)...])), at: start)
    }

    private func integer(_ table: ColumnTable, _ position: Int, _ row: Int) -> Int64 {
        table.columns[position].int64(row) ?? 0
    }

    private func bits(_ table: ColumnTable, _ position: Int, _ row: Int) -> UInt64 {
        (table.columns[position].double(row) ?? 0).bitPattern
    }

    private func band(_ table: ColumnTable, _ row: Int) -> UInt8 {
        guard let reference = table.columns[layout.bandPosition].reference(row), reference.length == 1 else { return 0 }
        return table.arena.bytes(reference)[0]
    }

    private struct Withdrawn: Equatable {
        let state: UInt8
        let bits: UInt64
    }

    private func withdrawn(_ table: ColumnTable, _ row: Int) -> Withdrawn {
        Withdrawn(
            state: table.columns[layout.withdrawnPosition].stateBuffer[row],
            bits: bits(table, layout.withdrawnPosition, row))
    }

    private func idBeyondVisit(_ table: ColumnTable, _ row: Int) -> Int64 {
        integer(table, layout.idPosition, row)
            &- ForcedLayout.idStart(
                visit: integer(table, layout.visitPosition, row),
                detector: table.columns[layout.detectorPosition].int32(row) ?? 0)
    }

    private func writeBody(_ table: ColumnTable, rows: [Int], knownFrom: [Int64]) {
        var visits: [Visit] = []
        var indexes: [Int] = []
        for row in rows {
            let visit = Visit(
                id: integer(table, layout.visitPosition, row),
                detector: table.columns[layout.detectorPosition].int32(row) ?? 0,
                midpoint: bits(table, layout.midpointPosition, row), band: band(table, row))
            if visits.last != visit { visits.append(visit) }
            indexes.append(visits.count - 1)
        }
        body.append(count: rows.count)
        writeVisits(visits)
        var last = 0
        for index in indexes {
            body.append(count: index - last)
            last = index
        }
        writeDifferences(rows.map { knownFrom[$0] })
        writeDifferences(rows.map { idBeyondVisit(table, $0) })
        let object = rows.first.map { integer(table, layout.objectPosition, $0) } ?? 0
        body.append(zigzag: object)
        for position in [layout.raPosition, layout.decPosition] {
            writeDifferences(rows.map { Int64(bitPattern: bits(table, position, $0)) })
        }
        writeDifferences(
            rows.map { row in
                let processed = bits(table, layout.processedPosition, row)
                return Int64(bitPattern: processed &- bits(table, layout.midpointPosition, row))
            })
        let withdrawn = rows.first.map { self.withdrawn(table, $0) } ?? Withdrawn(state: 1, bits: 0)
        body.append(byte: withdrawn.state)
        body.append(little: withdrawn.bits)
        for plane in 0..<4 { writePlane(table.columns[layout.fluxPositions[plane]], rows) }
        writeExceptions(table, rows, object: object, withdrawn)
    }

    private func writeVisits(_ visits: [Visit]) {
        body.append(count: visits.count)
        var last = Visit(id: 0, detector: 0, midpoint: 0, band: 0)
        for visit in visits {
            body.append(zigzag: visit.id &- last.id)
            body.append(zigzag: Int64(visit.detector &- last.detector))
            body.append(zigzag: Int64(bitPattern: visit.midpoint &- last.midpoint))
            body.append(byte: visit.band)
            last = visit
        }
    }

    private func writeDifferences(_ values: [Int64]) {
        var last: Int64 = 0
        for value in values {
            body.append(zigzag: value &- last)
            last = value
        }
    }

    private func writePlane(_ column: Column, _ rows: [Int]) {
        let cells = column.buffer(as: UInt32.self)
        for byte in 0..<4 {
            for row in rows { body.append(byte: UInt8(truncatingIfNeeded: cells[row] >> UInt32(byte * 8))) }
        }
    }

    /// Cells that the rest of the block does not give back.
    private func writeExceptions(_ table: ColumnTable, _ rows: [Int], object: Int64, _ usual: Withdrawn) {
        exceptions.removeAll()
        var count = 0
        for (index, row) in rows.enumerated() {
            for (position, role) in layout.roles.enumerated() {
                let column = table.columns[position]
                let state = column.stateBuffer[row]
                let isExpected: Bool =
                    switch role {
                    case .withdrawn: withdrawn(table, row) == usual
                    case .band: state == 0 ? band(table, row) != 0 : state == CellState.null.rawValue
                    case .object: state == 0 && integer(table, layout.objectPosition, row) == object
                    default: state == 0
                    }
                guard !isExpected else { continue }
                exceptions.append(count: index)
                exceptions.append(varint: UInt64(layout.ids[position]))
                writeCell(column, row, table.arena)
                count += 1
            }
        }
        body.append(count: count)
        body.append(bytes: exceptions.bytes)
    }

    private func writeCell(_ column: Column, _ row: Int, _ arena: ByteArena) {
        let state = column.stateBuffer[row]
        exceptions.append(byte: state)
        guard state == 0 else { return }
        switch column.type {
        case .float64: exceptions.append(double: column.double(row) ?? 0)
        case .float32: exceptions.append(float: column.float(row) ?? 0)
        case .int64: exceptions.append(little: column.int64(row) ?? 0)
        case .int32: exceptions.append(zigzag: Int64(column.int32(row) ?? 0))
        case .bool: preconditionFailure("forced points have no flags")
        case .string, .bytes: exceptions.append(lengthPrefixed: arena.bytes(column.buffer(as: ByteReference.self)[row]))
        }
    }
}
