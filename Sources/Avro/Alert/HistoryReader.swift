import Core

/// The fast path through the records of a history array: segments of fields whose places a known layout tells are only
/// noted, and then copied for many records at once, column by column; 32-bit integers, whose lengths vary, lie between
/// the segments and are read one by one.
///
/// It takes whole records only, and leaves one that it does not know, or that comes near the end of the bytes, to the
/// field-by-field path.
final class HistoryReader {
    /// Records whose places are noted before they are copied: these and their bytes stay in the nearest cache.
    static let chunk = 64
    /// A branch and the longest varint.
    private static let fieldBytes = 11

    private enum Operation: UInt8 {
        case segment, int32, optionalInt32, int64, optionalInt64, skip, skipOptional
    }

    private struct Step {
        let operation: Operation
        var valueByte: UInt8 = 0
        var nullByte: UInt8 = 0
        /// Of a segment its number, else the slot.
        let index: Int32
    }

    private struct Segment {
        var shapes = SegmentShapes()
        /// The layout of the noted records from `first` on.
        var pending: UnsafeMutablePointer<SegmentShape>?
        var first = 0
        let positions: UnsafeMutablePointer<UInt32>
    }

    private let steps: UnsafeMutablePointer<Step>
    private let stepsEnd: UnsafeMutablePointer<Step>
    private let segments: UnsafeMutablePointer<Segment>
    private let segmentCount: Int
    private let fields: [[SegmentField]]
    private let slots: UnsafeMutablePointer<CellPointers>

    /// Nil when a field needs the checked path.
    init?(_ program: RecordProgram, slots: UnsafeMutablePointer<CellPointers>) {
        var steps: [Step] = []
        var fields: [[SegmentField]] = []
        for run in program.runs {
            for index in Int(run.firstField)..<Int(run.firstField + run.count) {
                let slot = Int32(program.fields[index].slot)
                guard let operation = HistoryReader.operation(run.operation, isShort: program.fields[index].isShort)
                else { return nil }
                guard operation == .segment else {
                    steps.append(
                        Step(operation: operation, valueByte: run.valueByte, nullByte: run.nullByte, index: slot))
                    continue
                }
                if steps.last?.operation != .segment {
                    steps.append(Step(operation: .segment, index: Int32(fields.count)))
                    fields.append([])
                }
                fields[fields.count - 1].append(
                    SegmentField(
                        operation: run.operation, valueByte: run.valueByte, nullByte: run.nullByte, slot: slot,
                        fixed: program.fixedFields[index]))
            }
        }
        (self.steps, stepsEnd) = ByteCheck.memory(steps)
        self.fields = fields
        segmentCount = fields.count
        self.slots = slots
        segments = .allocate(capacity: max(fields.count, 1))
        for index in fields.indices {
            (segments + index).initialize(to: Segment(positions: .allocate(capacity: HistoryReader.chunk)))
        }
    }

    deinit {
        for index in fields.indices {
            segments[index].shapes.deallocate()
            segments[index].positions.deallocate()
        }
        segments.deallocate()
        steps.deallocate()
    }

    private static func operation(_ operation: FieldOperation, isShort: Bool) -> Operation? {
        switch operation {
        case .checked: nil
        case .int32: .int32
        case .optionalInt32: .optionalInt32
        case .int64 where isShort: .int64
        case .optionalInt64 where isShort: .optionalInt64
        case .skipVarint where isShort: .skip
        case .skipOptionalVarint where isShort: .skipOptional
        default: .segment
        }
    }

    // MARK: Reading

    /// Fills rows from `row` on with the records from `position` on, at most `limit`, and moves `position` behind those
    /// taken; answers how many.
    func read(_ bytes: UnsafeRawPointer, end: Int, row: Int, limit: Int, position: inout Int) -> Int {
        var done = 0
        while done < limit {
            let wanted = min(limit - done, HistoryReader.chunk)
            var noted = 0
            while noted < wanted, note(bytes, end, noted, row: row + done, &position) { noted += 1 }
            for index in 0..<segmentCount {
                flush(segments + index, bytes, before: noted, row: row + done)
                segments[index].first = 0
            }
            done += noted
            if noted < wanted { break }
        }
        return done
    }

