import Core

/// Writes rows of one table as stored rows; see `RowCodec` for the bytes.
///
/// Holds the columns' memory, so it is good until the table changes.
struct RowWriter {
    private struct Cells {
        let values: UnsafeRawPointer
        let states: UnsafePointer<UInt8>
        let type: ColumnType
    }

    private let columns: [Cells]
    private let arena: ByteArena

    /// - Parameter ids: of the columns that the rows shall hold.
    init(_ table: ColumnTable, ids: ClosedRange<UInt16> = 1...UInt16.max) {
        arena = table.arena
        columns = RowCodec.positions(of: table.schema, ids: ids).map { position in
            let column = table.columns[position]
            let states = UnsafePointer(column.stateBuffer.baseAddress!)
            return Cells(values: RowWriter.memory(of: column), states: states, type: column.type)
        }
    }

    private static func memory(of column: Column) -> UnsafeRawPointer {
        switch column.type {
        case .bool: UnsafeRawPointer(column.buffer(as: UInt8.self).baseAddress!)
        case .int32: UnsafeRawPointer(column.buffer(as: Int32.self).baseAddress!)
        case .float32: UnsafeRawPointer(column.buffer(as: Float.self).baseAddress!)
        case .int64: UnsafeRawPointer(column.buffer(as: Int64.self).baseAddress!)
        case .float64: UnsafeRawPointer(column.buffer(as: Double.self).baseAddress!)
        case .string, .bytes: UnsafeRawPointer(column.buffer(as: ByteReference.self).baseAddress!)
        }
    }

    func write(_ row: Int, to output: ByteWriter) {
        let count = columns.count
        output.append(byte: RowCodec.version)
        output.append(count: count)
        let stateBytes = (count + 3) / 4
        let stateStart = output.count
        output.reserve(stateBytes).initializeMemory(as: UInt8.self, repeating: 0, count: stateBytes)
        columns.withUnsafeBufferPointer { columns in
            for index in 0..<count {
                let code = writeCell(columns[index], row, to: output)
                if code != 0 { output.orByte(at: stateStart + index / 4, code << UInt8(index % 4 * 2)) }
            }
        }
    }

    /// Writes the value if there is one that needs bytes; answers the state code.
    @inline(__always) private func writeCell(_ cells: Cells, _ row: Int, to output: ByteWriter) -> UInt8 {
        let state = cells.states[row]
        guard state == 0 else { return state }
        switch cells.type {
        case .bool: return cells.values.load(fromByteOffset: row, as: UInt8.self) == 0 ? 0 : RowCodec.zero
        case .int32:
            let value = cells.values.load(fromByteOffset: row * 4, as: Int32.self)
            if value == 0 { return RowCodec.zero }
            output.append(zigzag: Int64(value))
        case .float32:
            let bits = cells.values.load(fromByteOffset: row * 4, as: UInt32.self)
            if bits == 0 { return RowCodec.zero }
            output.append(little: bits)
        case .int64, .float64:
            let bits = cells.values.load(fromByteOffset: row * 8, as: UInt64.self)
            if bits == 0 { return RowCodec.zero }
            output.append(little: bits)
        case .string, .bytes:
            let reference = cells.values.load(fromByteOffset: row * 8, as: ByteReference.self)
            output.append(lengthPrefixed: arena.bytes(reference))
        }
        return 0
    }
}

extension ByteWriter {
    @inline(__always) func orByte(at index: Int, _ bits: UInt8) {
        precondition(index < count)
        let byte = UnsafeMutableRawPointer(mutating: bytes.baseAddress!).advanced(by: index)
        byte.storeBytes(of: byte.load(as: UInt8.self) | bits, as: UInt8.self)
    }
}
