import Core

extension RecordFiller {
    /// Reads fields until `lastRun`, or until one that the fast path does not take: near the end of the bytes, a union
    /// branch that is not its one-byte form, a value out of range. `state` then says which, and the checked path reads
    /// it or faults.
    ///
    /// Before each field the fast path makes sure that its fixed part, at most `RunReader.fieldBytes`, is inside.
    func fill(_ bytes: UnsafeRawPointer, end: Int, row: Int, lastRun: Int, _ state: inout FillState) {
        var reader = RunReader(
            bytes: bytes, end: end, row: row, slots: slots, groups: groups,
            position: state.position, run: runs + state.run, index: state.index)
        let last = runs + lastRun
        while reader.run < last, reader.readRun() {
            reader.run += 1
            reader.index = 0
        }
        state = FillState(run: reader.run - runs, index: reader.index, position: reader.position)
    }
}

/// The fast path through the runs of a record.
private struct RunReader {
    /// A branch and the longest varint.
    static let fieldBytes = 11

    let bytes: UnsafeRawPointer
    let end: Int
    let row: Int
    let slots: UnsafeMutablePointer<CellPointers>
    let groups: UnsafeMutablePointer<FixedGroup>
    var position: Int
    var run: UnsafeMutablePointer<FieldRun>
    /// Fields of the run that are done.
    var index: Int

    /// Whether the whole run was read.
    @inline(__always) mutating func readRun() -> Bool {
        switch run.pointee.operation {
        case .fixed: fixed()
        case .int32: each { $0.int32($1) }
        case .optionalInt32: eachOptional(UInt32.self) { $0.int32($1) }
        case .int64: each { $0.int64($1) }
        case .optionalInt64: eachOptional(UInt64.self) { $0.int64($1) }
        case .text: each { $0.text($1) }
        case .optionalText: eachOptional(UInt64.self) { $0.text($1) }
        case .skipVarint: eachSkip(isOptional: false) { $0.skipVarint() }
        case .skipOptionalVarint: eachSkip(isOptional: true) { $0.skipVarint() }
        case .skipText: eachSkip(isOptional: false) { $0.skipText() }
        case .skipOptionalText: eachSkip(isOptional: true) { $0.skipText() }
        case .checked: false
        }
    }

    @inline(__always) private func byte(at offset: Int) -> UInt8 { bytes.load(fromByteOffset: offset, as: UInt8.self) }

    @inline(__always) private var isFieldInside: Bool { position <= end &- RunReader.fieldBytes }

    @inline(__always) private func store<T: FixedWidthInteger & BitwiseCopyable>(
        _ value: T, _ state: CellState, _ cells: UnsafeMutablePointer<CellPointers>
    ) {
        cells.pointee.values.storeBytes(of: value, toByteOffset: row &* MemoryLayout<T>.size, as: T.self)
        cells.pointee.states[row] = state.rawValue
    }

    // MARK: Loops

    /// Reads each field with `body`, which answers false (and has not moved) where the checked path must look.
    @inline(__always) private mutating func each(
        _ body: (inout RunReader, UnsafeMutablePointer<CellPointers>) -> Bool
    ) -> Bool {
        let count = Int(run.pointee.count)
        var cells = slots + (Int(run.pointee.firstSlot) &+ index)
        repeat {
            guard isFieldInside, body(&self, cells) else { return false }
            cells += 1
            index &+= 1
        } while index < count
        return true
    }

    @inline(__always) private mutating func eachOptional<T: FixedWidthInteger & BitwiseCopyable>(
        _ type: T.Type, _ body: (inout RunReader, UnsafeMutablePointer<CellPointers>) -> Bool
    ) -> Bool {
        let count = Int(run.pointee.count)
        let valueByte = run.pointee.valueByte
        var cells = slots + (Int(run.pointee.firstSlot) &+ index)
        repeat {
            guard isFieldInside else { return false }
            let branch = byte(at: position)
            if branch == valueByte {
                position &+= 1
                if !body(&self, cells) {
                    position &-= 1
                    return false
                }
            } else {
                guard branch == run.pointee.nullByte else { return false }
                position &+= 1
                store(T.zero, .null, cells)
            }
            cells += 1
            index &+= 1
        } while index < count
        return true
    }

    @inline(__always) private mutating func eachSkip(isOptional: Bool, _ body: (inout RunReader) -> Bool) -> Bool {
        let count = Int(run.pointee.count)
        repeat {
            guard isFieldInside else { return false }
            if isOptional {
                let branch = byte(at: position)
                position &+= 1
                if branch != run.pointee.nullByte, branch != run.pointee.valueByte || !body(&self) {
                    position &-= 1
                    return false
                }
            } else if !body(&self) {
                return false
            }
            index &+= 1
        } while index < count
        return true
    }

    // MARK: Fixed widths

