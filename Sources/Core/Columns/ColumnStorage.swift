/// The memory of a column, without its type.
struct ColumnStorage {
    var values: UnsafeMutableRawPointer
    var states: UnsafeMutablePointer<UInt8>
    var count = 0
    var capacity: Int
    let width: Int

    init(width: Int, capacity: Int) {
        self.width = width
        self.capacity = capacity
        values = .allocate(byteCount: capacity * width, alignment: 16)
        states = .allocate(capacity: capacity)
    }

    func deallocate() {
        values.deallocate()
        states.deallocate()
    }

    /// Makes room for `needed` cells; only counted cells move.
    @inline(never) mutating func grow(to needed: Int) {
        let newCapacity = max(needed, capacity * 2)
        let newValues = UnsafeMutableRawPointer.allocate(byteCount: newCapacity * width, alignment: 16)
        let newStates = UnsafeMutablePointer<UInt8>.allocate(capacity: newCapacity)
        newValues.copyMemory(from: values, byteCount: count * width)
        newStates.update(from: states, count: count)
        deallocate()
        values = newValues
        states = newStates
        capacity = newCapacity
    }

    /// Appends a copy of a cell of a column of the same type, which may be this one.
    @inline(__always) static func append(
        cell row: Int, of other: UnsafeMutablePointer<ColumnStorage>, to mine: UnsafeMutablePointer<ColumnStorage>
    ) {
        let count = mine.pointee.count
        let width = mine.pointee.width
        precondition(other.pointee.width == width && row >= 0 && row < other.pointee.count, "a cell that is not there")
        // Before any pointer is taken: growing moves the cells.
        if count == mine.pointee.capacity { mine.pointee.grow(to: count + 1) }
        let from = other.pointee.values.advanced(by: row * width)
        let to = mine.pointee.values.advanced(by: count * width)
        switch width {
        case 1: to.storeBytes(of: from.load(as: UInt8.self), as: UInt8.self)
        case 4: to.storeBytes(of: from.load(as: UInt32.self), as: UInt32.self)
        default: to.storeBytes(of: from.load(as: UInt64.self), as: UInt64.self)
        }
        mine.pointee.states[count] = other.pointee.states[row]
        mine.pointee.count = count + 1
    }
}
