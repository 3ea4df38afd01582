import Core

extension RecordFiller {
    /// Reads fields until `lastRun`, or until one that the fast path does not take: near the end of the bytes, a union branch
    /// that is not its one-byte form, a value out of range. `state` then says which, and the checked path reads it or faults.
    ///
    /// Every run first makes sure that the fixed parts of all its fields are inside the bytes; lengths are checked one by one.
    func fill(_ bytes: UnsafeRawPointer, end: Int, row: Int, lastRun: Int, _ state: inout FillState) {
        while state.run < lastRun {
            let run = runs[state.run]
            guard run.operation != .checked, run.fixedBytes <= end - state.position else { return }
            var reader = RunReader(
                bytes: bytes, end: end, position: state.position, row: row, run: run, slots: slots, index: state.index)
            reader.read()
            state.position = reader.position
            state.index = reader.index
            guard reader.index == Int(run.count) else { return }
            state.run += 1
            state.index = 0
        }
    }
}

/// The fast path through one run.
private struct RunReader {
    let bytes: UnsafeRawPointer
    let end: Int
    var position: Int
    let row: Int
    let run: FieldRun
    let slots: UnsafeMutablePointer<CellPointers>
    var index: Int

    @inline(__always) mutating func read() {
        switch run.operation {
        case .copy4: copy(UInt32.self)
        case .copy8: copy(UInt64.self)
        case .optionalCopy4: optionalCopy(UInt32.self)
        case .optionalCopy8: optionalCopy(UInt64.self)
        case .boolean: each { $0.boolean() }
        case .optionalBoolean: eachOptional(UInt8.self) { $0.boolean() }
        case .int32: each { $0.int32() }
        case .optionalInt32: eachOptional(UInt32.self) { $0.int32() }
        case .int64: each { $0.int64() }
        case .optionalInt64: eachOptional(UInt64.self) { $0.int64() }
        case .text: each { $0.text() }
        case .optionalText: eachOptional(UInt64.self) { $0.text() }
        case .skipFixed: skipFixed()
        case .skipOptionalFixed: skipOptionalFixed()
        case .skipVarint: each { $0.skipVarint() }
        case .skipOptionalVarint: eachOptionalSkip { $0.skipVarint() }
        case .skipText: each { $0.skipText() }
        case .skipOptionalText: eachOptionalSkip { $0.skipText() }
        case .checked: break
        }
    }

    @inline(__always) private var cells: CellPointers { slots[Int(run.firstSlot) + index] }

    @inline(__always) private func store<T: FixedWidthInteger & BitwiseCopyable>(_ value: T, _ state: CellState) {
        let cells = cells
        cells.values.storeBytes(of: value, toByteOffset: row &* MemoryLayout<T>.size, as: T.self)
        cells.states[row] = state.rawValue
    }

    // MARK: Loops