    @inline(__always) private mutating func fixed() -> Bool {
        let group = groups + Int(run.pointee.group)
        guard index == 0, let shape = group.pointee.shape(at: bytes + position, available: end &- position) else {
            return fixedOneByOne()
        }
        let start = bytes + position
        var copy = shape.pointee.copies
        copyAll(UInt32.self, &copy, shape.pointee.end4, start)
        copyAll(UInt64.self, &copy, shape.pointee.end8, start)
        copyAll(UInt8.self, &copy, shape.pointee.end1, start)
        while copy < shape.pointee.clearsEnd {
            let cells = slots + Int(copy.pointee.slotOffset) / MemoryLayout<CellPointers>.stride
            storeNull(width: copy.pointee.offset, cells)
            copy += 1
        }
        position &+= shape.pointee.length
        return true
    }

    @inline(__always) private func copyAll<T: FixedWidthInteger & BitwiseCopyable>(
        _ type: T.Type, _ copy: inout UnsafeMutablePointer<FixedShape.Copy>,
        _ last: UnsafeMutablePointer<FixedShape.Copy>, _ start: UnsafeRawPointer
    ) {
        let cells = UnsafeRawPointer(slots)
        while copy + 4 <= last {
            copyOne(type, copy[0], start, cells)
            copyOne(type, copy[1], start, cells)
            copyOne(type, copy[2], start, cells)
            copyOne(type, copy[3], start, cells)
            copy += 4
        }
        while copy < last {
            copyOne(type, copy[0], start, cells)
            copy += 1
        }
    }

    @inline(__always) private func copyOne<T: FixedWidthInteger & BitwiseCopyable>(
        _ type: T.Type, _ copy: FixedShape.Copy, _ start: UnsafeRawPointer, _ cells: UnsafeRawPointer
    ) {
        let value = T(littleEndian: start.loadUnaligned(fromByteOffset: Int(copy.offset), as: T.self))
        let cell = cells.load(fromByteOffset: Int(copy.slotOffset), as: CellPointers.self)
        cell.values.storeBytes(of: value, toByteOffset: row &* MemoryLayout<T>.size, as: T.self)
        cell.states[row] = CellState.value.rawValue
    }

    /// Near the end of the bytes, after a field of the checked path, and where the nulls lie as never before.
    @inline(never) private mutating func fixedOneByOne() -> Bool {
        let group = groups + Int(run.pointee.group)
        let isWhole = index == 0
        var nulls: UInt64 = 0
        while index < group.pointee.fields.count {
            let field = group.pointee.fields[index]
            guard field.size <= end &- position else { return false }
            var place = position
            var isNull = false
            if field.isOptional {
                isNull = byte(at: place) == field.nullByte
                guard isNull || byte(at: place) == field.valueByte else { return false }
                place &+= 1
            }
            let cells = slots + max(Int(field.slot), 0)
            if isNull {
                nulls |= 1 << UInt64(index)
                if field.slot >= 0 { storeNull(width: field.width, cells) }
            } else {
                if field.isBoolean && byte(at: place) > 1 { return false }
                if field.slot >= 0 { store(width: field.width, at: place, cells) }
                place &+= Int(field.width)
            }
            position = place
            index &+= 1
        }
        if isWhole { group.pointee.learn(nulls: nulls) }
        return true
    }

    private func store(width: Int32, at place: Int, _ cells: UnsafeMutablePointer<CellPointers>) {
        switch width {
        case 4: store(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)), .value, cells)
        case 8: store(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)), .value, cells)
        default: store(byte(at: place), .value, cells)
        }
    }

    @inline(__always) private func storeNull(width: Int32, _ cells: UnsafeMutablePointer<CellPointers>) {
        switch width {
        case 4: store(UInt32.zero, .null, cells)
        case 8: store(UInt64.zero, .null, cells)
        default: store(UInt8.zero, .null, cells)
        }
    }

    // MARK: Values

    @inline(__always) private mutating func int32(_ cells: UnsafeMutablePointer<CellPointers>) -> Bool {
        let start = position
        guard let value = varint(), let narrow = Int32(exactly: value) else {
            position = start
            return false
        }
        store(UInt32(bitPattern: narrow), .value, cells)
        return true
    }

    @inline(__always) private mutating func int64(_ cells: UnsafeMutablePointer<CellPointers>) -> Bool {
        guard let value = varint() else { return false }
        store(UInt64(bitPattern: value), .value, cells)
        return true
    }

    @inline(__always) private mutating func text(_ cells: UnsafeMutablePointer<CellPointers>) -> Bool {
        let start = position
        guard let length = varint(), length >= 0, length <= Int64(end &- position) else {
            position = start
            return false
        }
        // An arena is below 4 GiB.
        store(ByteReference.bits(offset: position, length: Int(length)), .value, cells)
        position &+= Int(length)
        return true
    }

    @inline(__always) private mutating func skipVarint() -> Bool { varint() != nil }

    @inline(__always) private mutating func skipText() -> Bool {
        let start = position
        guard let length = varint(), length >= 0, length <= Int64(end &- position) else {
            position = start
            return false
        }
        position &+= Int(length)
        return true
    }

    @inline(__always) private mutating func varint() -> Int64? { Varint.read(bytes, &position) }
}

extension ByteReference {
    /// A reference as the eight bytes of its cell: offset in the low half, length in the high one.
    @inline(__always) static func bits(offset: Int, length: Int) -> UInt64 {
        UInt64(UInt32(truncatingIfNeeded: offset)) | UInt64(UInt32(truncatingIfNeeded: length)) << 32
    }
}
