/// The cells of one column as text, written where they go. Good until the column changes.
///
/// JSON: 64-bit integers as strings, missing and NaN as `null`, bytes as their length. CSV: missing and NaN are empty.
struct CellText {
    let type: ColumnType
    private let values: UnsafeRawPointer
    private let states: UnsafePointer<UInt8>

    init(_ column: Column) {
        type = column.type
        values = UnsafeRawPointer(column.storage.pointee.values)
        states = UnsafePointer(column.storage.pointee.states)
    }

    /// Bytes that every cell which is no text or byte string stays within.
    static let fixedRoom = DecimalText.room

    /// Bytes that a cell may touch at its place.
    @inline(__always) func room(_ row: Int) -> Int {
        guard type.isVariableLength, states[row] == 0 else { return CellText.fixedRoom }
        // An escape takes six bytes.
        return max(CellText.fixedRoom, 6 * Int(cell(row, as: ByteReference.self).length) + 2)
    }

    @inline(__always) private func cell<T: BitwiseCopyable>(_ row: Int, as: T.Type) -> T {
        values.load(fromByteOffset: row &* MemoryLayout<T>.size, as: T.self)
    }

    /// The bits of a number of eight bytes: equal bits have the same text. Nil for other types and where there is none.
    @inline(__always) func wideBits(_ row: Int) -> UInt64? {
        guard type == .float64 || type == .int64, states[row] == 0 else { return nil }
        return cell(row, as: UInt64.self)
    }

    /// Writes a cell and answers its length.
    @inline(__always) func writeJSON(
        _ row: Int, _ arena: ByteArena, to place: UnsafeMutablePointer<UInt8>, _ powers: PowersOfTen
    ) -> Int {
        guard states[row] == 0 else { return CellText.writeNull(to: place) }
        switch type {
        case .float32:
            let value = cell(row, as: Float.self)
            return value.isFinite ? DecimalText.write(value, to: place, powers) : CellText.writeNull(to: place)
        case .float64:
            let value = cell(row, as: Double.self)
            return value.isFinite ? DecimalText.write(value, to: place, powers) : CellText.writeNull(to: place)
        case .int64:
            // Ids exceed 2^53, where JSON clients round; every 64-bit integer is a string, so that no client can.
            place.pointee = 0x22
            let count = DecimalDigits.write(signed: cell(row, as: Int64.self), to: place + 1)
            place[count &+ 1] = 0x22
            return count &+ 2
        case .int32: return DecimalDigits.write(signed: Int64(cell(row, as: Int32.self)), to: place)
        case .bool: return CellText.write(cell(row, as: UInt8.self) == 0 ? "false" : "true", to: place)
        case .string:
            let text = arena.bytes(cell(row, as: ByteReference.self))
            guard CellText.isPlain(text, but: 0x5C) else { return CellText.write(escaped: text, to: place) }
            place.pointee = 0x22
            CellText.copy(text, to: place + 1)
            place[text.count &+ 1] = 0x22
            return text.count &+ 2
        case .bytes:
            let count = CellText.write("{\"len\":", to: place)
            let length = Int64(cell(row, as: ByteReference.self).length)
            let end = count &+ DecimalDigits.write(signed: length, to: place + count)
            place[end] = 0x7D
            return end &+ 1
        }
    }

    /// Writes a cell and answers its length.
    @inline(__always) func writeCSV(
        _ row: Int, _ arena: ByteArena, to place: UnsafeMutablePointer<UInt8>, _ powers: PowersOfTen
    ) -> Int {
        guard states[row] == 0 else { return 0 }
        switch type {
        case .float32:
            let value = cell(row, as: Float.self)
            return value.isFinite ? DecimalText.write(value, to: place, powers) : 0
        case .float64:
            let value = cell(row, as: Double.self)
            return value.isFinite ? DecimalText.write(value, to: place, powers) : 0
        case .int64: return DecimalDigits.write(signed: cell(row, as: Int64.self), to: place)
        case .int32: return DecimalDigits.write(signed: Int64(cell(row, as: Int32.self)), to: place)
        case .bool: return CellText.write(cell(row, as: UInt8.self) == 0 ? "false" : "true", to: place)
        case .string:
            let text = arena.bytes(cell(row, as: ByteReference.self))
            guard CellText.isPlain(text, but: 0x2C) else { return CellText.write(quoted: text, to: place) }
            CellText.copy(text, to: place)
            return text.count
        case .bytes: return DecimalDigits.write(signed: Int64(cell(row, as: ByteReference.self).length), to: place)
        }
    }

    // MARK: Parts

    @inline(__always) private static func writeNull(to place: UnsafeMutablePointer<UInt8>) -> Int {
        UnsafeMutableRawPointer(place).storeBytes(of: UInt32(0x6C6C_756E).littleEndian, as: UInt32.self)
        return 4
    }

    @inline(__always) private static func write(_ text: StaticString, to place: UnsafeMutablePointer<UInt8>) -> Int {
        place.update(from: text.utf8Start, count: text.utf8CodeUnitCount)
        return text.utf8CodeUnitCount
    }

    @inline(__always) private static func copy(_ text: UnsafeRawBufferPointer, to place: UnsafeMutablePointer<UInt8>) {
        for index in 0..<text.count { place[index] = text[index] }
    }

    /// Printable ASCII without quotes and without `other`: what goes out as it is.
    @inline(__always) private static func isPlain(_ text: UnsafeRawBufferPointer, but other: UInt8) -> Bool {
        for byte in text where byte >= 0x7F || byte < 0x20 || byte == 0x22 || byte == other { return false }
        return true
    }

    @inline(never) private static func write(
        escaped text: UnsafeRawBufferPointer, to place: UnsafeMutablePointer<UInt8>
    ) -> Int {
        var writer = TextWriter(capacity: 2 * text.count + 64)
        writer.append(jsonBytes: text)
        return writer.copy(to: place)
    }

    @inline(never) private static func write(
        quoted text: UnsafeRawBufferPointer, to place: UnsafeMutablePointer<UInt8>
    ) -> Int {
        var writer = TextWriter(capacity: 2 * text.count + 64)
        writer.append(csvField: String(decoding: text, as: UTF8.self))
        return writer.copy(to: place)
    }
}
