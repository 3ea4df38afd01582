import Core

/// The decoding of one message: the program's steps, with the place where reading stands.
struct AlertPass {
    let program: AlertProgram
    let fillers: [RecordFiller]
    /// The arena up to the end of the message: positions are arena offsets.
    let bytes: UnsafeRawBufferPointer
    let constantsStart: Int
    let batch: AlertBatch
    let row: Int
    var position: Int
    var extras = AlertExtrasWriter()

    mutating func run() throws(RecordFault) {
        let packet = fillers[0]
        batch.packet.reserve(rows: row + 1, columns: packet.program.columns, into: packet.slots)
        for step in program.steps {
            switch step {
            case .packetFields(let runs): try fields(packet, runs, row, path: "")
            case .record(let index, let branch): try record(fillers[index], branch)
            case .history(let index, let branch): try history(fillers[index], branch)
            }
        }
        packet.markAbsent(row: row)
        batch.packet.commit(rows: row + 1, columns: packet.program.columns, isPresent: true)
        guard position == bytes.count else {
            throw RecordFault(.malformed, "\(bytes.count - position) bytes after the alert", byteOffset: position)
        }
    }

    /// Whether the value is there; reads the union's branch if there is one.
    private mutating func isGiven(_ branch: NullableBranch?, _ table: AlertTable) throws(RecordFault) -> Bool {
        guard let branch else { return true }
        var cursor = AvroCursor(bytes, position: position)
        do {
            let index = try cursor.readIndex(below: branch.branchCount, "union branch")
            position = cursor.position
            return index == branch.valueIndex
        } catch {
            throw error.inside(table.fieldName)
        }
    }

    private mutating func record(_ filler: RecordFiller, _ branch: NullableBranch?) throws(RecordFault) {
        let name = filler.program.table
        let isPresent = try isGiven(branch, name)
        let table = name.columns(of: batch)
        table.reserve(rows: row + 1, columns: filler.program.columns, into: filler.slots)
        if isPresent {
            try fields(filler, 0..<filler.runCount, row, path: name.fieldName)
            filler.markAbsent(row: row)
        } else {
            filler.markMissing(row: row, .null)
        }
        table.commit(rows: row + 1, columns: filler.program.columns, isPresent: isPresent)
    }

    private mutating func history(_ filler: RecordFiller, _ branch: NullableBranch?) throws(RecordFault) {
        let name = filler.program.table
        let child = name == .detections ? batch.detections : batch.forced
        let firstRow = child.table.rowCount
        guard try isGiven(branch, name) else { return child.finishParent(firstRow: firstRow, isGiven: false) }
        var next = firstRow
        while true {
            var cursor = AvroCursor(bytes, position: position)
            let block: (count: Int, byteSize: Int?)
            do {
                block = try cursor.readBlock(minimumItemSize: filler.program.minimumSize)
            } catch {
                throw error.inside(name.fieldName)
            }
            position = cursor.position
            if block.count == 0 { break }
            guard next + block.count < Int(Int32.max) else {
                throw RecordFault(
                    .oversized, "too many history points in a batch", byteOffset: position, fieldPath: name.fieldName)
            }
            child.table.reserve(rows: next + block.count, columns: filler.program.columns, into: filler.slots)
            let start = position
            try items(filler, rows: next..<next + block.count, firstRow: firstRow, path: name.fieldName)
            next += block.count
            try AvroCursor(bytes, position: position).expectBlockEnd(start, block.byteSize)
            child.table.commit(rows: next, columns: filler.program.columns, isPresent: true)
        }
        child.finishParent(firstRow: firstRow, isGiven: true)
    }

    /// The records of one block of an array.
    private mutating func items(
        _ filler: RecordFiller, rows: Range<Int>, firstRow: Int, path: String
    ) throws(RecordFault) {
        guard let base = bytes.baseAddress else { return }
        var next = rows.lowerBound
        while next < rows.upperBound {
            if let history = filler.history {
                let known = history.read(
                    base, end: bytes.count, row: next, limit: rows.upperBound - next, position: &position)
                for row in next..<next + known { filler.markAbsent(row: row) }
                next += known
                if next == rows.upperBound { return }
            }
            let start = position
            try fields(filler, 0..<filler.runCount, next, path: path, item: next - firstRow)
            filler.markAbsent(row: next)
            filler.history?.learn(base, start..<position)
            next += 1
        }
    }

    /// Fills the fields of some runs of a record: the fast path as far as it goes, the checked one where it stops.
    @inline(__always) private mutating func fields(
        _ filler: RecordFiller, _ runs: Range<Int>, _ row: Int, path: String, item: Int = -1
    ) throws(RecordFault) {
        var state = FillState(run: runs.lowerBound, position: position)
        // An empty message has no base address; nothing is read from it then.
        guard let base = bytes.baseAddress else { throw RecordFault(.truncated, "an empty message", byteOffset: 0) }
        while true {
            filler.fill(base, end: bytes.count, row: row, lastRun: runs.upperBound, &state)
            if state.run == runs.upperBound { break }
            let run = filler.runs[state.run]
            try checked(filler, Int(run.firstField) + state.index, row, path, item, &state)
            state.index += 1
            if state.index == Int(run.count) {
                state.run += 1
                state.index = 0
            }
        }
        position = state.position
    }

    @inline(never) private mutating func checked(
        _ filler: RecordFiller, _ index: Int, _ row: Int, _ path: String, _ item: Int, _ state: inout FillState
    ) throws(RecordFault) {
        let target = filler.program.fields[index]
        var cursor = AvroCursor(bytes, position: state.position)
        do {
            if target.isExtra {
                let place = item < 0 ? path : "\(path)[\(item)]"
                try extras.keep(
                    target.node, place.isEmpty ? target.name : "\(place).\(target.name)", program.schema, &cursor)
            } else {
                let field = CheckedField(schema: program.schema, target: target, constantsStart: constantsStart)
                try field.read(&cursor, into: target.slot < 0 ? nil : filler.slots[target.slot], row: row)
            }
        } catch {
            let inner = target.isExtra ? error.inside(target.name) : error
            throw path.isEmpty ? inner : inner.inside(item < 0 ? path : "\(path)[\(item)]")
        }
        state.position = cursor.position
    }
}
