/// Where the cells of a column lie: row r's value is `width` bytes at r × width, its `CellState` is byte r of `states`.
public struct CellPointers {
    public var values: UnsafeMutableRawPointer
    public var states: UnsafeMutablePointer<UInt8>

    public init(values: UnsafeMutableRawPointer, states: UnsafeMutablePointer<UInt8>) {
        self.values = values
        self.states = states
    }
}

// Filling rows in place, for decoders: reserve, write through the pointers, commit.
extension ColumnTable {
    /// Makes room for `rows` rows in all in the named columns and stores where their cells lie, in the order given.
    /// Rows past the count must be committed before the next reservation, which moves only counted cells.
    public func reserve(rows: Int, columns chosen: [Int], into pointers: UnsafeMutablePointer<CellPointers>) {
        for (slot, column) in chosen.enumerated() {
            let cells = storages[column]
            if rows > cells.pointee.capacity { cells.pointee.grow(to: rows) }
            pointers[slot] = CellPointers(values: cells.pointee.values, states: cells.pointee.states)
        }
    }

    /// Counts rows written through reserved pointers; the record itself was there (`isPresent`) or null.
    public func commit(rows: Int, columns chosen: [Int], isPresent: Bool) {
        for column in chosen {
            let cells = storages[column]
            precondition(rows >= cells.pointee.count && rows <= cells.pointee.capacity, "rows that were not reserved")
            cells.pointee.count = rows
        }
        let first = present.count
        guard rows > first else { return }
        let (values, _) = present.resizeForOverwrite(to: rows)
        values.advanced(by: first).initializeMemory(as: UInt8.self, repeating: isPresent ? 1 : 0, count: rows - first)
    }

    /// Fills columns that no writer touched (a projection left them out) with absent cells up to the table's rows.
    public func fillUnwritten() {
        for column in columns where column.count < rowCount {
            column.appendMissing(.absent, repeatCount: rowCount - column.count)
        }
    }
}
