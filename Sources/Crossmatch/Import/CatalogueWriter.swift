import Core
import Sky

/// Writes a new version of a catalogue: takes rows in any order, sorts them, and publishes the version when all is on disk.
final class CatalogueWriter {
    private let store: CatalogueStore
    private let name: String
    private let layout: RowLayout
    private let epochYear: Double?
    private let staging: String
    private let sorter: RowSorter
    private var isPublished = false
    private var maxMotion: Double = 0
    private var epochs: ClosedRange<Double>?
    private var hasNull: [Bool]

    /// - Parameter epochYear: Julian year of the positions where rows do not say.
    init(
        store: CatalogueStore, name: String, layout: RowLayout, epochYear: Double?, sortRunBytes: Int = 192 << 20
    ) throws {
        try CatalogueStore.checkName(name)
        (self.store, self.name, self.layout, self.epochYear) = (store, name, layout, epochYear)
        staging = try store.makeStaging(name)
        sorter = RowSorter(directory: staging, runBytes: sortRunBytes)
        hasNull = layout.extras.map { _ in false }
    }

    deinit { if !isPublished { FileSystem.removeTree(staging) } }

    var rowCount: Int { sorter.rowCount }

    /// Adds a row whose bytes follow the layout; `motion` repeats what they say of it.
    func add(
        pixel: Int64, row: RowBuilder, motion: (pmra: Float, pmdec: Float, epochYear: Double)? = nil
    ) throws(DependencyFault) {
        if let motion {
            let total = (Double(motion.pmra) * Double(motion.pmra) + Double(motion.pmdec) * Double(motion.pmdec))
                .squareRoot()
            maxMotion = max(maxMotion, total)
            let known = epochs ?? motion.epochYear...motion.epochYear
            epochs = min(known.lowerBound, motion.epochYear)...max(known.upperBound, motion.epochYear)
        }
        try sorter.add(pixel: pixel, row: row.bytes)
    }

    func noteNull(extra: Int) { hasNull[extra] = true }

    /// Sorts, writes, syncs and makes the version the current one.
    /// - Returns: the manifest of the new version.
    func publish() throws -> CatalogueManifest {
        guard sorter.rowCount < Int(UInt32.max) else {
            throw UserFault(.tooLarge, "more than 4 294 967 294 rows", detail: "catalogue \(name)")
        }
        let files = try CatalogueFiles(
            directory: staging, layout: layout, rows: sorter.rowCount, hasNull: hasNull,
            hasEpochs: epochs.map { $0.lowerBound < $0.upperBound } ?? false)
        try sorter.drain { pixel, bytes in files.append(pixel: pixel, RowCursor(bytes)) }
        var manifest = CatalogueManifest(
            name: name, cellOrder: files.cellOrder, epochYear: nil, idType: layout.idType)
        manifest.files = try files.finish()
        manifest.rows = sorter.rowCount
        manifest.columns = layout.extras.enumerated().map {
            CatalogueManifest.ExtraColumn(name: $1.name, type: $1.type, unit: $1.unit, stem: "x\($0)")
        }
        manifest.maxMotionMasPerYear = maxMotion
        manifest.slowMotionMasPerYear = files.slowMotion
        if layout.hasMotion, let span = epochs {
            manifest.epochYear = (span.lowerBound + span.upperBound) / 2
            manifest.epochSpreadYears = (span.upperBound - span.lowerBound) / 2
        } else {
            manifest.epochYear = epochYear
        }
        try FileSystem.replace("\(staging)/manifest", with: Array(manifest.text.utf8))
        sorter.removeRuns()
        try store.publish(staging: staging, name: name, version: manifest.versionID)
        isPublished = true
        return manifest
    }

    /// The finest order with at least three rows a cell on average: then the index costs 0.3 to 1.3 bytes a row.
    static func cellOrder(rows: Int) -> Int {
        var order = 0
        while order < 13, 12 << (2 * (order + 1)) <= rows / 3 { order += 1 }
        return order
    }
}

/// The column files of a version while rows come in, sorted.
private final class CatalogueFiles {
    let cellOrder: Int
    private let layout: RowLayout
    private let cells: ColumnFileWriter
    private let keys: ColumnFileWriter
    private let ra: ColumnFileWriter
    private let dec: ColumnFileWriter
    private let motion: [ColumnFileWriter]
    private let epoch: ColumnFileWriter?
    private let id: StoredColumnWriter
    private let extras: [StoredColumnWriter]
    private let directory: String
    private var rows: UInt32 = 0
    private var nextCell = 0
    private var fastest: FastestRows
    /// Known when all is written, and the fast ones have a list.
    private(set) var slowMotion: Double?

