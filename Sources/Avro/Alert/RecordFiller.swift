import Core

/// One record program with its memory: runs, and where the cells of each slot lie in the batch being filled.
///
/// Not a struct over arrays, because the inner loop wants plain pointers that nobody retains.
final class RecordFiller {
    let program: RecordProgram
    let runs: UnsafeMutableBufferPointer<FieldRun>
    let slots: UnsafeMutablePointer<CellPointers>
    private let widths: [Int]

    init(_ program: RecordProgram) {
        self.program = program
        runs = .allocate(capacity: program.runs.count)
        _ = runs.initialize(from: program.runs)
        slots = .allocate(capacity: max(program.columns.count, 1))
        widths = program.columns.map { program.table.schema.columns[$0].type.width }
    }

    deinit {
        runs.deallocate()
        slots.deallocate()
    }

    /// Zeroes the cells of the columns that the writer lacks.
    @inline(__always) func markAbsent(row: Int) {
        for slot in program.absentFrom..<widths.count { clear(slot, row, .absent) }
    }

    /// A record that was null, or that the writer does not have.
    func markMissing(row: Int, _ state: CellState) {
        for slot in 0..<program.absentFrom { clear(slot, row, state) }
        for slot in program.absentFrom..<widths.count { clear(slot, row, .absent) }
    }

    @inline(__always) private func clear(_ slot: Int, _ row: Int, _ state: CellState) {
        let cells = slots[slot]
        switch widths[slot] {
        case 8: cells.values.storeBytes(of: 0, toByteOffset: row * 8, as: UInt64.self)
        case 4: cells.values.storeBytes(of: 0, toByteOffset: row * 4, as: UInt32.self)
        default: cells.values.storeBytes(of: 0, toByteOffset: row, as: UInt8.self)
        }
        cells.states[row] = state.rawValue
    }
}

/// Where filling stands: a field of a run, and a byte.
struct FillState {
    var run: Int
    /// Fields of the run that are done.
    var index = 0
    var position: Int
}