    /// Reads the integers of one record and notes where its segments are; false where the record must be read otherwise.
    @inline(__always) private func note(
        _ bytes: UnsafeRawPointer, _ end: Int, _ number: Int, row: Int, _ position: inout Int
    ) -> Bool {
        var place = position
        var step = steps
        let last = stepsEnd
        while step < last {
            if step.pointee.operation == .segment {
                let segment = segments + Int(step.pointee.index)
                guard let shape = segment.pointee.shapes.shape(at: bytes + place, available: end &- place)
                else { return false }
                if shape != segment.pointee.pending {
                    flush(segment, bytes, before: number, row: row)
                    segment.pointee.pending = shape
                }
                segment.pointee.positions[number] = UInt32(truncatingIfNeeded: place)
                place &+= shape.pointee.length
            } else {
                guard place <= end &- HistoryReader.fieldBytes, integer(step, bytes, &place, row &+ number)
                else { return false }
            }
            step += 1
        }
        position = place
        return true
    }

    /// Fills the rows of a segment's noted records before number `before`.
    @inline(__always) private func flush(
        _ segment: UnsafeMutablePointer<Segment>, _ bytes: UnsafeRawPointer, before: Int, row: Int
    ) {
        let first = segment.pointee.first
        if let shape = segment.pointee.pending, before > first {
            shape.pointee.fill(
                bytes, segment.pointee.positions + first, row: row + first, count: before - first, slots: slots)
        }
        segment.pointee.first = before
    }

    @inline(__always) private func integer(
        _ step: UnsafeMutablePointer<Step>, _ bytes: UnsafeRawPointer, _ place: inout Int, _ row: Int
    ) -> Bool {
        var isNull = false
        switch step.pointee.operation {
        case .optionalInt32, .optionalInt64, .skipOptional:
            let branch = bytes.load(fromByteOffset: place, as: UInt8.self)
            isNull = branch == step.pointee.nullByte
            guard isNull || branch == step.pointee.valueByte else { return false }
            place &+= 1
        default: break
        }
        var value: Int64 = 0
        if !isNull {
            // One byte or two, without a branch that would have to be guessed.
            let word = UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt16.self))
            if word & 0x8080 != 0x8080 {
                let isLong = Int(word &>> 7 & 1)
                let zigzag = UInt64(word & 0x7F | (word &>> 1 & 0x3F80) & (0 &- UInt16(truncatingIfNeeded: isLong)))
                value = Int64(bitPattern: Varint.signed(zigzag))
                place &+= 1 &+ isLong
            } else {
                guard let read = Varint.read(bytes, &place) else { return false }
                value = read
            }
        }
        let cells = slots + Int(max(step.pointee.index, 0))
        switch step.pointee.operation {
        case .skip, .skipOptional, .segment: return true
        case .int32, .optionalInt32:
            guard let narrow = Int32(exactly: value) else { return false }
            cells.pointee.values.storeBytes(of: narrow, toByteOffset: row &* 4, as: Int32.self)
        case .int64, .optionalInt64:
            cells.pointee.values.storeBytes(of: value, toByteOffset: row &* 8, as: Int64.self)
        }
        cells.pointee.states[row] = (isNull ? CellState.null : CellState.value).rawValue
        return true
    }

    // MARK: Learning

    /// Remembers the layouts of a record that was read field by field and that `read` did not take.
    @inline(never) func learn(_ bytes: UnsafeRawPointer, _ range: Range<Int>) {
        var place = range.lowerBound
        var fresh: [(segment: Int, layout: SegmentLayout)] = []
        for step in UnsafeBufferPointer(start: steps, count: stepsEnd - steps) {
            if step.operation == .segment {
                let segment = segments + Int(step.index)
                let available = range.upperBound - place
                if let known = segment.pointee.shapes.shape(at: bytes + place, available: available) {
                    place += known.pointee.length
                    continue
                }
                guard let layout = SegmentLayout(fields[Int(step.index)], bytes + place, available: available)
                else { return }
                place += layout.length
                fresh.append((Int(step.index), layout))
            } else {
                place += HistoryReader.size(of: step, bytes + place, available: range.upperBound - place)
            }
        }
        // Otherwise it was read in another way than its layout says: a union branch in two bytes is one.
        guard place == range.upperBound else { return }
        for (index, layout) in fresh where segments[index].shapes.isWorthLearning() {
            // Nothing is noted between two calls of `read`, so that a shape may make room.
            segments[index].pending = nil
            segments[index].shapes.learn(layout)
        }
    }

    private static func size(of step: Step, _ bytes: UnsafeRawPointer, available: Int) -> Int {
        var size = 0
        switch step.operation {
        case .optionalInt32, .optionalInt64, .skipOptional:
            size = 1
            if available > 0, bytes.load(as: UInt8.self) == step.nullByte { return size }
        default: break
        }
        while size < available, bytes.load(fromByteOffset: size, as: UInt8.self) >= 0x80 { size += 1 }
        return size + 1
    }
}
