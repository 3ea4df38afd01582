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
}
