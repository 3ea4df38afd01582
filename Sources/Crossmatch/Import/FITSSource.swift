import CFITSIO
import CZlib
import Core
import Glibc

/// The first binary table of a FITS file, through CFITSIO. Scalar columns only; others are not offered.
final class FITSSource: CatalogueSource {
    private let path: String
    private var file: UnsafeMutablePointer<fitsfile>?
    let columns: [SourceColumn]
    let notes: [String]
    /// CFITSIO's number and text width of each offered column.
    private let places: [(number: Int32, width: Int)]
    private let rowCount: Int
    private var nextRow = 0
    private var nulls = [CChar](repeating: 0, count: ImportChunk.targetRows)

    /// - Throws: `UserFault` when the file is not FITS or has no table.
    init(path: String) throws(UserFault) {
        self.path = path
        var status: Int32 = 0
        var opened: UnsafeMutablePointer<fitsfile>?
        // A file name may hold CFITSIO's filter syntax; ffdkopn takes it as it is, ffmahd then looks for the table.
        guard ffdkopn(&opened, path, READONLY, &status) == 0, let handle = opened else {
            throw Self.fault(path, status)
        }
        file = handle
        var kind: Int32 = 0
        var extensionNumber: Int32 = 2
        while ffmahd(handle, extensionNumber, &kind, &status) == 0, kind != BINARY_TBL { extensionNumber += 1 }
        guard status == 0 else {
            ffclos(handle, &status)
            throw UserFault(
                .usage, "\(path) has no binary table that can be read",
                detail: status == END_OF_FILE ? "" : Self.message(status),
                hint: "FITS images cannot be imported; a table's header may be damaged")
        }
        var rows: LONGLONG = 0
        var count: Int32 = 0
        ffgnrwll(handle, &rows, &status)
        ffgncl(handle, &count, &status)
        guard status == 0 else {
            ffclos(handle, &status)
            throw Self.fault(path, status)
        }
        rowCount = Int(rows)
        var columns: [SourceColumn] = []
        var places: [(number: Int32, width: Int)] = []
        var passedOver: [String] = []
        for number in 1...max(1, count) where count > 0 {
            guard let (column, width) = Self.describe(handle, number) else {
                passedOver.append(Self.keyword(handle, "TTYPE\(number)") ?? "column_\(number)")
                continue
            }
            columns.append(column)
            places.append((number, width))
        }
        self.columns = columns
        notes =
            passedOver.isEmpty
            ? []
            : ["\(path): only single numbers, flags and texts are stored; left out: \(passedOver.joined(separator: ", "))"]
        self.places = places
    }

    deinit {
        var status: Int32 = 0
        ffclos(file, &status)
    }

    private static func describe(_ file: UnsafeMutablePointer<fitsfile>, _ number: Int32) -> (SourceColumn, Int)? {
        var status: Int32 = 0
        var code: Int32 = 0
        var repeats: Int = 0
        var width: Int = 0
        ffeqty(file, number, &code, &repeats, &width, &status)
        let type: ColumnType
        switch code {
        case TLOGICAL: type = .bool
        case TBYTE, TSBYTE, TSHORT, TUSHORT, TINT, TUINT, TLONG, TULONG, TLONGLONG: type = .int64
        case TFLOAT: type = .float32
        case TDOUBLE: type = .float64
        case TSTRING: type = .string
        default: return nil
        }
        // Arrays of numbers, and arrays of strings (20A5), are no scalars.
        guard status == 0, type == .string ? repeats == width && repeats > 0 : repeats == 1 else { return nil }
        let name = keyword(file, "TTYPE\(number)") ?? "column_\(number)"
        let column = SourceColumn(name: name, type: type, unit: keyword(file, "TUNIT\(number)") ?? "")
        return (column, type == .string ? repeats : width)
    }

