import Core

/// One record program with its memory: runs, and where the cells of each slot lie in the batch being filled.
///
/// Not a struct over arrays, because the inner loop wants plain pointers that nobody retains.
final class RecordFiller {
    let program: RecordProgram
    let runs: UnsafeMutablePointer<FieldRun>
    let runCount: Int
    let slots: UnsafeMutablePointer<CellPointers>
    private let fixedFields: UnsafeMutablePointer<FixedField>
    /// By the `group` of the runs of fixed-width fields.
    let groups: UnsafeMutablePointer<FixedGroup>
    /// Reads whole records of a history; nil of other tables, and where a field needs the checked path.
    let history: HistoryReader?
    private let widths: [Int]

    init(_ program: RecordProgram) {
        self.program = program
        runs = RecordFiller.copy(program.runs)
        runCount = program.runs.count
        slots = .allocate(capacity: max(program.columns.count, 1))
        fixedFields = RecordFiller.copy(program.fixedFields)
        groups = .allocate(capacity: max(program.groupCount, 1))
        for run in program.runs where run.operation == .fixed {
            let fields = UnsafeBufferPointer(start: fixedFields + Int(run.firstField), count: Int(run.count))
            (groups + Int(run.group)).initialize(to: FixedGroup(fields))
        }
        history = program.table.isHistory ? HistoryReader(program, slots: slots) : nil
        widths = program.columns.map { program.table.schema.columns[$0].type.width }
    }

    private static func copy<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
        let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(elements.count, 1))
        for (index, element) in elements.enumerated() { (memory + index).initialize(to: element) }
        return memory
    }

    deinit {
        runs.deallocate()
        slots.deallocate()
        for group in 0..<program.groupCount { groups[group].deallocate() }
        groups.deallocate()
        fixedFields.deallocate()
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
