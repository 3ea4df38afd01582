import Core
import Crossmatch
import Sky

/// `nightjar catalog …`: files of sources become catalogues; what is there; matches of positions against one.
enum CatalogCommands {
    static let specs = [importFiles, list, check, prune, match]

    private static let placeOptions = [
        OptionSpec("--data", "DIR", "the data directory: catalogues are in DIR/catalogues"),
        OptionSpec("--directory", "DIR", "the directory of catalogues itself"),
    ]
    private static let listFormat = OptionSpec("--format", "table|json", "default table")

    static func store(_ arguments: Arguments) -> CatalogueStore {
        CatalogueStore(path: arguments.text("--directory") ?? DataAccess.directory(arguments) + "/catalogues")
    }

    // MARK: import

    private static let importFiles = CommandSpec(
        "catalog import", "NAME FILE…", "CSV or FITS tables become a catalogue; a running broker takes it within 5 s",
        options: placeOptions + [
            OptionSpec("--ra", "COLUMN", "right ascension, degrees ICRS (default: a well-known name)"),
            OptionSpec("--dec", "COLUMN", "declination, degrees"), OptionSpec("--id", "COLUMN", "identifier"),
            OptionSpec("--pmra", "COLUMN", "proper motion in right ascension times cos dec, mas/yr"),
            OptionSpec("--pmdec", "COLUMN", "proper motion in declination, mas/yr"),
            OptionSpec("--epoch", "YEAR|COLUMN", "of the positions, Julian years: 2016.0"),
            OptionSpec("--columns", "A,B", "further columns to keep (default: all)"),
            OptionSpec("--strict", nil, "one bad row refuses the import"),
            OptionSpec("--prune", nil, "afterwards remove old versions as catalog prune does"),
            OptionSpec("--format", "table|json", "of the report; default table"),
        ], positionalCount: 2...10_000
    ) { arguments in
        let format = try arguments.choice("--format", ["table", "json"], default: "table")
        var options = CatalogueImport.Options(
            store: store(arguments), name: arguments.positionals[0], files: Array(arguments.positionals.dropFirst()))
        options.mapping = ColumnMapping(
            ra: arguments.text("--ra"), dec: arguments.text("--dec"), id: arguments.text("--id"),
            pmra: arguments.text("--pmra"), pmdec: arguments.text("--pmdec"), epoch: arguments.text("--epoch"),
            columns: arguments.text("--columns")?.split(separator: ",").map { String($0.trimmingSpaces) })
        options.isStrict = arguments.has("--strict")
        var bar = ProgressBar("rows", total: 0)
        let report = try CatalogueImport.run(options) { bar.update(Int64($0)) }
        bar.finish(Int64(report.rows + report.badRows))
        for note in report.notes { Console.error("nightjar: \(note)") }
        if report.badRows > 0 {
            Console.error("nightjar: \(report.badRows) bad rows were left out, the first of them:")
            for row in report.firstBadRows { Console.error("  \(row)") }
        }
        Console.print(format == "json" ? json(report) : table(report))
        return arguments.has("--prune") ? try removeOldVersions(arguments, to: 2) : .done
    }

    private static func table(_ report: CatalogueImportReport) -> String {
        """
          catalogue  \(report.name)
          version    \(report.versionID)
          rows       \(report.rows)
          bad rows   \(report.badRows)
        """
    }

    private static func json(_ report: CatalogueImportReport) -> String {
        var writer = TextWriter()
        writer.append("{\"name\":")
        writer.append(jsonString: report.name)
        writer.append(",\"version\":")
        writer.append(jsonString: report.versionID)
        writer.append(string: ",\"rows\":\(report.rows),\"bad_rows\":\(report.badRows)}")
        return writer.text
    }

    // MARK: list and check

    private static let list = CommandSpec(
        "catalog list", "", "the catalogues: rows, size, epoch, columns", options: placeOptions + [listFormat],
        positionalCount: 0...0
    ) { arguments in
        try show(CatalogueListing.all(in: store(arguments)), arguments)
        return .done
    }

    private static let check = CommandSpec(
        "catalog check", "", "reads every file of every catalogue and compares checksums",
        options: placeOptions + [listFormat], positionalCount: 0...0
    ) { arguments in
        let listings = CatalogueListing.all(in: store(arguments), isThorough: true)
        try show(listings, arguments)
        return listings.allSatisfy { $0.fault == nil } ? .done : .no
    }