    private static func keyword(_ file: UnsafeMutablePointer<fitsfile>, _ name: String) -> String? {
        var status: Int32 = 0
        var value = [CChar](repeating: 0, count: 128)
        guard ffgkys(file, name, &value, nil, &status) == 0 else { return nil }
        return value.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0).trimmed } }
    }

    private static func fault(_ path: String, _ status: Int32) -> UserFault {
        UserFault(.usage, "\(path) cannot be read as FITS", detail: message(status), hint: "is the file whole?")
    }

    private static func message(_ status: Int32) -> String {
        var text = [CChar](repeating: 0, count: 64)
        ffgerr(status, &text)
        ffcmsg()
        return text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    }

    func read(_ wanted: [Int], into chunk: ImportChunk) throws -> Bool {
        let count = min(ImportChunk.targetRows, rowCount - nextRow)
        guard count > 0 else { return false }
        for (column, index) in zip(chunk.columns, wanted) {
            guard (column.type == .string) == (columns[index].type == .string) else {
                throw UserFault(
                    .usage, "\(path): column \(columns[index].name) cannot be used so",
                    detail: "identifiers are integers or text, and a column has one kind in all files")
            }
            try read(count, of: places[index], into: column, chunk.arena)
        }
        for row in 0..<count {
            chunk.lines.append(nextRow + row + 1)
            chunk.problems.append(nil)
        }
        nextRow += count
        return true
    }

    private func read(
        _ count: Int, of place: (number: Int32, width: Int), into column: Column, _ arena: ByteArena
    ) throws {
        var status: Int32 = 0
        var anyNull: Int32 = 0
        let first = LONGLONG(nextRow + 1)
        let rows = LONGLONG(count)
        if column.type == .string { return try readText(count, of: place, into: column, arena) }
        let (values, states) = column.resizeForOverwrite(to: count)
        nulls.withUnsafeMutableBufferPointer { nulls in
            let flags = nulls.baseAddress
            switch column.type {
            case .bool:
                ffgcfl(
                    file, place.number, first, 1, rows, values.assumingMemoryBound(to: CChar.self), flags, &anyNull,
                    &status)
            case .int32:
                ffgcfk(
                    file, place.number, first, 1, rows, values.assumingMemoryBound(to: Int32.self), flags, &anyNull,
                    &status)
            case .int64:
                ffgcfjj(
                    file, place.number, first, 1, rows, values.assumingMemoryBound(to: LONGLONG.self), flags, &anyNull,
                    &status)
            case .float32:
                ffgcfe(
                    file, place.number, first, 1, rows, values.assumingMemoryBound(to: Float.self), flags, &anyNull,
                    &status)
            case .float64:
                ffgcfd(
                    file, place.number, first, 1, rows, values.assumingMemoryBound(to: Double.self), flags, &anyNull,
                    &status)
            case .string, .bytes: preconditionFailure("text is read elsewhere")
            }
        }
        guard status == 0 else { throw Self.fault(path, status) }
        for row in 0..<count where nulls[row] != 0 {
            states[row] = CellState.null.rawValue
            values.advanced(by: row * column.type.width).initializeMemory(
                as: UInt8.self, repeating: 0, count: column.type.width)
        }
    }

    private func readText(
        _ count: Int, of place: (number: Int32, width: Int), into column: Column, _ arena: ByteArena
    ) throws {
        var status: Int32 = 0
        var anyNull: Int32 = 0
        let stride = place.width + 1
        var text = [CChar](repeating: 0, count: count * stride)
        text.withUnsafeMutableBufferPointer { text in
            var cells = (0..<count).map { text.baseAddress?.advanced(by: $0 * stride) }
            _ = nulls.withUnsafeMutableBufferPointer {
                ffgcfs(
                    file, place.number, LONGLONG(nextRow + 1), 1, LONGLONG(count), &cells, $0.baseAddress, &anyNull,
                    &status)
            }
        }
        guard status == 0 else { throw Self.fault(path, status) }
        text.withUnsafeBytes { bytes in
            for row in 0..<count {
                var cell = bytes[row * stride..<(row + 1) * stride].prefix { $0 != 0 }
                while cell.last == 0x20 { cell.removeLast() }
                if nulls[row] != 0 || cell.isEmpty {
                    column.appendMissing(.null)
                } else {
                    column.append(arena.append(UnsafeRawBufferPointer(rebasing: cell)))
                }
            }
        }
    }
}

/// The first bytes of a file, unpacked if gzip; nil when it cannot be read.
func beginning(of path: String) -> [UInt8]? {
    guard let file = gzopen(path, "rb") else { return nil }
    defer { gzclose(file) }
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = gzread(file, &bytes, 16)
    return count < 0 ? nil : Array(bytes.prefix(Int(count)))
}
