import Core

/// A column of a file to import.
struct SourceColumn: Sendable {
    let name: String
    let type: ColumnType
    let unit: String
}

/// Rows of a file, some thousands at a time: one column for each wanted one, and what is wrong with each row.
final class ImportChunk {
    let columns: [Column]
    let arena = ByteArena()
    /// Line (CSV) or row (FITS) in the file, from 1.
    var lines: [Int] = []
    /// Why a row cannot be used; its cells are missing then.
    var problems: [String?] = []

    init(types: [ColumnType]) { columns = types.map { Column(type: $0) } }

    var rowCount: Int { lines.count }

    func removeAll() {
        for column in columns { column.removeAll() }
        arena.removeAll()
        lines.removeAll(keepingCapacity: true)
        problems.removeAll(keepingCapacity: true)
    }

    static let targetRows = 8192
}

/// A file of sources that can be read from its beginning to its end, in chunks.
protocol CatalogueSource: AnyObject {
    var columns: [SourceColumn] { get }
    /// What the user should know of this file: columns that are not offered, or not exactly.
    var notes: [String] { get }
    /// Fills an empty chunk with the next rows of the columns at `wanted`, in the chunk's types; false when there are none.
    func read(_ wanted: [Int], into chunk: ImportChunk) throws -> Bool
}

/// Opens a file as FITS when it begins as one (also behind gzip), else as CSV.
func openCatalogueSource(_ path: String) throws -> any CatalogueSource {
    guard let begin = beginning(of: path) else {
        throw UserFault(.usage, "cannot read \(path)", detail: systemMessage())
    }
    let isFITS = begin.starts(with: "SIMPLE  =".utf8)
    if isFITS { return try FITSSource(path: path) }
    return try CSVSource(path: path)
}

/// A CSV file: read once for the types of its columns, and again for its rows.
final class CSVSource: CatalogueSource {
    let columns: [SourceColumn]
    let notes: [String]
    private let reader: CSVReader

    init(path: String) throws(UserFault) {
        let scan = try CSVReader(path: path)
        var guesses = scan.header.map { _ in CSVTypeGuess() }
        while try scan.next() {
            guard scan.fieldCount == guesses.count, !scan.isUnterminated else { continue }
            for index in guesses.indices { guesses[index].see(scan.field(index)) }
        }
        columns = zip(scan.header, guesses).map { SourceColumn(name: $0, type: $1.type, unit: "") }
        notes = zip(scan.header, guesses).compactMap { name, guess in
            guard guess.losesDigits else { return nil }
            return "\(path): column \(name) has fractions and integers beyond 2^53, which are rounded to Float64"
        }
        reader = try CSVReader(path: path)
    }

    func read(_ wanted: [Int], into chunk: ImportChunk) throws -> Bool {
        while chunk.rowCount < ImportChunk.targetRows, try reader.next() {
            var problem: String?
            if reader.isUnterminated {
                problem = "the file ends inside quotes"
            } else if reader.fieldCount != columns.count {
                problem = "\(reader.fieldCount) fields where the header has \(columns.count)"
            }
            for (column, index) in zip(chunk.columns, wanted) {
                if problem != nil {
                    column.appendMissing(.null)
                } else if !append(reader.field(index), to: column, chunk.arena) {
                    let text = String(decoding: reader.field(index).prefix(40), as: UTF8.self)
                    problem = "\(columns[index].name) is not a number: \(text)"
                }
            }
            chunk.lines.append(reader.recordLine)
            chunk.problems.append(problem)
        }
        return chunk.rowCount > 0
    }

    /// Appends a cell; false, with a missing cell, when the text does not fit the column's type.
    private func append(_ field: UnsafeRawBufferPointer, to column: Column, _ arena: ByteArena) -> Bool {
        if CSVCell.isMissing(field), column.type != .string || field.isEmpty {
            column.appendMissing(.null)
            return true
        }
        switch column.type {
        case .string, .bytes: column.append(arena.append(field))
        case .int64, .int32:
            guard let value = CSVCell.int64(field) else { return refuse(column) }
            if column.type == .int64 { column.append(value) } else { column.append(Int32(clamping: value)) }
        case .float64, .float32:
            guard let value = CSVCell.double(field) else { return refuse(column) }
            if column.type == .float64 { column.append(value) } else { column.append(Float(value)) }
        case .bool:
            guard let value = CSVCell.bool(field) else { return refuse(column) }
            column.append(value)
        }
        return true
    }

    private func refuse(_ column: Column) -> Bool {
        column.appendMissing(.null)
        return false
    }
}
