import Core

/// What a version of a catalogue consists of: the text file `manifest` beside its column files.
///
/// UTF-8, one item a line, fields separated by tabs, in this order; the last line is the CRC-32 of all before it:
/// ```
/// nightjar-catalogue 1             2 where there is a file `fast`
/// name        gaia_dr3
/// rows        1811709771
/// cell-order  10                   order of the coarse index
/// epoch       2016.0               Julian year of the positions, "none" without proper motions
/// epoch-spread  0                  largest distance of a row's own epoch from it, years
/// max-motion  10393.3              largest proper motion, mas/yr
/// slow-motion  341.2               largest of those that the file `fast` does not list; only where there is such a file
/// id-type     int64                or string
/// file        key     7246839084  1a2b3c4d          file name, bytes, CRC-32 in hexadecimal
/// column      parallax  float64  mas  x0            extra column: name, type, unit, stem of its files
/// crc         5e6f7a8b
/// ```
/// The version id is the CRC-32 of the content lines, twice (before and after the name), in hexadecimal.
public struct CatalogueManifest: Sendable, Equatable {
    public struct File: Sendable, Equatable {
        public let name: String
        public let bytes: Int
        public let crc: UInt32
    }

    public struct ExtraColumn: Sendable, Equatable {
        public let name: String
        public let type: ColumnType
        public let unit: String
        let stem: String
    }

    public static let formatVersion = 2

    public var name: String
    public var rows: Int
    public var cellOrder: Int
    /// Julian year that the stored positions are for; nil when nothing moves.
    public var epochYear: Double?
    /// Largest difference of a row's own epoch from `epochYear`.
    public var epochSpreadYears: Double = 0
    public var maxMotionMasPerYear: Double
    /// Largest motion of the sources that are not listed as fast, mas/yr; nil without a list.
    public var slowMotionMasPerYear: Double?
    public var idType: ColumnType
    public var files: [File]
    public var columns: [ExtraColumn]

    /// Sixteen hexadecimal digits that follow from the content, whatever the catalogue is called.
    public var versionID: String {
        let content = contentLines.joined(separator: "\n")
        return hex(crc(of: content)) + hex(crc(of: content + "\nnightjar"))
    }

    private var contentLines: [String] {
        var lines = [
            "rows\t\(rows)", "cell-order\t\(cellOrder)", "epoch\t\(epochYear.map { "\($0)" } ?? "none")",
            "epoch-spread\t\(epochSpreadYears)", "max-motion\t\(maxMotionMasPerYear)",
            "id-type\t\(typeNames[idType] ?? "")",
        ]
        if let slowMotionMasPerYear { lines.append("slow-motion\t\(slowMotionMasPerYear)") }
        lines += files.map { "file\t\($0.name)\t\($0.bytes)\t\(hex($0.crc))" }
        lines += columns.map { "column\t\($0.name)\t\(typeNames[$0.type] ?? "")\t\($0.unit)\t\($0.stem)" }
        return lines
    }

    var text: String {
        let body = (["nightjar-catalogue \(slowMotionMasPerYear == nil ? 1 : 2)", "name\t\(name)"] + contentLines).joined(
            separator: "\n")
        return body + "\ncrc\t\(hex(crc(of: body)))\n"
    }

    /// - Throws: `DependencyFault` when the text is damaged or of a newer format.
    init(text: String, path: String) throws(DependencyFault) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.count > 2, lines.removeLast().isEmpty, let seal = lines.popLast() else {
            throw catalogueFault(path, "is truncated")
        }
        let header = lines[0].split(separator: " ")
        guard header.count == 2, header[0] == "nightjar-catalogue", let version = Int(header[1]) else {
            throw catalogueFault(path, "is not a catalogue manifest")
        }
        guard version <= Self.formatVersion else {
            throw catalogueFault(path, "has format \(version); this program reads up to \(Self.formatVersion)")
        }
        guard seal == "crc\t\(hex(crc(of: lines.joined(separator: "\n"))))" else {
            throw catalogueFault(path, "does not have the checksum that it states")
        }
        (name, rows, cellOrder, maxMotionMasPerYear, idType) = ("", 0, 0, 0, .int64)
        (epochYear, files, columns) = (nil, [], [])
        for line in lines.dropFirst() {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard take(fields) else { throw catalogueFault(path, "has a line that cannot be read: \(line)") }
        }
    }

    private mutating func take(_ fields: [String]) -> Bool {
        switch (fields[0], fields.count) {
        case ("name", 2): name = fields[1]
        case ("rows", 2): rows = Int(fields[1]) ?? -1
        case ("cell-order", 2): cellOrder = Int(fields[1]) ?? -1
        case ("epoch", 2): epochYear = Double(fields[1])
        case ("epoch-spread", 2): epochSpreadYears = Double(fields[1]) ?? -1
        case ("max-motion", 2): maxMotionMasPerYear = Double(fields[1]) ?? -1
        case ("slow-motion", 2): slowMotionMasPerYear = Double(fields[1]) ?? -1
        case ("id-type", 2): idType = typesByName[fields[1]] ?? .bytes
        case ("file", 4):
            guard let bytes = Int(fields[2]), let crc = UInt32(fields[3], radix: 16) else { return false }
            files.append(File(name: fields[1], bytes: bytes, crc: crc))
        case ("column", 5):
            guard let type = typesByName[fields[2]] else { return false }
            columns.append(ExtraColumn(name: fields[1], type: type, unit: fields[3], stem: fields[4]))
        default: return false
        }
        return rows >= 0 && (0...13).contains(cellOrder) && maxMotionMasPerYear >= 0 && searchedMotionMasPerYear >= 0
            && epochSpreadYears >= 0
            && idType != .bytes
    }

    init(name: String, cellOrder: Int, epochYear: Double?, idType: ColumnType) {
        (self.name, self.cellOrder, self.epochYear, self.idType) = (name, cellOrder, epochYear, idType)
        (rows, maxMotionMasPerYear, files, columns) = (0, 0, [], [])
    }

    func file(_ name: String) -> File? { files.first { $0.name == name } }

    /// By how much the search around a place must be widened, mas/yr.
    var searchedMotionMasPerYear: Double { slowMotionMasPerYear ?? maxMotionMasPerYear }

    /// Bytes a row that nearest-match reads: keys, positions, ids, motions and the coarse index.
    public var matchBytesPerRow: Double {
        let names: Set<String> = ["key", "cells", "ra", "dec", "id", "pmra", "pmdec", "epoch", "fast"]
        let bytes = files.filter { names.contains($0.name) }.reduce(0) { $0 + $1.bytes }
        return rows == 0 ? 0 : Double(bytes) / Double(rows)
    }
}

let typeNames: [ColumnType: String] = [
    .bool: "bool", .int32: "int32", .int64: "int64", .float32: "float32", .float64: "float64", .string: "string",
]
let typesByName: [String: ColumnType] = [
    "bool": .bool, "int32": .int32, "int64": .int64, "float32": .float32, "float64": .float64, "string": .string,
]

private func crc(of text: String) -> UInt32 {
    var copy = text
    return copy.withUTF8 { checksum(UnsafeRawBufferPointer($0)) }
}

private func hex(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 8 - digits.utf8.count) + digits
}
