import Core
import Glibc
import Sky

@testable import Crossmatch

/// A directory of a test, removed with everything in it.
final class Scratch {
    let path: String

    init() {
        var pattern = Array("/tmp/nightjar-crossmatch-XXXXXX".utf8CString)
        precondition(mkdtemp(&pattern) != nil)
        path = String(decoding: pattern.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { system("rm -rf '\(path)'") }

    var store: CatalogueStore { CatalogueStore(path: path + "/catalogues") }

    func file(_ name: String, _ text: String) -> String {
        let full = "\(path)/\(name)"
        let stream = fopen(full, "wb")
        fputs(text, stream)
        fclose(stream)
        return full
    }

    /// A catalogue of places alone; ids are their positions in the list.
    func catalogue(_ name: String, _ places: [SkyPosition], sortRunBytes: Int = 192 << 20) throws -> Catalogue {
        let layout = RowLayout(idType: .int64, hasMotion: false, extras: [])
        let writer = try CatalogueWriter(
            store: store, name: name, layout: layout, epochYear: nil, sortRunBytes: sortRunBytes)
        var row = RowBuilder()
        for (index, place) in places.enumerated() {
            row.begin(raDegrees: place.raDegrees, decDegrees: place.decDegrees)
            row.append(Int64(index))
            try writer.add(
                pixel: HEALPix.index(raDegrees: place.raDegrees, decDegrees: place.decDegrees), row: row)
        }
        _ = try writer.publish()
        return try Catalogue.open(name, in: store)
    }

    func importing(_ name: String, _ text: String, _ mapping: ColumnMapping = ColumnMapping(), strict: Bool = false)
        throws
        -> CatalogueImportReport
    {
        try CatalogueImport.run(
            CatalogueImport.Options(
                store: store, name: name, files: [file("\(name).csv", text)], mapping: mapping, isStrict: strict))
    }

    func open(_ name: String) throws -> Catalogue { try Catalogue.open(name, in: store) }
}

func batch(_ places: [SkyPosition], mjd: [Double]? = nil) -> SkyBatch {
    let batch = SkyBatch()
    let ra = places.map(\.raDegrees)
    let dec = places.map(\.decDegrees)
    let times = mjd ?? places.map { _ in 61_000 }
    ra.withUnsafeBufferPointer { ra in
        dec.withUnsafeBufferPointer { dec in
            times.withUnsafeBufferPointer { batch.load(raDegrees: ra, decDegrees: dec, midpointMjdTai: $0) }
        }
    }
    return batch
}
