import Core

/// A table's row as stored.
///
/// ```
/// byte     1                 format version (1)
/// varint   n                 columns with ids 1…n follow (of a row that holds a group of the columns: the group's first n)
/// bytes    ⌈n/4⌉             two bits a column, lowest first: 0 value, 1 null, 2 absent, 3 value of zero bits (bool: true)
/// cells                      of the columns whose code is 0, in order of id:
///                            bool nothing (false) · int32 zigzag varint · int64, float64 8 bytes · float32 4 bytes,
///                            little-endian · string and bytes: varint length, bytes
/// ```
///
/// Value, null and absent stay apart, and every NaN keeps its payload. A column that the row does not reach is absent; a
/// column that the reader does not know makes it refuse the row, for its type is unknown.
enum RowCodec {
    static let version: UInt8 = 1
    static let zero: UInt8 = 3

    /// Positions of the columns with ids 1, 2, 3…, or with the first, second, third… of some ids.
    static func positions(of schema: TableSchema, ids: ClosedRange<UInt16> = 1...UInt16.max) -> [Int] {
        let order = schema.columns.indices.filter { ids.contains(schema.columns[$0].id) }
            .sorted { schema.columns[$0].id < schema.columns[$1].id }
        for (index, position) in order.enumerated() {
            precondition(
                Int(schema.columns[position].id) == index + Int(ids.lowerBound), "column ids of \(schema.name) have gaps")
        }
        return order
    }
}

/// Reads stored rows into a table.
struct RowReader {
    /// Made once: every question reads points.
    static let detections = RowReader(Tables.diaSource)
    static let forced = RowReader(Tables.diaForcedSource)

    private let positions: [Int]
    private let schema: TableSchema

    /// - Parameter ids: of the columns that the rows hold.
    init(_ schema: TableSchema, ids: ClosedRange<UInt16> = 1...UInt16.max) {
        self.schema = schema
        positions = RowCodec.positions(of: schema, ids: ids)
    }

    /// Appends one row; on damage the table may hold a ragged row, and the caller drops it with `truncate`.
    func read(_ reader: inout ByteReader, into table: ColumnTable) throws(DamagedBytes) {
        try readCells(&reader, into: table)
        table.finishRow()
    }

    /// Appends a row's cells; the caller finishes the row.
    func readCells(_ reader: inout ByteReader, into table: ColumnTable) throws(DamagedBytes) {
        let version = try reader.byte()
        guard version == RowCodec.version else {
            throw DamagedBytes(
                detail: "\(schema.name) row has format version \(version); this version reads \(RowCodec.version)")
        }
        let count = Int(clamping: try reader.varint())
        guard count <= positions.count else {
            throw DamagedBytes(
                detail: "\(schema.name) row has \(count) columns, of which this version knows \(positions.count)")
        }
        let states = try reader.take((count + 3) / 4)
        for index in 0..<positions.count {
            let column = table.columns[positions[index]]
            let code = index < count ? states[index / 4] >> UInt8(index % 4 * 2) & 3 : CellState.absent.rawValue
            switch code {
            case 1: column.appendMissing(.null)
            case 2: column.appendMissing(.absent)
            default: try RowReader.readValue(&reader, isZero: code == RowCodec.zero, into: column, table.arena)
            }
        }
    }

    static func readValue(
        _ reader: inout ByteReader, isZero: Bool, into column: Column, _ arena: ByteArena
    ) throws(DamagedBytes) {
        switch column.type {
        case .bool: column.append(isZero)
        case .int32:
            let value = isZero ? 0 : try reader.zigzag()
            guard let narrow = Int32(exactly: value) else { throw DamagedBytes(detail: "integer out of range") }
            column.append(narrow)
        case .int64: column.append(isZero ? 0 : try reader.little(Int64.self))
        case .float32: column.append(isZero ? 0 : try reader.float())
        case .float64: column.append(isZero ? 0 : try reader.double())
        case .string, .bytes:
            column.append(
                arena.append(isZero ? UnsafeRawBufferPointer(start: nil, count: 0) : try reader.lengthPrefixed()))
        }
    }
}
