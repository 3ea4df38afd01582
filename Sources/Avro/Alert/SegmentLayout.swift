import Core

/// A field of a segment, as its record's program has it.
struct SegmentField {
    let operation: FieldOperation
    let valueByte: UInt8
    let nullByte: UInt8
    let slot: Int32
    /// Of fields of fixed width.
    let fixed: FixedField
}

/// What a segment looked like that the field-by-field path has read: made once for each layout, to become a
/// `SegmentShape`.
struct SegmentLayout {
    private(set) var tested: [ByteCheck.Test] = []
    private(set) var sources: [SegmentShape.Source] = []
    private(set) var length = 0
    /// Varints of up to eight bytes are read as eight.
    private(set) var readable = 0
    /// False where a shape cannot tell the bytes: strings of 64 bytes or more, branches in more bytes than one.
    private var isPlain = true
    private let start: UnsafeRawPointer
    private let available: Int

    /// The layout of the segment that begins at `start`, in a record that was read before; nil where a shape cannot tell it.
    init?(_ fields: [SegmentField], _ start: UnsafeRawPointer, available: Int) {
        self.start = start
        self.available = available
        for field in fields where isPlain { add(field) }
        guard isPlain, length <= available else { return nil }
    }

    private mutating func add(_ field: SegmentField) {
        switch field.operation {
        case .fixed: addFixed(field.fixed)
        case .int64, .skipVarint: addVarint(field.slot)
        case .text, .skipText: addText(field.slot)
        case .optionalInt64, .skipOptionalVarint:
            if isNull(field.nullByte, or: field.valueByte) { addNull(field.slot, width: 8) } else { addVarint(field.slot) }
        case .optionalText, .skipOptionalText:
            if isNull(field.nullByte, or: field.valueByte) { addNull(field.slot, width: 8) } else { addText(field.slot) }
        case .int32, .optionalInt32, .checked: preconditionFailure("no field of a segment")
        }
    }

    private mutating func byte(_ offset: Int) -> UInt8 {
        guard offset < available else {
            isPlain = false
            return 0
        }
        return start.load(fromByteOffset: offset, as: UInt8.self)
    }

    /// Tests for the branch that is there; whether it is the null one.
    private mutating func isNull(_ nullByte: UInt8, or valueByte: UInt8) -> Bool {
        let branch = byte(length)
        if branch != nullByte && branch != valueByte { isPlain = false }
        tested.append((length, 0xFF, branch))
        length += 1
        return branch == nullByte
    }

    private mutating func addNull(_ slot: Int32, width: Int32) {
        if slot >= 0 { sources.append(.init(kind: .null, slot: slot, offset: width, length: 0)) }
    }

    private mutating func addFixed(_ field: FixedField) {
        if field.isOptional {
            if isNull(field.nullByte, or: field.valueByte) { return addNull(field.slot, width: field.width) }
        }
        if field.isBoolean { tested.append((length, 0xFE, 0)) }
        if field.slot >= 0 {
            let kind: SegmentShape.Kind = field.width == 4 ? .four : field.width == 8 ? .eight : .one
            sources.append(.init(kind: kind, slot: field.slot, offset: Int32(length), length: field.width))
        }
        length += Int(field.width)
    }

    private mutating func addVarint(_ slot: Int32) {
        var size = 1
        while byte(length + size - 1) >= 0x80 { size += 1 }
        for index in 0..<size - 1 { tested.append((length + index, 0x80, 0x80)) }
        // A tenth byte has only one bit of the 64.
        tested.append((length + size - 1, size == 10 ? 0xFE : 0x80, 0))
        if slot >= 0 {
            sources.append(.init(kind: .int64, slot: slot, offset: Int32(length), length: Int32(size)))
            readable = max(readable, length + 8)
        }
        length += size
    }

    private mutating func addText(_ slot: Int32) {
        let head = byte(length)
        guard head < 0x80 else {
            isPlain = false
            return
        }
        tested.append((length, 0xFF, head))
        let size = Int32(head >> 1)
        if slot >= 0 { sources.append(.init(kind: .text, slot: slot, offset: Int32(length + 1), length: size)) }
        length += 1 + Int(size)
    }
}
