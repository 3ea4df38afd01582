import Core
import Glibc
import Sky

/// `catalog match NAME --radius R [--all] [POSITIONS.csv]`: positions from CSV, matches as CSV
/// `row,source_id,separation_arcsec,ra,dec,…` (row = 0-based input row), nearest first within a row.
public struct CatalogueMatchJob {
    public let catalogue: Catalogue
    public let radius: Angle
    /// Every source within the radius instead of the nearest.
    public let all: Bool

    /// What a job did.
    public struct Counts: Sendable, Equatable {
        public var positions = 0
        public var matchedPositions = 0
        public var matches = 0
        /// Rows whose position could not be read or is not on the sky: *unknown*, not unmatched.
        public var unknownPositions = 0
        public var firstUnknown: [String] = []
    }

    public init(catalogue: Catalogue, radius: Angle, all: Bool) {
        (self.catalogue, self.radius, self.all) = (catalogue, radius, all)
    }

    public static let leadingNames = ["row", "source_id", "separation_arcsec", "ra", "dec"]

    /// Matches each row of a CSV file with columns ra and dec (or other well-known names), and optionally midpointMjdTai.
    /// - Parameter write: takes pieces of the output, the header first.
    /// - Throws: `UserFault` when the file or its columns cannot be used.
    public func run(positionsPath: String, write: ([UInt8]) throws -> Void) throws -> Counts {
        let reader = try CSVReader(path: positionsPath)
        func column(_ names: [String]) -> Int? {
            names.lazy.compactMap { name in reader.header.firstIndex { $0.lowercased() == name } }.first
        }
        let names = ColumnMapping.knownPlace(in: reader.header)
        guard let names, let ra = column([names.ra.lowercased()]), let dec = column([names.dec.lowercased()]) else {
            throw UserFault(
                .usage, "\(positionsPath) needs columns ra and dec",
                detail: "its columns: \(reader.header.joined(separator: ", "))", hint: "degrees, ICRS")
        }
        let time = column(["midpointmjdtai", "mjd_tai", "mjd"])
        var counts = Counts()
        var output = TextWriter(capacity: 1 << 16)
        writeHeader(&output)
        while try reader.next() {
            let row = counts.positions
            counts.positions += 1
            guard let position = Self.position(reader, ra, dec) else {
                counts.unknownPositions += 1
                if counts.firstUnknown.count < 10 {
                    counts.firstUnknown.append("\(positionsPath), line \(reader.recordLine)")
                }
                continue
            }
            let moment = time.flatMap { $0 < reader.fieldCount ? CSVCell.double(reader.field($0)) : nil }.map {
                MJD($0)
            }
            let hits = catalogue.cone(position, radius: radius, at: moment)
            if !hits.isEmpty { counts.matchedPositions += 1 }
            for hit in hits.prefix(all ? hits.count : 1) {
                append(row: row, hit, to: &output)
                counts.matches += 1
            }
            if output.count > 1 << 16 {
                try write(output.bytes)
                output.removeAll()
            }
        }
        try write(output.bytes)
        return counts
    }

    private static func position(_ reader: CSVReader, _ ra: Int, _ dec: Int) -> SkyPosition? {
        guard max(ra, dec) < reader.fieldCount, let raDegrees = CSVCell.double(reader.field(ra)),
            let decDegrees = CSVCell.double(reader.field(dec))
        else { return nil }
        let position = SkyPosition(raDegrees: raDegrees, decDegrees: decDegrees)
        return position.isOnSky ? position : nil
    }

    private func writeHeader(_ output: inout TextWriter) {
        let names = Self.leadingNames + catalogue.manifest.columns.map(\.name)
        for (index, name) in names.enumerated() {
            if index > 0 { output.append(byte: 0x2C) }
            output.append(csvField: name)
        }
        output.append(byte: 0x0A)
    }

    private func append(row: Int, _ hit: Catalogue.Hit, to output: inout TextWriter) {
        let table = catalogue.row(hit.row)
        output.append(integer: Int64(row))
        output.append(byte: 0x2C)
        output.append(csvField: catalogue.idText(hit.row))
        output.append(byte: 0x2C)
        output.append(double: hit.separationArcsec)
        for column in table.columns.indices.dropFirst(NearestMatches.raColumn) {
            output.append(byte: 0x2C)
            output.append(csvCell: 0, column: column, of: table)
        }
        output.append(byte: 0x0A)
    }
}

extension Catalogue {
    /// One row with all its columns, under the schema of `nearest.<name>`; status and separation are null.
    public func row(_ row: Int) -> ColumnTable {
        precondition(row >= 0 && row < rowCount)
        let table = ColumnTable(schema: nearestSchema, capacity: 1)
        table.columns[NearestMatches.statusColumn].appendMissing(.null)
        table.columns[NearestMatches.separationColumn].appendMissing(.null)
        ids.append(row: row, to: table.columns[NearestMatches.sourceIDColumn], arena: table.arena)
        table.columns[NearestMatches.raColumn].append(ra[row])
        table.columns[NearestMatches.decColumn].append(dec[row])
        for (extra, column) in zip(extras, table.columns.dropFirst(NearestMatches.decColumn + 1)) {
            if extra.isNull(row) {
                column.appendMissing(.null)
            } else {
                extra.append(row: row, to: column, arena: table.arena)
            }
        }
        table.finishRow()
        return table
    }
}
