import Core

extension RecordFiller {
    /// Reads fields until `lastRun`, or until one that the fast path does not take: near the end of the bytes, a union
    /// branch that is not its one-byte form, a value out of range. `state` then says which, and the checked path reads
    /// it or faults.
    ///
    /// Before each field the fast path makes sure that its fixed part, at most `RunReader.fieldBytes`, is inside.
    func fill(_ bytes: UnsafeRawPointer, end: Int, row: Int, lastRun: Int, _ state: inout FillState) {
        var reader = RunReader(
            bytes: bytes, end: end, row: row, slots: slots, branchOffsets: branchOffsets, skipWidths: skipWidths,
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
    let branchOffsets: UnsafeMutablePointer<Int32>
    let skipWidths: UnsafeMutablePointer<Int32>
    var position: Int
    var run: UnsafeMutablePointer<FieldRun>
    /// Fields of the run that are done.
    var index: Int

    /// Whether the whole run was read.
    @inline(__always) mutating func readRun() -> Bool {
        switch run.pointee.operation {
        case .copy4: each { $0.copy(UInt32.self, $1) }
        case .copy8: each { $0.copy(UInt64.self, $1) }
        case .optionalCopy4: eachOptional(UInt32.self) { $0.copy(UInt32.self, $1) }
        case .optionalCopy8: eachOptional(UInt64.self) { $0.copy(UInt64.self, $1) }
        case .boolean: each { $0.boolean($1) }
        case .optionalBoolean: eachOptional(UInt8.self) { $0.boolean($1) }
        case .int32: each { $0.int32($1) }
        case .optionalInt32: eachOptional(UInt32.self) { $0.int32($1) }
        case .int64: each { $0.int64($1) }
        case .optionalInt64: eachOptional(UInt64.self) { $0.int64($1) }
        case .text: each { $0.text($1) }
        case .optionalText: eachOptional(UInt64.self) { $0.text($1) }
        case .skipFixed: skipFixed()
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

    /// If no field is null, all branches lie where the program says: those bytes are compared without one waiting for
    /// another. Otherwise field by field.
    @inline(__always) private mutating func skipFixed() -> Bool {
        guard Int(run.pointee.skippedBytes) <= end &- position else { return false }
        if index == 0 {
            let valueByte = run.pointee.valueByte
            let start = bytes + position
            var difference: UInt8 = 0
            var branch = branchOffsets + Int(run.pointee.firstBranch)
            let last = branch + Int(run.pointee.branchCount)
            while branch < last {
                difference |= start.load(fromByteOffset: Int(branch.pointee), as: UInt8.self) ^ valueByte
                branch += 1
            }
            if difference == 0 {
                position &+= Int(run.pointee.skippedBytes)
                return true
            }
        }
        while index < Int(run.pointee.count) {
            let width = Int(skipWidths[Int(run.pointee.firstField) &+ index])
            if width < 0 {
                position &-= width
            } else if byte(at: position) == run.pointee.valueByte {
                position &+= width
            } else {
                guard byte(at: position) == run.pointee.nullByte else { return false }
                position &+= 1
            }
            index &+= 1
        }
        return true
    }

    // MARK: Values

    @inline(__always) private mutating func copy<T: FixedWidthInteger & BitwiseCopyable>(
        _ type: T.Type, _ cells: UnsafeMutablePointer<CellPointers>
    ) -> Bool {
        store(T(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: T.self)), .value, cells)
        position &+= MemoryLayout<T>.size
        return true
    }

    @inline(__always) private mutating func boolean(_ cells: UnsafeMutablePointer<CellPointers>) -> Bool {
        let value = byte(at: position)
        guard value <= 1 else { return false }
        store(value, .value, cells)
        position &+= 1
        return true
    }

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
        // A `ByteReference`: offset in the low half, length in the high one; an arena is below 4 GiB.
        store(UInt64(UInt32(truncatingIfNeeded: position)) | UInt64(bitPattern: length) << 32, .value, cells)
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

    /// A zigzag varint whose ten bytes are inside; nil, without moving, when it is longer than 64 bits.
    @inline(__always) private mutating func varint() -> Int64? {
        let first = byte(at: position)
        if first < 0x80 {
            position &+= 1
            return Int64(first >> 1) ^ (0 &- Int64(first & 1))
        }
        // Eight bytes at once: the first clear top bit ends the number, then the 7-bit groups are pushed together.
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        let ends = ~word & 0x8080_8080_8080_8080
        var value: UInt64
        if ends != 0 {
            let lastBit = ends.trailingZeroBitCount
            value = RunReader.compress(word & (UInt64.max &>> UInt64(truncatingIfNeeded: 63 &- lastBit)))
            position &+= (lastBit &+ 1) &>> 3
        } else {
            value = RunReader.compress(word)
            let ninth = byte(at: position &+ 8)
            value |= UInt64(ninth & 0x7F) << 56
            if ninth >= 0x80 {
                let tenth = byte(at: position &+ 9)
                guard tenth <= 1 else { return nil }
                value |= UInt64(tenth) << 63
                position &+= 1
            }
            position &+= 9
        }
        return Int64(bitPattern: (value &>> 1) ^ (0 &- (value & 1)))
    }

    @inline(__always) private static func compress(_ word: UInt64) -> UInt64 {
        var x = word & 0x7F7F_7F7F_7F7F_7F7F
        x = (x & 0x007F_007F_007F_007F) | ((x & 0x7F00_7F00_7F00_7F00) &>> 1)
        x = (x & 0x0000_3FFF_0000_3FFF) | ((x & 0x3FFF_0000_3FFF_0000) &>> 2)
        return (x & 0x0FFF_FFFF) | ((x & 0x0FFF_FFFF_0000_0000) &>> 4)
    }
}