    init(directory: String, layout: RowLayout, rows: Int, hasNull: [Bool], hasEpochs: Bool) throws {
        (self.directory, self.layout) = (directory, layout)
        cellOrder = CatalogueWriter.cellOrder(rows: rows)
        fastest = FastestRows(rows: rows)
        func file(_ name: String) throws -> ColumnFileWriter { try ColumnFileWriter(directory: directory, name: name) }
        cells = try file("cells")
        keys = try file("key")
        ra = try file("ra")
        dec = try file("dec")
        motion = layout.hasMotion ? [try file("pmra"), try file("pmdec")] : []
        epoch = layout.hasMotion && hasEpochs ? try file("epoch") : nil
        id = try StoredColumnWriter(directory: directory, stem: "id", type: layout.idType, hasNull: false)
        extras = try zip(layout.extras, hasNull).enumerated().map {
            try StoredColumnWriter(directory: directory, stem: "x\($0)", type: $1.0.type, hasNull: $1.1)
        }
    }

    func append(pixel: Int64, _ cursor: RowCursor) {
        var cursor = cursor
        let cell = Int(HEALPix.parent(pixel, order: HEALPix.maxOrder, at: cellOrder))
        while nextCell <= cell {
            cells.append(rows)
            nextCell += 1
        }
        keys.append(Catalogue.key(pixel, cellOrder: cellOrder))
        let place = (ra: cursor.take(Double.self), dec: cursor.take(Double.self))
        ra.append(place.ra)
        dec.append(place.dec)
        if layout.hasMotion {
            let (pmra, pmdec) = (cursor.take(Float.self), cursor.take(Float.self))
            motion[0].append(pmra)
            motion[1].append(pmdec)
            let total = (Double(pmra) * Double(pmra) + Double(pmdec) * Double(pmdec)).squareRoot()
            fastest.see(row: Int(rows), ra: place.ra, dec: place.dec, motion: total)
            let year = cursor.take(Double.self)
            epoch?.append(year)
        }
        id.append(&cursor, isNull: false)
        for extra in extras { extra.append(&cursor, isNull: cursor.take(UInt8.self) != 0) }
        rows += 1
    }

    func finish() throws -> [CatalogueManifest.File] {
        while nextCell <= 12 << (2 * cellOrder) {
            cells.append(rows)
            nextCell += 1
        }
        var files: [CatalogueManifest.File] = []
        for writer in [cells, keys, ra, dec] + motion { files.append(try writer.finish()) }
        if let epoch { files.append(try epoch.finish()) }
        let listed = fastest.worthwhile
        if !listed.isEmpty {
            let fast = try ColumnFileWriter(directory: directory, name: "fast")
            for star in listed { fast.append(star) }
            files.append(try fast.finish())
            slowMotion = fastest.restMotion
        }
        for column in [id] + extras { files += try column.finish() }
        return files
    }
}

/// The one to three files of a stored column.
private final class StoredColumnWriter {
    private let type: ColumnType
    private let values: ColumnFileWriter
    private let text: ColumnFileWriter?
    private let nulls: ColumnFileWriter?
    private var textBytes: UInt64 = 0

    init(directory: String, stem: String, type: ColumnType, hasNull: Bool) throws(DependencyFault) {
        self.type = type
        let isText = type == .string
        values = try ColumnFileWriter(directory: directory, name: isText ? "\(stem).offset" : stem)
        text = isText ? try ColumnFileWriter(directory: directory, name: "\(stem).bytes") : nil
        nulls = hasNull ? try ColumnFileWriter(directory: directory, name: "\(stem).null") : nil
        if isText { values.append(textBytes) }
    }

    func append(_ cursor: inout RowCursor, isNull: Bool) {
        nulls?.append(UInt8(isNull ? 1 : 0))
        if let text {
            if !isNull {
                let bytes = cursor.takeText()
                text.append(bytes: bytes)
                textBytes += UInt64(bytes.count)
            }
            values.append(textBytes)
        } else if isNull {
            for _ in 0..<CatalogueColumn.width(type) { values.append(UInt8(0)) }
        } else {
            values.append(bytes: cursor.take(CatalogueColumn.width(type)))
        }
    }

    func finish() throws(DependencyFault) -> [CatalogueManifest.File] {
        var files = [try values.finish()]
        if let text { files.append(try text.finish()) }
        if let nulls { files.append(try nulls.finish()) }
        return files
    }
}
