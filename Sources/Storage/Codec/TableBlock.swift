import Core

/// A whole table, column by column: the form of alert blocks.
///
/// ```
/// byte    1            format version (1)
/// varint  rows         then varint columns, and for each column:
///   varint id · byte type (ColumnType) · text name · byte flags (1: body is zstd) · varint size of the raw body · body
/// raw body: runs of states until all rows are told: varint length, byte state
///           then the cells that have a value: fixed width ones byte-shuffled (all first bytes, all second bytes, …);
///           strings and bytes: their lengths as varints, then their bytes
/// ```
///
/// A body is a varint length and bytes. Each column stands alone, so that a reader pays for the columns it asks for.
struct TableBlockWriter {
    static let version: UInt8 = 1
    private let raw = ByteWriter(capacity: 1 << 14)
    private let packed = ByteWriter(capacity: 1 << 14)
    private let zstd = Zstd()

    /// Writes some rows of a table; columns for which `includes` says no are left out.
    func write(
        _ table: ColumnTable, rows: [Int], to output: ByteWriter, includes: (ColumnSchema) -> Bool = { _ in true }
    ) {
        output.append(byte: TableBlockWriter.version)
        output.append(count: rows.count)
        let chosen = table.schema.columns.indices.filter { includes(table.schema.columns[$0]) }
        output.append(count: chosen.count)
        for index in chosen {
            let schema = table.schema.columns[index]
            output.append(varint: UInt64(schema.id))
            output.append(byte: schema.type.rawValue)
            output.append(text: schema.name)
            raw.removeAll()
            packed.removeAll()
            writeCells(table.columns[index], arena: table.arena, rows: rows)
            zstd.compress(raw.bytes, into: packed)
            let isSmaller = packed.count < raw.count
            output.append(byte: isSmaller ? 1 : 0)
            output.append(count: raw.count)
            output.append(lengthPrefixed: isSmaller ? packed.bytes : raw.bytes)
        }
    }

    private func writeCells(_ column: Column, arena: ByteArena, rows: [Int]) {
        let states = column.stateBuffer
        var start = 0
        while start < rows.count {
            let state = states[rows[start]]
            var end = start + 1
            while end < rows.count, states[rows[end]] == state { end += 1 }
            raw.append(count: end - start)
            raw.append(byte: state)
            start = end
        }
        switch column.type {
        case .bool: shuffle(column.buffer(as: UInt8.self), states, rows)
        case .int32, .float32: shuffle(column.buffer(as: UInt32.self), states, rows)
        case .int64, .float64: shuffle(column.buffer(as: UInt64.self), states, rows)
        case .string, .bytes:
            let cells = column.buffer(as: ByteReference.self)
            for row in rows where states[row] == 0 { raw.append(count: Int(cells[row].length)) }
            for row in rows where states[row] == 0 { raw.append(bytes: arena.bytes(cells[row])) }
        }
    }

    private func shuffle<T: FixedWidthInteger>(
        _ cells: UnsafeMutableBufferPointer<T>, _ states: UnsafeMutableBufferPointer<UInt8>, _ rows: [Int]
    ) {
        var present = 0
        for row in rows where states[row] == 0 { present += 1 }
        let width = MemoryLayout<T>.size
        let planes = raw.reserve(present * width).assumingMemoryBound(to: UInt8.self)
        var place = 0
        for row in rows where states[row] == 0 {
            let cell = cells[row]
            for byte in 0..<width { planes[byte * present + place] = UInt8(truncatingIfNeeded: cell >> T(byte * 8)) }
            place += 1
        }
    }
}

/// Reads table blocks.
enum TableBlockReader {
    /// A column's place in a block.
    struct Entry {
        let id: UInt16
        let type: ColumnType
        let name: String
        let rawSize: Int
        let isCompressed: Bool
        let body: UnsafeRawBufferPointer
    }

    /// At most this many bytes for one column: a damaged size must not exhaust the memory.
    private static let bodyLimit = 1 << 30

