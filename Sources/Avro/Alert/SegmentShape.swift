import Core

/// The layout of a segment of a history record as it was met once: which optionals are null, how long varints and strings
/// are. All values are then at known places, and many records' are copied column by column.
struct SegmentShape {
    /// How the cells of a wanted field are made.
    enum Kind: UInt8 {
        case one, four, eight, int64, text, null
    }

    /// A wanted field.
    struct Source {
        let kind: Kind
        let slot: Int32
        /// Of the value in the segment; of a null, the bytes of a cell.
        let offset: Int32
        /// Bytes of a varint or of a string.
        let length: Int32
    }

    /// Bytes of the segment.
    let length: Int
    /// Bytes that must be readable from the segment's first one on, at least `length`.
    let readable: Int
    private let checks: UnsafeMutablePointer<ByteCheck>
    private let checksEnd: UnsafeMutablePointer<ByteCheck>
    private let sources: UnsafeMutablePointer<Source>
    private let sourceCount: Int
    /// How often it was learnt or came anew after another, halved now and then.
    var useCount = 1

    init(_ layout: SegmentLayout) {
        length = layout.length
        let checks = ByteCheck.checks(layout.tested, length: layout.length)
        readable = max(layout.length, layout.readable, (checks.map(\.offset).max() ?? -16) + 16)
        (self.checks, checksEnd) = ByteCheck.memory(checks)
        (sources, _) = ByteCheck.memory(layout.sources)
        sourceCount = layout.sources.count
    }

    func deallocate() {
        checks.deallocate()
        sources.deallocate()
    }

    /// Whether the bytes have this layout.
    @inline(__always) func matches(_ start: UnsafeRawPointer, available: Int) -> Bool {
        readable <= available && ByteCheck.agree(start, from: checks, to: checksEnd)
    }

    /// Fills the cells of `count` rows from `row` on, whose segments begin at `positions` of `bytes`.
    func fill(
        _ bytes: UnsafeRawPointer, _ positions: UnsafePointer<UInt32>, row: Int, count: Int,
        slots: UnsafeMutablePointer<CellPointers>
    ) {
        for index in 0..<sourceCount {
            let source = sources[index]
            let cells = slots[Int(source.slot)]
            let from = bytes + Int(source.offset)
            switch source.kind {
            case .four: copy(UInt32.self, from, positions, cells.values + row &* 4, count)
            case .eight: copy(UInt64.self, from, positions, cells.values + row &* 8, count)
            case .one: copy(UInt8.self, from, positions, cells.values + row, count)
            case .int64: varints(from, positions, Int(source.length), cells.values + row &* 8, count)
            case .text:
                let to = (cells.values + row &* 8).assumingMemoryBound(to: UInt64.self)
                for next in 0..<count {
                    let place = Int(positions[next]) &+ Int(source.offset)
                    to[next] = ByteReference.bits(offset: place, length: Int(source.length))
                }
            case .null:
                let width = Int(source.offset)
                (cells.values + row &* width).initializeMemory(as: UInt8.self, repeating: 0, count: count &* width)
            }
            let state = source.kind == .null ? CellState.null : CellState.value
            (cells.states + row).update(repeating: state.rawValue, count: count)
        }
    }

    @inline(__always) private func copy<T: FixedWidthInteger & BitwiseCopyable>(
        _ type: T.Type, _ from: UnsafeRawPointer, _ positions: UnsafePointer<UInt32>, _ cells: UnsafeMutableRawPointer,
        _ count: Int
    ) {
        let to = cells.assumingMemoryBound(to: T.self)
        var next = 0
        while next &+ 4 <= count {
            to[next] = T(littleEndian: (from + Int(positions[next])).loadUnaligned(as: T.self))
            to[next &+ 1] = T(littleEndian: (from + Int(positions[next &+ 1])).loadUnaligned(as: T.self))
            to[next &+ 2] = T(littleEndian: (from + Int(positions[next &+ 2])).loadUnaligned(as: T.self))
            to[next &+ 3] = T(littleEndian: (from + Int(positions[next &+ 3])).loadUnaligned(as: T.self))
            next &+= 4
        }
        while next < count {
            to[next] = T(littleEndian: (from + Int(positions[next])).loadUnaligned(as: T.self))
            next &+= 1
        }
    }

    /// Zigzag varints of `size` bytes each.
    @inline(__always) private func varints(
        _ from: UnsafeRawPointer, _ positions: UnsafePointer<UInt32>, _ size: Int, _ cells: UnsafeMutableRawPointer,
        _ count: Int
    ) {
        let to = cells.assumingMemoryBound(to: UInt64.self)
        if size <= 8 {
            let mask = UInt64.max &>> UInt64(truncatingIfNeeded: 64 &- 8 &* size)
            for next in 0..<count {
                let word = UInt64(littleEndian: (from + Int(positions[next])).loadUnaligned(as: UInt64.self))
                to[next] = Varint.signed(Varint.compress(word & mask))
            }
        } else {
            for next in 0..<count {
                let place = from + Int(positions[next])
                let word = UInt64(littleEndian: place.loadUnaligned(as: UInt64.self))
                var value = Varint.compress(word) | UInt64(place.load(fromByteOffset: 8, as: UInt8.self) & 0x7F) << 56
                if size == 10 { value |= UInt64(place.load(fromByteOffset: 9, as: UInt8.self)) << 63 }
                to[next] = Varint.signed(value)
            }
        }
    }
}

/// The layouts of one segment that were met, the newest first tried.
struct SegmentShapes {
    /// Layouts kept: what varies is which groups of fields are null.
    static let maximumShapes = 8
    /// Segments without a known layout that pass until the least used one makes room.
    static let missesPerReplacement = 1024

    private let shapes: UnsafeMutablePointer<SegmentShape>
    private var count = 0
    private(set) var recent: UnsafeMutablePointer<SegmentShape>
    private var misses = 0

    init() {
        shapes = .allocate(capacity: SegmentShapes.maximumShapes)
        recent = shapes
    }

    func deallocate() {
        for index in 0..<count { shapes[index].deallocate() }
        shapes.deallocate()
    }

    /// The layout that the bytes have; nil for none of those known.
    @inline(__always) mutating func shape(
        at start: UnsafeRawPointer, available: Int
    ) -> UnsafeMutablePointer<SegmentShape>? {
        if count > 0, recent.pointee.matches(start, available: available) { return recent }
        return other(at: start, available: available)
    }

    @inline(never) private mutating func other(
        at start: UnsafeRawPointer, available: Int
    ) -> UnsafeMutablePointer<SegmentShape>? {
        for index in 0..<count {
            let shape = shapes + index
            if shape != recent, shape.pointee.matches(start, available: available) {
                shape.pointee.useCount &+= 1
                recent = shape
                return shape
            }
        }
        return nil
    }

    /// Whether a segment that had none of the layouts should be learnt.
    mutating func isWorthLearning() -> Bool {
        misses &+= 1
        return count < SegmentShapes.maximumShapes || misses >= SegmentShapes.missesPerReplacement
    }

    mutating func learn(_ layout: SegmentLayout) {
        misses = 0
        if count < SegmentShapes.maximumShapes {
            recent = shapes + count
            recent.initialize(to: SegmentShape(layout))
            count += 1
            return
        }
        var least = shapes
        for index in 0..<count {
            if shapes[index].useCount < least.pointee.useCount { least = shapes + index }
            shapes[index].useCount /= 2
        }
        least.pointee.deallocate()
        least.pointee = SegmentShape(layout)
        recent = least
    }
}