    @inline(__always) private mutating func copy<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) {
        while index < Int(run.count) {
            store(T(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: T.self)), .value)
            position &+= MemoryLayout<T>.size
            index &+= 1
        }
    }

    @inline(__always) private mutating func optionalCopy<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) {
        while index < Int(run.count) {
            let branch = bytes.load(fromByteOffset: position, as: UInt8.self)
            if branch == run.valueByte {
                store(T(littleEndian: bytes.loadUnaligned(fromByteOffset: position &+ 1, as: T.self)), .value)
                position &+= 1 &+ MemoryLayout<T>.size
            } else if branch == run.nullByte {
                store(T.zero, .null)
                position &+= 1
            } else {
                return
            }
            index &+= 1
        }
    }

    /// Reads each field with `body`, which answers false (and has not moved) where the checked path must look.
    @inline(__always) private mutating func each(_ body: (inout RunReader) -> Bool) {
        while index < Int(run.count) {
            guard Int(run.itemBytes) <= end - position, body(&self) else { return }
            index &+= 1
        }
    }

    @inline(__always) private mutating func eachOptional<T: FixedWidthInteger & BitwiseCopyable>(
        _ type: T.Type, _ body: (inout RunReader) -> Bool
    ) {
        while index < Int(run.count) {
            guard Int(run.itemBytes) <= end - position else { return }
            let branch = bytes.load(fromByteOffset: position, as: UInt8.self)
            position &+= 1
            if branch == run.nullByte {
                store(T.zero, .null)
            } else if branch != run.valueByte || !body(&self) {
                position &-= 1
                return
            }
            index &+= 1
        }
    }

    @inline(__always) private mutating func eachOptionalSkip(_ body: (inout RunReader) -> Bool) {
        while index < Int(run.count) {
            guard Int(run.itemBytes) <= end - position else { return }
            let branch = bytes.load(fromByteOffset: position, as: UInt8.self)
            position &+= 1
            if branch != run.nullByte, branch != run.valueByte || !body(&self) {
                position &-= 1
                return
            }
            index &+= 1
        }
    }

    @inline(__always) private mutating func skipFixed() {
        position &+= (Int(run.count) - index) &* Int(run.itemBytes)
        index = Int(run.count)
    }

    @inline(__always) private mutating func skipOptionalFixed() {
        let width = Int(run.itemBytes)
        while index < Int(run.count) {
            let branch = bytes.load(fromByteOffset: position, as: UInt8.self)
            if branch == run.valueByte {
                position &+= width
            } else if branch == run.nullByte {
                position &+= 1
            } else {
                return
            }
            index &+= 1
        }
    }

    // MARK: Values

    @inline(__always) private mutating func boolean() -> Bool {
        let value = bytes.load(fromByteOffset: position, as: UInt8.self)
        guard value <= 1 else { return false }
        store(value, .value)
        position &+= 1
        return true
    }

    @inline(__always) private mutating func int32() -> Bool {
        let start = position
        guard let value = varint(), let narrow = Int32(exactly: value) else {
            position = start
            return false
        }
        store(UInt32(bitPattern: narrow), .value)
        return true
    }

    @inline(__always) private mutating func int64() -> Bool {
        guard let value = varint() else { return false }
        store(UInt64(bitPattern: value), .value)
        return true
    }

    @inline(__always) private mutating func text() -> Bool {
        let start = position
        guard let length = varint(), length >= 0, length <= Int64(end - position) else {
            position = start
            return false
        }
        // A `ByteReference`: offset in the low half, length in the high one; messages are far below 4 GiB.
        store(UInt64(UInt32(position)) | UInt64(length) << 32, .value)
        position &+= Int(length)
        return true
    }

    @inline(__always) private mutating func skipVarint() -> Bool { varint() != nil }

    @inline(__always) private mutating func skipText() -> Bool {
        let start = position
        guard let length = varint(), length >= 0, length <= Int64(end - position) else {
            position = start
            return false
        }
        position &+= Int(length)
        return true
    }

    /// A zigzag varint whose ten bytes are inside; nil, without moving, when it is longer than 64 bits.
    @inline(__always) private mutating func varint() -> Int64? {
        let first = bytes.load(fromByteOffset: position, as: UInt8.self)
        if first < 0x80 {
            position &+= 1
            return Int64(first >> 1) ^ -Int64(first & 1)
        }
        // Eight bytes at once: the first clear top bit ends the number, then the 7-bit groups are pushed together.
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        let ends = ~word & 0x8080_8080_8080_8080
        var value: UInt64
        if ends != 0 {
            let count = (ends.trailingZeroBitCount &+ 1) / 8
            value = RunReader.compress(word & (UInt64.max >> UInt64(64 &- count &* 8)))
            position &+= count
        } else {
            value = RunReader.compress(word)
            let ninth = bytes.load(fromByteOffset: position &+ 8, as: UInt8.self)
            value |= UInt64(ninth & 0x7F) << 56
            if ninth >= 0x80 {
                let tenth = bytes.load(fromByteOffset: position &+ 9, as: UInt8.self)
                guard tenth <= 1 else { return nil }
                value |= UInt64(tenth) << 63
                position &+= 1
            }
            position &+= 9
        }
        return Int64(bitPattern: (value >> 1) ^ (0 &- (value & 1)))
    }

    @inline(__always) private static func compress(_ word: UInt64) -> UInt64 {
        var x = word & 0x7F7F_7F7F_7F7F_7F7F
        x = (x & 0x007F_007F_007F_007F) | ((x & 0x7F00_7F00_7F00_7F00) >> 1)
        x = (x & 0x0000_3FFF_0000_3FFF) | ((x & 0x3FFF_0000_3FFF_0000) >> 2)
        return (x & 0x0FFF_FFFF) | ((x & 0x0FFF_FFFF_0000_0000) >> 4)
    }
}