    static func entries(_ reader: inout ByteReader) throws(DamagedBytes) -> (rows: Int, entries: [Entry]) {
        let version = try reader.byte()
        guard version == TableBlockWriter.version else {
            throw DamagedBytes(detail: "table block has format version \(version)")
        }
        let rows = try reader.varint()
        guard rows <= 1 << 20 else { throw DamagedBytes(detail: "table block of \(rows) rows") }
        let count = try reader.count(minimumBytes: 5)
        var entries: [Entry] = []
        for _ in 0..<count {
            let id = UInt16(truncatingIfNeeded: try reader.varint())
            guard let type = ColumnType(rawValue: try reader.byte()) else {
                throw DamagedBytes(detail: "unknown column type")
            }
            let name = try reader.text()
            let isCompressed = try reader.byte() == 1
            let rawSize = Int(clamping: try reader.varint())
            let body = try reader.lengthPrefixed()
            guard rawSize <= bodyLimit, isCompressed || rawSize == body.count else {
                throw DamagedBytes(detail: "column \(name) has an impossible size")
            }
            entries.append(
                Entry(id: id, type: type, name: name, rawSize: rawSize, isCompressed: isCompressed, body: body))
        }
        return (Int(rows), entries)
    }

    /// Reads a block into a new table. With a schema: its columns by id, those that the block lacks absent, those that the
    /// schema lacks skipped. Without: the block's own columns. `wanted` limits the columns read; others are absent, or what
    /// `missing` says.
    static func read(
        _ reader: inout ByteReader, schema: TableSchema?, named name: String, wanted: Set<String>? = nil,
        missing: CellState = .absent
    ) throws(DamagedBytes) -> ColumnTable {
        let (rows, entries) = try entries(&reader)
        let schema =
            schema
            ?? TableSchema(
                name: name, description: "",
                columns: unique(entries).map { ColumnSchema(id: $0.id, name: $0.name, type: $0.type) })
        let table = ColumnTable(schema: schema, capacity: rows)
        let zstd = Zstd()
        let raw = ByteWriter(capacity: rows * 8)
        for (column, declared) in zip(table.columns, schema.columns) {
            let entry = entries.first { $0.id == declared.id && $0.type == declared.type }
            guard let entry, wanted?.contains(declared.name) ?? true else {
                column.appendMissing(missing, repeatCount: rows)
                continue
            }
            raw.removeAll()
            if entry.isCompressed {
                try zstd.decompress(entry.body, size: entry.rawSize, into: raw)
            } else {
                raw.append(bytes: entry.body)
            }
            try readCells(raw.bytes, rows: rows, into: column, arena: table.arena)
        }
        notePresence(of: table, rows: rows)
        return table
    }

    /// A record that was null has no cell with a value: a block does not say it again.
    private static func notePresence(of table: ColumnTable, rows: Int) {
        var isPresent = [Bool](repeating: false, count: rows)
        for column in table.columns {
            let states = column.stateBuffer
            for row in 0..<rows where states[row] == 0 { isPresent[row] = true }
        }
        for one in isPresent { table.present.append(one) }
    }

    private static func unique(_ entries: [Entry]) -> [Entry] {
        var names = Set<String>()
        return entries.filter { names.insert($0.name).inserted }
    }

    private static func readCells(
        _ bytes: UnsafeRawBufferPointer, rows: Int, into column: Column, arena: ByteArena
    ) throws(DamagedBytes) {
        var reader = ByteReader(bytes)
        var states: [UInt8] = []
        states.reserveCapacity(rows)
        while states.count < rows {
            let length = Int(clamping: try reader.varint())
            let state = try reader.byte()
            guard length > 0, length <= rows - states.count, CellState(rawValue: state) != nil else {
                throw DamagedBytes(detail: "a run of states is impossible")
            }
            states.append(contentsOf: repeatElement(state, count: length))
        }
        let valueCount = states.count { $0 == 0 }
        if column.type.isVariableLength {
            return try readTexts(&reader, states: states, valueCount: valueCount, into: column, arena: arena)
        }
        let width = column.type.width
        let planes = try reader.take(valueCount * width)
        let target = column.resizeForOverwrite(to: rows)
        var value = 0
        for row in 0..<rows {
            target.states[row] = states[row]
            let cell = target.values.advanced(by: row * width)
            if states[row] == 0 {
                for byte in 0..<width {
                    cell.storeBytes(of: planes[byte * valueCount + value], toByteOffset: byte, as: UInt8.self)
                }
                value += 1
            } else {
                cell.initializeMemory(as: UInt8.self, repeating: 0, count: width)
            }
        }
    }

    private static func readTexts(
        _ reader: inout ByteReader, states: [UInt8], valueCount: Int, into column: Column, arena: ByteArena
    ) throws(DamagedBytes) {
        var lengths: [Int] = []
        lengths.reserveCapacity(valueCount)
        for _ in 0..<valueCount { lengths.append(Int(clamping: try reader.varint())) }
        var value = 0
        for state in states {
            if state == 0 {
                column.append(arena.append(try reader.take(lengths[value])))
                value += 1
            } else {
                column.appendMissing(CellState(rawValue: state)!)
            }
        }
    }
}
