import Core

/// A field of fixed width, wanted or not: what a run of them is made of.
struct FixedField {
    /// −1 when the field is not wanted.
    var slot: Int32 = -1
    /// Bytes of the value, without a branch.
    var width: Int32 = 0
    var isBoolean = false
    var isOptional = false
    /// The encoded branch of an optional's value and of its null: 0x02 and 0x00 when null comes first.
    var valueByte: UInt8 = 0
    var nullByte: UInt8 = 0

    /// Bytes of a value, its branch included.
    var size: Int { Int(width) + (isOptional ? 1 : 0) }
}

/// A run of fixed-width fields with one choice of which of them are null. All places are then known beforehand: the branches
/// are compared 16 bytes at once, and the values are copied without one waiting for another.
struct FixedShape {
    /// A value's place in the run, and that of its slot's pointers among all of them, both in bytes.
    struct Copy {
        var offset: Int32
        var slotOffset: Int32
    }

    /// Bit i is set where field i is null.
    let nulls: UInt64
    /// Bytes of the whole run.
    let length: Int
    /// Bytes that must be readable for the checks, at least `length`.
    let readable: Int
    let checks: UnsafeMutablePointer<ByteCheck>
    let checksEnd: UnsafeMutablePointer<ByteCheck>
    /// Wanted values of 4 bytes, then those of 8 and of 1, then wanted fields that are null (whose offset is the width).
    let copies: UnsafeMutablePointer<Copy>
    let end4: UnsafeMutablePointer<Copy>
    let end8: UnsafeMutablePointer<Copy>
    let end1: UnsafeMutablePointer<Copy>
    let clearsEnd: UnsafeMutablePointer<Copy>

    init(_ fields: UnsafeBufferPointer<FixedField>, nulls: UInt64) {
        self.nulls = nulls
        var tested: [ByteCheck.Test] = []
        var copies: [Int32: [Copy]] = [:]
        var cleared: [Copy] = []
        var offset = 0
        let stride = Int32(MemoryLayout<CellPointers>.stride)
        for (index, field) in fields.enumerated() {
            let isNull = nulls >> UInt64(index) & 1 == 1
            if field.isOptional {
                tested.append((offset, 0xFF, isNull ? field.nullByte : field.valueByte))
                offset += 1
            }
            if isNull {
                if field.slot >= 0 { cleared.append(Copy(offset: field.width, slotOffset: field.slot * stride)) }
                continue
            }
            if field.isBoolean { tested.append((offset, 0xFE, 0)) }
            if field.slot >= 0 {
                copies[field.width, default: []].append(Copy(offset: Int32(offset), slotOffset: field.slot * stride))
            }
            offset += Int(field.width)
        }
        length = offset
        let checks = ByteCheck.checks(tested, length: offset)
        readable = max(offset, (checks.map(\.offset).max() ?? -16) + 16)
        (self.checks, checksEnd) = ByteCheck.memory(checks)
        let (four, eight, one) = (copies[4] ?? [], copies[8] ?? [], copies[1] ?? [])
        (self.copies, clearsEnd) = ByteCheck.memory(four + eight + one + cleared)
        end4 = self.copies + four.count
        end8 = end4 + eight.count
        end1 = end8 + one.count
    }

    func deallocate() {
        checks.deallocate()
        copies.deallocate()
    }

    /// Whether the bytes, `readable` of them, have this shape.
    @inline(__always) func matches(_ start: UnsafeRawPointer) -> Bool {
        ByteCheck.agree(start, from: checks, to: checksEnd)
    }
}

/// A run of fixed-width fields with the shapes that were met, the newest first tried.
struct FixedGroup {
    /// Fields of a group at most: bits of a shape's nulls.
    static let maximumFields = 64
    /// Shapes kept: alerts of one kind of object have few, and each one costs a comparison where none fits.
    static let maximumShapes = 4

    let fields: UnsafeBufferPointer<FixedField>
    let shapes: UnsafeMutablePointer<FixedShape>
    var shapeCount = 0
    var recent: UnsafeMutablePointer<FixedShape>

    init(_ fields: UnsafeBufferPointer<FixedField>) {
        self.fields = fields
        shapes = .allocate(capacity: FixedGroup.maximumShapes)
        recent = shapes
        learn(nulls: 0)
    }

    func deallocate() {
        for index in 0..<shapeCount { shapes[index].deallocate() }
        shapes.deallocate()
    }

    /// Keeps a shape for next time, while there is room.
    @inline(never) mutating func learn(nulls: UInt64) {
        guard shapeCount < FixedGroup.maximumShapes else { return }
        for index in 0..<shapeCount where shapes[index].nulls == nulls { return }
        (shapes + shapeCount).initialize(to: FixedShape(fields, nulls: nulls))
        recent = shapes + shapeCount
        shapeCount += 1
    }

    /// The shape that the bytes have; nil for none of those known.
    @inline(__always) mutating func shape(
        at start: UnsafeRawPointer, available: Int
    ) -> UnsafeMutablePointer<FixedShape>? {
        if recent.pointee.readable <= available, recent.pointee.matches(start) { return recent }
        return other(at: start, available: available)
    }

    @inline(never) private mutating func other(
        at start: UnsafeRawPointer, available: Int
    ) -> UnsafeMutablePointer<FixedShape>? {
        for index in 0..<shapeCount {
            let shape = shapes + index
            if shape != recent, shape.pointee.readable <= available, shape.pointee.matches(start) {
                recent = shape
                return shape
            }
        }
        return nil
    }
}
