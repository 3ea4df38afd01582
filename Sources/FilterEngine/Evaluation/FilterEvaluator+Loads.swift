import Core

extension FilterEvaluator {
    func load(_ instruction: Instruction, _ lanes: Lanes, _ r: VectorRegisters, _ input: FilterInput) {
        let n = lanes.count
        switch instruction {
        case .loadDouble(let d, let source): loadDoubles(r.double(d), r.numberState(d), source, lanes, input)
        case .loadInteger(let d, let source): loadIntegers(r.integer(d), r.numberState(d), source, lanes, input)
        case .loadOutcome(let d, let source): loadOutcomes(r.outcome(d), source, lanes, input)
        case .loadText(let d, let source): loadTexts(r.text(d), r.textState(d), source, lanes, input)
        case .loadIsSSO(let d):
            let id = input.source.column("ssObjectId")
            for i in 0..<n { r.outcome(d)[i] = (id.int64(Int(lanes.outer[i])) ?? 0) != 0 ? Outcome.true : Outcome.false }
        case .loadNight(let d):
            let visit = input.source.column("visit")
            for i in 0..<n {
                let value = visit.int64(Int(lanes.outer[i]))
                r.integer(d)[i] = (value ?? 0) / 100_000
                r.numberState(d)[i] = value == nil ? LaneState.null : LaneState.value
            }
        case .loadPresence(let d, let table):
            let present = table == .object ? input.object : input.packetSSO
            for i in 0..<n { r.outcome(d)[i] = present.isPresent(Int(lanes.outer[i])) ? Outcome.true : Outcome.false }
        case .mjdNow(let d): fill(r.double(d), r.numberState(d), n, input.recordedAt.days)
        case .setDouble(let d, let value): fill(r.double(d), r.numberState(d), n, value)
        case .setInteger(let d, let value): fill(r.integer(d), r.numberState(d), n, value)
        case .setOutcome(let d, let value): r.outcome(d).update(repeating: value, count: n)
        case .setText(let d, let index): fill(r.text(d), r.textState(d), n, texts[index])
        case .setNullNumber(let d):
            r.double(d).update(repeating: 0, count: n)
            r.numberState(d).update(repeating: LaneState.null, count: n)
        case .setNullText(let d):
            fill(r.text(d), r.textState(d), n, UnsafeRawBufferPointer(start: nil, count: 0))
            r.textState(d).update(repeating: LaneState.null, count: n)
        default: preconditionFailure("not a load")
        }
    }

    private func fill<T>(_ values: UnsafeMutablePointer<T>, _ states: UnsafeMutablePointer<UInt8>, _ n: Int, _ value: T) {
        values.update(repeating: value, count: n)
        states.update(repeating: LaneState.value, count: n)
    }

    // MARK: Columns

    private func table(_ source: ColumnSource, _ input: FilterInput) -> ColumnTable? {
        switch source.table {
        case .source: input.source
        case .packet: input.packet
        case .object: input.object
        case .packetSSO: input.packetSSO
        case .sso: input.sso
        case .nearest(let index): bindings[index].table
        case .detections: input.detections.table
        case .forced: input.forced.table
        }
    }

    private func loadDoubles(
        _ values: UnsafeMutablePointer<Double>, _ states: UnsafeMutablePointer<UInt8>, _ source: ColumnSource,
        _ lanes: Lanes, _ input: FilterInput
    ) {
        guard let column = table(source, input)?.columns[source.column] else {
            states.update(repeating: LaneState.unknown, count: lanes.count)
            return
        }
        if column.type == .float32 {
            gather(Float.self, source, column, lanes, input, values, states, isGood: { $0.isFinite }) { Double($0) }
        } else {
            gather(Double.self, source, column, lanes, input, values, states, isGood: { $0.isFinite }) { $0 }
        }
        markUnknown(source, lanes, states)
    }

    private func loadIntegers(
        _ values: UnsafeMutablePointer<Int64>, _ states: UnsafeMutablePointer<UInt8>, _ source: ColumnSource,
        _ lanes: Lanes, _ input: FilterInput
    ) {
        guard let column = table(source, input)?.columns[source.column] else {
            states.update(repeating: LaneState.unknown, count: lanes.count)
            return
        }
        if column.type == .int32 {
            gather(Int32.self, source, column, lanes, input, values, states) { Int64($0) }
        } else {
            gather(Int64.self, source, column, lanes, input, values, states) { $0 }
        }
        markUnknown(source, lanes, states)
    }

