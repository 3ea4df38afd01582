import Core

/// `catalog list` and `catalog check`: what is there, and whether it can be used.
public struct CatalogueListing: Sendable {
    public let name: String
    public let versionID: String
    public let rows: Int
    public let bytes: Int
    public let matchBytesPerRow: Double
    /// Julian year of the positions; nil when nothing moves.
    public let epochYear: Double?
    public let columns: [CatalogueManifest.ExtraColumn]
    /// Why the catalogue cannot be used; nil when it can.
    public let fault: String?

    /// Every catalogue of a store, by name.
    /// - Parameter isThorough: reads all files and compares their checksums, instead of sizes and coarse index alone.
    public static func all(in store: CatalogueStore, isThorough: Bool = false) -> [CatalogueListing] {
        store.names().map { CatalogueListing($0, in: store, isThorough: isThorough) }
    }

    public init(_ name: String, in store: CatalogueStore, isThorough: Bool) {
        self.name = name
        do {
            let catalogue = try Catalogue.open(name, in: store)
            versionID = catalogue.versionID
            (rows, epochYear) = (catalogue.rowCount, catalogue.manifest.epochYear)
            bytes = catalogue.manifest.files.reduce(0) { $0 + $1.bytes }
            matchBytesPerRow = catalogue.manifest.matchBytesPerRow
            columns = catalogue.manifest.columns
            var found: String?
            if isThorough { do { try catalogue.check() } catch { found = "\(error)" } }
            fault = found
        } catch {
            versionID = (try? store.currentVersion(of: name)) ?? ""
            (rows, bytes, matchBytesPerRow, epochYear, columns) = (0, 0, 0, nil, [])
            fault = "\(error)"
        }
    }
}
