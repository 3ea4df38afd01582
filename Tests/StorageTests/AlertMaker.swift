import Core
import Sky

/// Makes small alert batches with every kind of cell: values, nulls, absent fields, NaN with and without payload.
struct AlertMaker {
    var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    /// A record of a table as plain cells, so that the same record can be put into many batches.
    struct Record: Hashable {
        enum Cell: Hashable {
            case missing(CellState)
            case bool(Bool)
            case int32(Int32)
            case int64(Int64)
            case float(UInt32)
            case double(UInt64)
            case text([UInt8])
        }

        let schema: String
        var cells: [Cell]
    }

    mutating func record(_ schema: TableSchema, _ fixed: [String: Record.Cell]) -> Record {
        Record(schema: schema.name, cells: schema.columns.map { fixed[$0.name] ?? cell($0.type) })
    }

    private mutating func cell(_ type: ColumnType) -> Record.Cell {
        let dice = Int.random(in: 0..<20, using: &random)
        if dice == 0 { return .missing(.null) }
        if dice == 1 { return .missing(.absent) }
        switch type {
        case .bool: return .bool(Bool.random(using: &random))
        case .int32: return .int32(dice == 2 ? 0 : Int32.random(in: -5000...5000, using: &random))
        case .int64: return .int64(dice == 2 ? 0 : Int64.random(in: .min ... .max, using: &random))
        case .float32:
            if dice == 3 { return .float(0x7FC0_0001) }
            return .float(dice == 2 ? 0x8000_0000 : Float(random.normal() * 1000).bitPattern)
        case .float64:
            if dice == 3 { return .double(0x7FF8_0000_0000_0007) }
            return .double((random.normal() * 1000).bitPattern)
        case .string, .bytes:
            return .text(
                (0..<Int.random(in: 0..<12, using: &random)).map { _ in UInt8.random(in: 97...122, using: &random) })
        }
    }

    static func append(_ record: Record, to table: ColumnTable) {
        for (cell, column) in zip(record.cells, table.columns) {
            switch cell {
            case .missing(let state): column.appendMissing(state)
            case .bool(let value): column.append(value)
            case .int32(let value): column.append(value)
            case .int64(let value): column.append(value)
            case .float(let bits): column.append(Float(bitPattern: bits))
            case .double(let bits): column.append(Double(bitPattern: bits))
            case .text(let bytes): column.append(bytes.withUnsafeBytes { table.arena.append($0) })
            }
        }
        table.finishRow()
    }

    static func read(_ table: ColumnTable, _ row: Int) -> Record {
        let cells = table.columns.map { column -> Record.Cell in
            guard column.hasValue(row) else { return .missing(column.state(row)) }
            return switch column.type {
            case .bool: .bool(column.bool(row)!)
            case .int32: .int32(column.int32(row)!)
            case .int64: .int64(column.int64(row)!)
            case .float32: .float(column.float(row)!.bitPattern)
            case .float64: .double(column.double(row)!.bitPattern)
            case .string, .bytes: .text([UInt8](table.arena.bytes(column.reference(row)!)))
            }
        }
        return Record(schema: table.schema.name, cells: cells)
    }
}

/// One alert as records.
struct TestAlert {
    var source: AlertMaker.Record
    var object: AlertMaker.Record?
    var detections: [AlertMaker.Record] = []
    var forced: [AlertMaker.Record] = []
    var message: [UInt8] = []

    func integer(_ column: String) -> Int64 {
        if case .int64(let value) = source.cells[Tables.diaSource.require(column)] { return value }
        return 0
    }
}

extension AlertBatch {
    static func make(_ alerts: [TestAlert], firstOffset: Int64, topic: String = "alerts") -> AlertBatch {
        let batch = AlertBatch(capacity: max(alerts.count, 1))
        let partition = batch.partitionIndex(InputPartition(topic: topic, partition: 0))
        for (index, alert) in alerts.enumerated() {
            batch.messages.append(alert.message.withUnsafeBytes { batch.arena.append($0) })
            batch.origins.append(AlertOrigin(partition: partition, offset: firstOffset + Int64(index)))
            batch.writerSchemaIDs.append(1101)
            batch.extras.append(nil)
            AlertMaker.append(alert.source, to: batch.source)
            if let object = alert.object {
                AlertMaker.append(object, to: batch.object)
            } else {
                batch.object.appendMissingRow(.null)
            }
            batch.packet.appendMissingRow(.null)
            batch.packetSSO.appendMissingRow(.null)
            batch.mpcOrbits.appendMissingRow(.null)
            let firstDetection = batch.detections.table.rowCount
            for one in alert.detections { AlertMaker.append(one, to: batch.detections.table) }
            batch.detections.finishParent(firstRow: firstDetection, isGiven: true)
            let firstForced = batch.forced.table.rowCount
            for one in alert.forced { AlertMaker.append(one, to: batch.forced.table) }
            batch.forced.finishParent(firstRow: firstForced, isGiven: true)
        }
        return batch
    }
}