    private func loadOutcomes(
        _ outcomes: UnsafeMutablePointer<UInt8>, _ source: ColumnSource, _ lanes: Lanes, _ input: FilterInput
    ) {
        guard let column = table(source, input)?.columns[source.column] else {
            outcomes.update(repeating: Outcome.unknown, count: lanes.count)
            return
        }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: lanes.count) { states in
            guard let base = states.baseAddress else { return }
            gather(UInt8.self, source, column, lanes, input, outcomes, base) { $0 != 0 ? Outcome.true : Outcome.false }
            markUnknown(source, lanes, base)
            for i in 0..<lanes.count where base[i] != LaneState.value { outcomes[i] = LaneState.outcome(base[i]) }
        }
    }

    private func loadTexts(
        _ values: UnsafeMutablePointer<UnsafeRawBufferPointer>, _ states: UnsafeMutablePointer<UInt8>,
        _ source: ColumnSource, _ lanes: Lanes, _ input: FilterInput
    ) {
        let isStatus = source.isStatus
        guard let table = table(source, input) else {
            // What was not asked says so itself.
            fill(values, states, lanes.count, FilterEvaluator.unknownStatus)
            if !isStatus { states.update(repeating: LaneState.unknown, count: lanes.count) }
            return
        }
        let bytes = table.arena.bytes
        let sourceBytes = input.source.arena.bytes
        let column = table.columns[source.column]
        let isShared = table.arena === input.source.arena
        gather(ByteReference.self, source, column, lanes, input, values, states) { reference in
            UnsafeRawBufferPointer(rebasing: bytes[Int(reference.offset)..<Int(reference.offset) + Int(reference.length)])
        }
        if source.table == .detections && !isShared, let inner = lanes.inner {
            let trigger = input.source.columns[source.column]
            for i in 0..<lanes.count where inner[i] < 0 {
                guard let reference = trigger.reference(Int(~inner[i])) else { continue }
                values[i] = UnsafeRawBufferPointer(
                    rebasing: sourceBytes[Int(reference.offset)..<Int(reference.offset) + Int(reference.length)])
            }
        }
        if !isStatus { markUnknown(source, lanes, states) }
    }

    /// A status where there is no table at all.
    private nonisolated(unsafe) static let unknownStatus: UnsafeRawBufferPointer = {
        let text: StaticString = "unknown"
        return UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }()

    /// Cells of a match that nobody could look for are unknown, not NULL.
    private func markUnknown(_ source: ColumnSource, _ lanes: Lanes, _ states: UnsafeMutablePointer<UInt8>) {
        let binding: StatusBinding
        switch source.table {
        case .nearest(let index): binding = bindings[index]
        case .sso: binding = ssoBinding
        default: return
        }
        for i in 0..<lanes.count where binding.isUnknown(Int(lanes.outer[i])) { states[i] = LaneState.unknown }
    }

    /// Copies the cells of the lanes' rows; what is not good (NaN, and infinity no better) is NULL. In `detections` the
    /// complement of a row is that alert itself.
    @inline(__always)
    private func gather<T: BitwiseCopyable, U>(
        _: T.Type, _ source: ColumnSource, _ column: Column, _ lanes: Lanes, _ input: FilterInput,
        _ values: UnsafeMutablePointer<U>, _ states: UnsafeMutablePointer<UInt8>,
        isGood: (U) -> Bool = { _ in true }, _ convert: (T) -> U
    ) {
        let isInner = source.table == .detections || source.table == .forced
        let cells = column.buffer(as: T.self)
        let cellStates = column.stateBuffer
        guard isInner, let inner = lanes.inner else {
            for i in 0..<lanes.count {
                let row = Int(lanes.outer[i])
                let value = convert(cells[row])
                values[i] = value
                states[i] = cellStates[row] == 0 && isGood(value) ? LaneState.value : LaneState.null
            }
            return
        }
        guard source.table == .detections else {
            for i in 0..<lanes.count {
                let row = Int(inner[i])
                let value = convert(cells[row])
                values[i] = value
                states[i] = cellStates[row] == 0 && isGood(value) ? LaneState.value : LaneState.null
            }
            return
        }
        let trigger = input.source.columns[source.column]
        let triggerCells = trigger.buffer(as: T.self)
        for i in 0..<lanes.count {
            let row = Int(inner[i])
            if row >= 0 {
                let value = convert(cells[row])
                values[i] = value
                states[i] = cellStates[row] == 0 && isGood(value) ? LaneState.value : LaneState.null
            } else if trigger.hasValue(~row) {
                // References of another arena are put right by the caller; an empty one is safe in any.
                let isText = T.self == ByteReference.self && input.detections.table.arena !== input.source.arena
                if !isText { values[i] = convert(triggerCells[~row]) }
                states[i] = isText || isGood(values[i]) ? LaneState.value : LaneState.null
            } else {
                states[i] = LaneState.null
            }
        }
    }
}
