import Core
import Glibc
import Sky

/// `catalog import NAME FILE…`: files of sources become a new version of a catalogue, or nothing changes.
public struct CatalogueImport {
    public struct Options: Sendable {
        public var store: CatalogueStore
        public var name: String
        public var files: [String]
        public var mapping: ColumnMapping
        /// Any bad row refuses the import.
        public var isStrict: Bool
        /// Memory for rows being sorted; the rest of the import needs some ten MiB more.
        public var sortRunBytes: Int

        public init(
            store: CatalogueStore, name: String, files: [String], mapping: ColumnMapping = ColumnMapping(),
            isStrict: Bool = false, sortRunBytes: Int = 192 << 20
        ) {
            (self.store, self.name, self.files, self.mapping) = (store, name, files, mapping)
            (self.isStrict, self.sortRunBytes) = (isStrict, sortRunBytes)
        }
    }

    private let options: Options
    private let progress: ((Int) -> Void)?
    private var report: CatalogueImportReport
    private var row = RowBuilder()

    /// Imports.
    /// - Parameter progress: called with the number of rows read, every some thousand rows.
    /// - Throws: `UserFault` for wrong files, columns, or (strict) rows; `DependencyFault` when the disk fails.
    public static func run(_ options: Options, progress: ((Int) -> Void)? = nil) throws -> CatalogueImportReport {
        var task = CatalogueImport(options, progress)
        return try task.run()
    }

    private init(_ options: Options, _ progress: ((Int) -> Void)?) {
        (self.options, self.progress) = (options, progress)
        report = CatalogueImportReport(name: options.name)
    }

    private mutating func run() throws -> CatalogueImportReport {
        try CatalogueStore.checkName(options.name)
        guard let first = options.files.first else { throw UserFault(.usage, "no file to import") }
        let sources = try options.files.map { try openCatalogueSource($0) }
        let columns = try ResolvedColumns(options.mapping, columns: sources[0].columns, path: first)
        report.notes = columns.notes + sources.flatMap(\.notes)
        let plan = try ImportPlan(columns, sources: sources, paths: options.files)
        try Self.allowFiles(columns.extras.count)
        let writer = try CatalogueWriter(
            store: options.store, name: options.name, layout: plan.layout, epochYear: columns.epochYear,
            sortRunBytes: options.sortRunBytes)
        let chunk = ImportChunk(types: plan.types)
        for (index, source) in sources.enumerated() {
            chunk.removeAll()
            while try source.read(plan.wanted[index], into: chunk) {
                for row in 0..<chunk.rowCount { try take(row, of: chunk, plan, writer, path: options.files[index]) }
                chunk.removeAll()
                progress?(report.rows + report.badRows)
            }
        }
        if options.isStrict, report.badRows > 0 {
            throw UserFault(
                .usage, "\(report.badRows) bad rows, nothing imported",
                detail: report.firstBadRows.joined(separator: "\n  "),
                hint: "without --strict they are left out")
        }
        guard writer.rowCount > 0 else {
            throw UserFault(
                .usage, "no usable row, nothing imported", detail: report.firstBadRows.joined(separator: "\n  "))
        }
        let manifest = try writer.publish()
        report.complete(manifest, path: options.store.versionPath(options.name, manifest.versionID))
        return report
    }

    /// Each column is up to three files, all open until the catalogue is written.
    private static func allowFiles(_ columnCount: Int) throws(UserFault) {
        var limit = rlimit()
        let needed = rlim_t(3 * columnCount + 64)
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < needed else { return }
        limit.rlim_cur = min(needed, limit.rlim_max)
        guard setrlimit(resource, &limit) == 0, limit.rlim_cur >= needed else {
            throw UserFault(
                .tooLarge, "\(columnCount) columns are more files than this process may open",
                detail: "the limit is \(limit.rlim_max), \(needed) are needed",
                hint: "choose with --columns a,b,c, or raise ulimit -n")
        }
    }

    private mutating func take(
        _ index: Int, of chunk: ImportChunk, _ plan: ImportPlan, _ writer: CatalogueWriter, path: String
    ) throws {
        if let problem = chunk.problems[index] ?? problem(index, chunk, plan.columns) {
            report.addBad("\(path), line \(chunk.lines[index]): \(problem)")
            return
        }
        let columns = plan.columns
        var ra: Double = chunk.columns[columns.ra].double(index) ?? 0
        if ra == 360 { ra = 0 }
        let dec: Double = chunk.columns[columns.dec].double(index) ?? 0
        row.begin(raDegrees: ra, decDegrees: dec)
        var motion: (pmra: Float, pmdec: Float, epochYear: Double)?
        if let positions = columns.motion {
            // A source of unknown motion stays where it is; its epoch then says nothing, and takes the others' place.
            let pmra = chunk.columns[positions.pmra].float(index) ?? .nan
            let pmdec = chunk.columns[positions.pmdec].float(index) ?? .nan
            let epoch = columns.epochYear ?? columns.epochColumn.flatMap { chunk.columns[$0].double(index) } ?? .nan
            if pmra.isFinite, pmdec.isFinite, epoch > 1500, epoch < 2500 { motion = (pmra, pmdec, epoch) }
            row.appendMotion(pmra: motion?.pmra ?? 0, pmdec: motion?.pmdec ?? 0, epochYear: motion?.epochYear ?? 2000)
        }
        let id = chunk.columns[columns.id]
        if let value = id.type == .int64 ? id.int64(index) : nil {
            row.append(value)
        } else if let reference = id.type == .string ? id.reference(index) : nil {
            row.append(text: chunk.arena.bytes(reference))
        }
        for (number, extra) in columns.extras.enumerated() {
            let column = chunk.columns[extra.position]
            if !column.hasValue(index) { writer.noteNull(extra: number) }
            row.append(cell: index, of: column, arena: chunk.arena)
        }
        try writer.add(pixel: HEALPix.index(raDegrees: ra, decDegrees: dec), row: row, motion: motion)
    }

    /// Why a row cannot be a source.
    private func problem(_ index: Int, _ chunk: ImportChunk, _ columns: ResolvedColumns) -> String? {
        guard let ra = chunk.columns[columns.ra].double(index) else { return "no right ascension" }
        guard let dec = chunk.columns[columns.dec].double(index) else { return "no declination" }
        guard SkyPosition(raDegrees: ra, decDegrees: dec).isOnSky else {
            return "outside the sky: ra \(ra), dec \(dec)"
        }
        return chunk.columns[columns.id].hasValue(index) ? nil : "no identifier"
    }
}
