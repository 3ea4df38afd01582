/// One growable, reusable column of cells: fixed-width values and a state byte each.
///
/// Values of cells that are null or absent are zero. Strings and bytes are `ByteReference`s into the arena of the table
/// that holds the column. Float NaN is kept as written; who computes treats it as null.
public final class Column {
    public let type: ColumnType
    /// Behind a pointer, so that a table can visit its columns without retaining each.
    let storage: UnsafeMutablePointer<ColumnStorage>

    public init(type: ColumnType, capacity: Int = 64) {
        self.type = type
        storage = .allocate(capacity: 1)
        storage.initialize(to: ColumnStorage(width: type.width, capacity: max(capacity, 8)))
    }

    deinit {
        storage.pointee.deallocate()
        storage.deallocate()
    }

    public private(set) var count: Int {
        @inline(__always) get { storage.pointee.count }
        @inline(__always) set { storage.pointee.count = newValue }
    }
    private var capacity: Int { storage.pointee.capacity }
    private var values: UnsafeMutableRawPointer { storage.pointee.values }
    private var states: UnsafeMutablePointer<UInt8> { storage.pointee.states }
    private func grow(to needed: Int) { storage.pointee.grow(to: needed) }

    public func removeAll() { count = 0 }

    public func truncate(to count: Int) {
        precondition(count >= 0 && count <= self.count)
        self.count = count
    }

    // MARK: Appending

    @inline(__always) public func append(_ value: Bool) { appendCell(UInt8(value ? 1 : 0), .bool) }
    @inline(__always) public func append(_ value: Int32) { appendCell(value, .int32) }
    @inline(__always) public func append(_ value: Int64) { appendCell(value, .int64) }
    @inline(__always) public func append(_ value: Float) { appendCell(value, .float32) }
    @inline(__always) public func append(_ value: Double) { appendCell(value, .float64) }
    @inline(__always) public func append(_ value: ByteReference) {
        precondition(type.isVariableLength)
        appendCell(value, type)
    }

    /// Appends a cell without a value.
    @inline(__always) public func appendMissing(_ state: CellState) {
        if count == capacity { grow(to: count + 1) }
        values.advanced(by: count * type.width).initializeMemory(as: UInt8.self, repeating: 0, count: type.width)
        states[count] = state.rawValue
        count += 1
    }

    /// Appends `repeatCount` cells without a value.
    public func appendMissing(_ state: CellState, repeatCount: Int) {
        if count + repeatCount > capacity { grow(to: count + repeatCount) }
        values.advanced(by: count * type.width)
            .initializeMemory(as: UInt8.self, repeating: 0, count: repeatCount * type.width)
        states.advanced(by: count).update(repeating: state.rawValue, count: repeatCount)
        count += repeatCount
    }

    /// Appends a copy of a cell of a column of the same type; strings need `ColumnTable.appendRow`, which moves bytes
    /// too.
    public func append(cell row: Int, of other: Column) {
        precondition(other.type == type && row >= 0 && row < other.count)
        if count == capacity { grow(to: count + 1) }
        let width = type.width
        values.advanced(by: count * width).copyMemory(from: other.values.advanced(by: row * width), byteCount: width)
        states[count] = other.states[row]
        count += 1
    }

    @inline(__always) private func appendCell<T: BitwiseCopyable>(_ value: T, _ expected: ColumnType) {
        precondition(type == expected)
        if count == capacity { grow(to: count + 1) }
        values.advanced(by: count * MemoryLayout<T>.size).storeBytes(of: value, as: T.self)
        states[count] = CellState.value.rawValue
        count += 1
    }

    // MARK: Bulk access, for the hot path

    /// Makes `newCount` cells, all "value", contents unspecified, and answers their memory for the caller to fill.
    public func resizeForOverwrite(to newCount: Int) -> (
        values: UnsafeMutableRawPointer, states: UnsafeMutablePointer<UInt8>
    ) {
        if newCount > capacity { grow(to: newCount) }
        if newCount > count { states.advanced(by: count).update(repeating: 0, count: newCount - count) }
        count = newCount
        return (values, states)
    }

    /// The cells as `T`, whose size must be the column's width; invalid after the next append.
    @inline(__always) public func buffer<T: BitwiseCopyable>(as type: T.Type) -> UnsafeMutableBufferPointer<T> {
        precondition(MemoryLayout<T>.stride == self.type.width)
        return UnsafeMutableBufferPointer(start: values.assumingMemoryBound(to: T.self), count: count)
    }

    /// One `CellState` raw value a cell; invalid after the next append.
    @inline(__always) public var stateBuffer: UnsafeMutableBufferPointer<UInt8> {
        UnsafeMutableBufferPointer(start: states, count: count)
    }

    // MARK: One cell

    @inline(__always) public func state(_ row: Int) -> CellState {
        precondition(row >= 0 && row < count)
        return CellState(rawValue: states[row])!
    }

    @inline(__always) public func hasValue(_ row: Int) -> Bool {
        precondition(row >= 0 && row < count)
        return states[row] == 0
    }

    public func bool(_ row: Int) -> Bool? { cell(row, .bool, as: UInt8.self).map { $0 != 0 } }
    public func int32(_ row: Int) -> Int32? { cell(row, .int32, as: Int32.self) }
    public func int64(_ row: Int) -> Int64? { cell(row, .int64, as: Int64.self) }
    public func float(_ row: Int) -> Float? { cell(row, .float32, as: Float.self) }
    public func double(_ row: Int) -> Double? { cell(row, .float64, as: Double.self) }
    public func reference(_ row: Int) -> ByteReference? { cell(row, type, as: ByteReference.self) }

    /// The cell as a number, whatever numeric type it has; nil when it has no value or is NaN.
    public func number(_ row: Int) -> Double? {
        let value: Double? =
            switch type {
            case .int32: int32(row).map(Double.init)
            case .int64: int64(row).map(Double.init)
            case .float32: float(row).map(Double.init)
            case .float64: double(row)
            case .bool: bool(row).map { $0 ? 1 : 0 }
            case .string, .bytes: nil
            }
        guard let value, !value.isNaN else { return nil }
        return value
    }

    /// The cell as a time; nil when it has no value or none that is finite.
    ///
    /// The one rule for `timeWithdrawnMjdTai`: a point is withdrawn exactly when this has a value.
    public func time(_ row: Int) -> MJD? { double(row).flatMap { $0.isFinite ? MJD($0) : nil } }

    @inline(__always) private func cell<T: BitwiseCopyable>(_ row: Int, _ expected: ColumnType, as: T.Type) -> T? {
        precondition(type == expected && row >= 0 && row < count)
        guard states[row] == 0 else { return nil }
        return values.load(fromByteOffset: row * MemoryLayout<T>.size, as: T.self)
    }
}
