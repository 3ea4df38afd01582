import Core

/// What to read from each file and as which type: the narrowest that holds the values of all files.
struct ImportPlan {
    let columns: ResolvedColumns
    /// For each file, the positions of the wanted columns.
    let wanted: [[Int]]
    /// Type of each wanted column.
    let types: [ColumnType]
    let layout: RowLayout

    init(_ columns: ResolvedColumns, sources: [any CatalogueSource], paths: [String]) throws(UserFault) {
        self.columns = columns
        var wanted: [[Int]] = []
        for (source, path) in zip(sources, paths) {
            var positions: [Int] = []
            for name in columns.wanted {
                guard let position = source.columns.firstIndex(where: { $0.name.lowercased() == name.lowercased() })
                else {
                    throw UserFault(
                        .usage, "\(path) has no column \(name), which \(paths[0]) has",
                        detail: "its columns: \(source.columns.map(\.name).joined(separator: ", "))")
                }
                positions.append(position)
            }
            wanted.append(positions)
        }
        self.wanted = wanted
        var types = columns.wanted.indices.map { index in
            zip(sources, wanted).map { $0.columns[$1[index]].type }.reduce(nil, Self.widest) ?? .string
        }
        let numeric = [columns.ra, columns.dec] + (columns.epochColumn.map { [$0] } ?? [])
        for index in numeric { types[index] = .float64 }
        if let motion = columns.motion {
            for index in [motion.pmra, motion.pmdec] { types[index] = .float32 }
        }
        // An identifier that is no integer stays the text that it is.
        if types[columns.id] != .int64 { types[columns.id] = .string }
        self.types = types
        layout = RowLayout(
            idType: types[columns.id], hasMotion: columns.motion != nil,
            extras: columns.extras.map { extra in
                let source = sources[0].columns[wanted[0][extra.position]]
                let unit = String(source.unit.map { $0 == "\t" || $0 == "\n" ? " " : $0 })
                return RowLayout.Extra(name: extra.name, type: types[extra.position], unit: unit)
            })
    }

    private static func widest(_ known: ColumnType?, _ next: ColumnType) -> ColumnType {
        guard let known, known != next else { return next }
        return known.isNumeric && next.isNumeric ? .float64 : .string
    }
}

/// What an import did.
public struct CatalogueImportReport: Sendable {
    public let name: String
    public internal(set) var versionID = ""
    /// Directory of the new version.
    public internal(set) var path = ""
    public internal(set) var rows = 0
    public internal(set) var badRows = 0
    /// The first ten: file, line and reason.
    public internal(set) var firstBadRows: [String] = []
    /// What was decided without being asked.
    public internal(set) var notes: [String] = []
    public internal(set) var bytes = 0
    public internal(set) var matchBytesPerRow: Double = 0

    init(name: String) { self.name = name }

    mutating func addBad(_ text: String) {
        badRows += 1
        if firstBadRows.count < 10 { firstBadRows.append(text) }
    }

    mutating func complete(_ manifest: CatalogueManifest, path: String) {
        (versionID, rows, self.path) = (manifest.versionID, manifest.rows, path)
        bytes = manifest.files.reduce(0) { $0 + $1.bytes }
        matchBytesPerRow = manifest.matchBytesPerRow
    }
}