    private static func show(_ listings: [CatalogueListing], _ arguments: Arguments) throws(UserFault) {
        if try arguments.choice("--format", ["table", "json"], default: "table") == "json" {
            return Console.print("[" + listings.map(json).joined(separator: ",\n") + "]")
        }
        if listings.isEmpty { Console.error("no catalogue in \(store(arguments).path)") }
        for listing in listings {
            let epoch = listing.epochYear.map { ", positions of J\($0)" } ?? ""
            let columns = listing.columns.map(\.name).joined(separator: " ")
            Console.print(
                "\(listing.name)  \(listing.rows) rows, \(listing.bytes) bytes\(epoch), version \(listing.versionID)")
            if !columns.isEmpty { Console.print("  columns: \(columns)") }
            if let fault = listing.fault { Console.error("  \(listing.name) cannot be used: \(fault)") }
        }
    }

    private static func json(_ listing: CatalogueListing) -> String {
        var writer = TextWriter()
        writer.append("{\"name\":")
        writer.append(jsonString: listing.name)
        writer.append(",\"version\":")
        writer.append(jsonString: listing.versionID)
        writer.append(string: ",\"rows\":\(listing.rows),\"bytes\":\(listing.bytes),\"match_bytes_per_row\":")
        writer.append(double: listing.matchBytesPerRow)
        writer.append(",\"epoch_year\":")
        writer.append(double: listing.epochYear ?? .nan)
        writer.append(",\"columns\":[")
        for (index, column) in listing.columns.enumerated() {
            if index > 0 { writer.append(",") }
            writer.append(jsonString: column.name)
        }
        writer.append("],\"fault\":")
        if let fault = listing.fault { writer.append(jsonString: fault) } else { writer.append("null") }
        writer.append("}")
        return writer.text
    }

    // MARK: prune

    private static let prune = CommandSpec(
        "catalog prune", "", "removes versions of catalogues that no commit names, or none of the last days",
        options: DataAccess.options + [
            OptionSpec("--keep-days", "DAYS", "keep what commits of so many days name (default: of all days)")
        ], positionalCount: 0...0
    ) { try removeOldVersions($0, to: 1) }

    private static func removeOldVersions(_ arguments: Arguments, to output: Int32) throws -> ExitStatus {
        guard !arguments.has("--directory") else {
            throw UserFault(
                .usage, "versions are pruned in a data directory, whose commits name those that stay",
                hint: "use --data instead of --directory")
        }
        return try DataAccess.with(arguments) { transport in
            let response = try transport.fetch(
                DataAccess.request(
                    "POST", "/api/v1/operations/catalog-prune", [("keep_days", arguments.text("--keep-days"))]))
            Console.write(String(decoding: response.bytes ?? [], as: UTF8.self), to: output)
            return .done
        }
    }

    // MARK: match

    private static let match = CommandSpec(
        "catalog match", "NAME [POSITIONS.csv]",
        "the nearest source to each position (columns ra, dec, perhaps mjd), as CSV",
        options: placeOptions + [
            OptionSpec("--radius", "RADIUS", "with a unit: 1.5arcsec (the default), 2arcmin, 1deg"),
            OptionSpec("--all", nil, "every source within the radius, nearest first"),
        ], positionalCount: 1...2
    ) { arguments in
        let radius = try Angle(parsingRadius: arguments.text("--radius") ?? "1.5arcsec")
        let catalogue = try Catalogue.open(arguments.positionals[0], in: store(arguments))
        let job = CatalogueMatchJob(catalogue: catalogue, radius: radius, all: arguments.has("--all"))
        // Without a file the positions come from standard input.
        let path = arguments.positionals.count > 1 ? arguments.positionals[1] : "/dev/stdin"
        let counts = try job.run(positionsPath: path == "-" ? "/dev/stdin" : path) { bytes in
            bytes.withUnsafeBytes { Console.write($0, to: 1) }
        }
        for place in counts.firstUnknown { Console.error("nightjar: \(place): no position on the sky") }
        Console.error(
            "\(counts.positions) positions, \(counts.matchedPositions) matched, \(counts.unknownPositions) unreadable")
        return counts.unknownPositions == 0 ? .done : .no
    }
}
