import Core

/// What a catalogue to be written has, and how its rows travel through the sorter as bytes:
/// ra, dec (Float64), pmra, pmdec (Float32) and epoch (Float64) where there is motion, the id, then each extra cell as a state
/// byte and its value. Strings are a UInt32 length and UTF-8.
struct RowLayout {
    struct Extra {
        let name: String
        let type: ColumnType
        let unit: String
    }

    let idType: ColumnType
    let hasMotion: Bool
    let extras: [Extra]
}

/// One row on its way into a catalogue; the buffer is reused.
struct RowBuilder {
    private(set) var bytes: [UInt8] = []

    mutating func begin(raDegrees: Double, decDegrees: Double) {
        bytes.removeAll(keepingCapacity: true)
        append(raDegrees)
        append(decDegrees)
    }

    mutating func appendMotion(pmra: Float, pmdec: Float, epochYear: Double) {
        append(pmra)
        append(pmdec)
        append(epochYear)
    }

    mutating func append<T: BitwiseCopyable>(_ value: T) {
        withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
    }

    mutating func append(text: UnsafeRawBufferPointer) {
        append(UInt32(text.count))
        bytes.append(contentsOf: text)
    }

    /// A cell of an extra column: its state, then its value if it has one.
    mutating func append(cell row: Int, of column: Column, arena: ByteArena) {
        let hasValue = column.hasValue(row)
        bytes.append(hasValue ? 0 : 1)
        guard hasValue else { return }
        switch column.type {
        case .bool: append(UInt8(column.bool(row) == true ? 1 : 0))
        case .int32: append(column.int32(row) ?? 0)
        case .int64: append(column.int64(row) ?? 0)
        case .float32: append(column.float(row) ?? .nan)
        case .float64: append(column.double(row) ?? .nan)
        case .string, .bytes: if let reference = column.reference(row) { append(text: arena.bytes(reference)) }
        }
    }
}

/// Reads back what a `RowBuilder` wrote.
struct RowCursor {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func take<T: BitwiseCopyable>(_ type: T.Type) -> T {
        precondition(position + MemoryLayout<T>.size <= bytes.count, "a sorted row is shorter than its layout")
        defer { position += MemoryLayout<T>.size }
        return bytes.loadUnaligned(fromByteOffset: position, as: T.self)
    }

    mutating func take(_ count: Int) -> UnsafeRawBufferPointer {
        precondition(position + count <= bytes.count, "a sorted row is shorter than its layout")
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    }

    mutating func takeText() -> UnsafeRawBufferPointer { take(Int(take(UInt32.self))) }
}
