/// Hashes of records by their values, so that a record read with any schema version hashes the same.
///
/// Σ over columns of mix(value bits ⊕ seed of the column's id); missing cells, NaN, and zero in the id columns where
/// Rubin writes 0 for "none" add nothing. Column by column over all rows: about a nanosecond a cell.
public enum ContentHash {
    /// Appends the hash of each of the table's rows from `firstRow` on.
    public static func appendHashes(of table: ColumnTable, from firstRow: Int = 0, into hashes: inout [UInt64]) {
        let count = table.rowCount - firstRow
        guard count > 0 else { return }
        let start = hashes.count
        hashes.append(contentsOf: repeatElement(0, count: count))
        hashes.withUnsafeMutableBufferPointer { all in
            let sums = UnsafeMutableBufferPointer(rebasing: all[start...])
            for (schema, column) in zip(table.schema.columns, table.columns) {
                let seed = mix(UInt64(schema.id) &* 0x9E37_79B9_7F4A_7C15)
                add(
                    column, firstRow: firstRow, seed: seed, zeroIsNone: zeroMeansNone(schema.name), arena: table.arena,
                    to: sums)
            }
            for row in sums.indices { sums[row] = mix(sums[row]) }
        }
    }

    private static func zeroMeansNone(_ name: String) -> Bool {
        name == "diaObjectId" || name == "ssObjectId" || name == "parentDiaSourceId"
    }

    private static func add(
        _ column: Column, firstRow: Int, seed: UInt64, zeroIsNone: Bool, arena: ByteArena,
        to sums: UnsafeMutableBufferPointer<UInt64>
    ) {
        let states = column.stateBuffer
        switch column.type {
        case .bool:
            let cells = column.buffer(as: UInt8.self)
            for row in sums.indices where states[firstRow + row] == 0 {
                sums[row] &+= mix(UInt64(cells[firstRow + row]) ^ seed)
            }
        case .int32:
            let cells = column.buffer(as: UInt32.self)
            for row in sums.indices where states[firstRow + row] == 0 {
                sums[row] &+= mix(UInt64(cells[firstRow + row]) ^ seed)
            }
        case .float32:
            let cells = column.buffer(as: Float.self)
            for row in sums.indices {
                let cell = cells[firstRow + row]
                if states[firstRow + row] == 0 && cell == cell { sums[row] &+= mix(UInt64(cell.bitPattern) ^ seed) }
            }
        case .float64:
            let cells = column.buffer(as: Double.self)
            for row in sums.indices {
                let cell = cells[firstRow + row]
                if states[firstRow + row] == 0 && cell == cell { sums[row] &+= mix(cell.bitPattern ^ seed) }
            }
        case .int64:
            let cells = column.buffer(as: UInt64.self)
            for row in sums.indices {
                let cell = cells[firstRow + row]
                if states[firstRow + row] == 0 && !(zeroIsNone && cell == 0) { sums[row] &+= mix(cell ^ seed) }
            }
        case .string, .bytes:
            let cells = column.buffer(as: ByteReference.self)
            for row in sums.indices where states[firstRow + row] == 0 {
                sums[row] &+= hash(arena.bytes(cells[firstRow + row]), seed: seed)
            }
        }
    }

    /// FNV-1a over the bytes, mixed with the seed.
    public static func hash(_ bytes: UnsafeRawBufferPointer, seed: UInt64) -> UInt64 {
        var state: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return mix(state ^ seed)
    }

    /// The finaliser of MurmurHash3 (Appleby): every input bit changes half of the output bits.
    @inline(__always) public static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        z = (z ^ (z >> 33)) &* 0xC4CE_B9FE_1A85_EC53
        return z ^ (z >> 33)
    }
}
