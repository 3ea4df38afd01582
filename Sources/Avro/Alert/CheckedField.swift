import Core

/// The checked path through one field: conversions, general unions, the last bytes of a message, and all faults.
struct CheckedField {
    let schema: AvroSchema
    let target: FieldTarget
    /// Where the program's constants lie in the arena.
    let constantsStart: Int

    /// Reads the field at the cursor; writes its cell, if it has one.
    func read(_ cursor: inout AvroCursor, into cells: CellPointers?, row: Int) throws(RecordFault) {
        do {
            guard let cells, let type = target.type else { return try schema.skip(target.node, in: &cursor) }
            var node = target.node
            while case .union(let branches) = schema[node].kind {
                node = branches[try cursor.readIndex(below: branches.count, "union branch")]
            }
            if case .null = schema[node].kind { return clear(cells, row, type) }
            try store(node, type, &cursor, cells, row)
            cells.states[row] = CellState.value.rawValue
        } catch {
            throw error.inside(target.name)
        }
    }

    private func clear(_ cells: CellPointers, _ row: Int, _ type: ColumnType) {
        cells.values.advanced(by: row * type.width).initializeMemory(as: UInt8.self, repeating: 0, count: type.width)
        cells.states[row] = CellState.null.rawValue
    }

    private func store(
        _ node: Int, _ type: ColumnType, _ cursor: inout AvroCursor, _ cells: CellPointers, _ row: Int
    ) throws(RecordFault) {
        func put<T: BitwiseCopyable>(_ value: T) {
            cells.values.storeBytes(of: value, toByteOffset: row * MemoryLayout<T>.size, as: T.self)
        }
        switch schema[node].kind {
        case .boolean: put(UInt8(try cursor.readBoolean() ? 1 : 0))
        case .float:
            let value = try cursor.readFloat()
            if type == .float32 { put(value) } else { put(Double(value)) }
        case .double: put(try cursor.readDouble())
        case .int, .long:
            let start = cursor
            let value: Int64
            if case .int = schema[node].kind {
                value = Int64(try cursor.readInt())
            } else {
                value = try cursor.readLong()
            }
            try putInteger(
                value, type, put32: { put($0) }, put64: { put($0) }, putFloat: { put($0) }, putDouble: { put($0) },
                start)
        case .string, .bytes: put(CheckedField.reference(try cursor.readBytes()))
        case .fixed(let fixed): put(CheckedField.reference(try cursor.readFixed(fixed.size)))
        case .enumeration(let enumeration):
            let symbol = target.symbols[try cursor.readIndex(below: enumeration.symbols.count, "enum symbol")]
            put(ByteReference(offset: symbol.offset + UInt32(constantsStart), length: symbol.length))
        default: throw cursor.fault(.schema, "the type does not fit its column")
        }
    }

    private func putInteger(
        _ value: Int64, _ type: ColumnType, put32: (Int32) -> Void, put64: (Int64) -> Void, putFloat: (Float) -> Void,
        putDouble: (Double) -> Void, _ start: AvroCursor
    ) throws(RecordFault) {
        switch type {
        case .int32:
            guard let narrow = Int32(exactly: value) else {
                throw start.fault(.malformed, "\(value) does not fit a 32-bit integer")
            }
            put32(narrow)
        case .int64: put64(value)
        case .float32: putFloat(Float(value))
        default: putDouble(target.isMicroseconds ? MJD(unixSecondsUTC: Double(value) / 1e6).days : Double(value))
        }
    }

    private static func reference(_ range: Range<Int>) -> ByteReference {
        ByteReference(offset: UInt32(range.lowerBound), length: UInt32(range.count))
    }
}
