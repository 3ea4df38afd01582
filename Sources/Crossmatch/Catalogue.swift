import Core
import Glibc
import Sky

/// One version of a catalogue, mapped: immutable, shared between threads, valid while anyone holds it.
///
/// Files of a version, little-endian, one value a row, rows sorted by HEALPix NESTED order-29 index of the position:
/// - `cells`: UInt32 × (12 · 4^c + 1): the first row of each order-c cell (c = `cellOrder`), then the number of rows;
/// - `key`: UInt32, the index inside its cell at order c + 16, so that cell and key are the index to 16 more orders;
/// - `ra`, `dec`: Float64, degrees ICRS at the row's epoch;
/// - `id`: Int64; or `id.offset`: UInt64 × (rows + 1) into `id.bytes`, UTF-8;
/// - `pmra`, `pmdec`: Float32, mas/yr, pmra times cos dec; only where something moves; unknown is 0;
/// - `fast`: the sources that move much faster than the rest, by declination: ra, dec (degrees), cos dec, motion (mas/yr) as
///   Float64 and the row as Int64; only where there are such;
/// - `epoch`: Float64, Julian year; only where rows differ;
/// - `x0`, `x1`, …: extra columns as their type (bool one byte); strings as `x0.offset` and `x0.bytes`;
///   `x0.null`: one byte a row, 1 where there is no value, only where some have none.
/// - `manifest`: see `CatalogueManifest`; it has size and CRC-32 of every file.
///
/// 28 bytes a row and 4 a cell for the match; 8 more with proper motions.
public final class Catalogue: @unchecked Sendable {
    // Everything is immutable after init: mapped read-only, or let.
    public let manifest: CatalogueManifest
    public let versionID: String
    public let path: String
    let cells: UnsafeBufferPointer<UInt32>
    let keys: UnsafeBufferPointer<UInt32>
    let ra: UnsafeBufferPointer<Double>
    let dec: UnsafeBufferPointer<Double>
    let ids: CatalogueColumn
    let pmra: UnsafeBufferPointer<Float>?
    let pmdec: UnsafeBufferPointer<Float>?
    let epochs: UnsafeBufferPointer<Double>?
    let fast: UnsafeBufferPointer<FastStar>?
    let extras: [CatalogueColumn]
    private let mappings: [MappedFile]

    public var name: String { manifest.name }
    public var rowCount: Int { manifest.rows }
    public var idType: ColumnType { manifest.idType }

    /// The schema of `nearest.<name>`.
    public let nearestSchema: TableSchema

    /// Whether some of its files could not be read since they were opened: what was found meanwhile may be wrong.
    public var isDamaged: Bool { mappings.contains { $0.isDamaged } }

    /// Opens the current version of a catalogue. Files that changed since their checksums were compared are read whole once.
    /// - Throws: `UserFault` when there is no such catalogue, `DependencyFault` when it is damaged.
    public static func open(_ name: String, in store: CatalogueStore) throws -> Catalogue {
        let version = try store.currentVersion(of: name)
        return try Catalogue(path: store.versionPath(name, version), name: name)
    }

    init(path: String, name: String) throws(DependencyFault) {
        self.path = path
        guard let text = TextFile.read("\(path)/manifest") else {
            throw catalogueFault("\(path)/manifest", "cannot be read")
        }
        var manifest = try CatalogueManifest(text: text, path: "\(path)/manifest")
        manifest.name = name
        self.manifest = manifest
        versionID = manifest.versionID
        var mapper = CatalogueMapper(path: path, manifest: manifest)
        cells = try mapper.values("cells", count: 12 << (2 * manifest.cellOrder) + 1)
        keys = try mapper.values("key", count: manifest.rows)
        ra = try mapper.values("ra", count: manifest.rows)
        dec = try mapper.values("dec", count: manifest.rows)
        ids = try mapper.column("id", manifest.idType)
        pmra = manifest.file("pmra") == nil ? nil : try mapper.values("pmra", count: manifest.rows)
        pmdec = manifest.file("pmra") == nil ? nil : try mapper.values("pmdec", count: manifest.rows)
        epochs = manifest.file("epoch") == nil ? nil : try mapper.values("epoch", count: manifest.rows)
        fast = try manifest.file("fast").map { (file) throws(DependencyFault) in
            try mapper.values("fast", count: file.bytes / MemoryLayout<FastStar>.size)
        }
        var extras: [CatalogueColumn] = []
        for column in manifest.columns { extras.append(try mapper.column(column.stem, column.type)) }
        self.extras = extras
        mappings = mapper.mappings
        nearestSchema = NearestMatches.schema(
            catalogue: name, idType: manifest.idType,
            extras: manifest.columns.map { ColumnSchema(id: 0, name: $0.name, type: $0.type, unit: $0.unit) })
        let stamp = CheckedStamp(path: path, files: manifest.files)
        if !stamp.isCurrent {
            try check()
            stamp.write()
        }
    }

    /// Reads every file and compares its checksum.
    /// - Throws: `DependencyFault` that names the first damaged file.
    public func check() throws(DependencyFault) {
        for file in manifest.files {
            let mapping = try MappedFile(path: "\(path)/\(file.name)", expectedBytes: file.bytes)
            guard checksum(mapping.bytes) == file.crc else {
                throw catalogueFault("\(path)/\(file.name)", "does not have the checksum that the manifest states")
            }
        }
    }

    /// The identifier of a row as text.
    public func idText(_ row: Int) -> String {
        precondition(row >= 0 && row < rowCount)
        if idType == .int64 { return String(ids.load(row, as: Int64.self)) }
        return String(decoding: ids.text(row), as: UTF8.self)
    }

    public func position(_ row: Int) -> SkyPosition { SkyPosition(raDegrees: ra[row], decDegrees: dec[row]) }
}
