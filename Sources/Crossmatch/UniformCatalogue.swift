import Core
import Glibc
import Sky

/// A seeded catalogue of sources uniform on the sky, for benchmarks and tests: written through the same sorter as an import.
public enum UniformCatalogue {
    /// Writes a catalogue whose source ids are 0, 1, …, with one extra column `mag` (float32).
    /// - Returns: the directory of the version.
    @discardableResult
    public static func write(name: String, rows: Int, seed: UInt64, in store: CatalogueStore) throws -> String {
        let layout = RowLayout(
            idType: .int64, hasMotion: false, extras: [RowLayout.Extra(name: "mag", type: .float32, unit: "mag")])
        let writer = try CatalogueWriter(store: store, name: name, layout: layout, epochYear: nil)
        var random = SeededRandom(seed: seed)
        var row = RowBuilder()
        for id in 0..<rows {
            let place = position(&random)
            row.begin(raDegrees: place.raDegrees, decDegrees: place.decDegrees)
            row.append(Int64(id))
            row.append(UInt8(0))
            row.append(Float(14 + 10 * random.uniform()))
            try writer.add(pixel: HEALPix.index(raDegrees: place.raDegrees, decDegrees: place.decDegrees), row: row)
        }
        return store.versionPath(name, try writer.publish().versionID)
    }

    private static func position(_ random: inout SeededRandom) -> SkyPosition {
        let sinDec: Double = 2 * random.uniform() - 1
        return SkyPosition(raDegrees: 360 * random.uniform(), decDegrees: asin(sinDec) * Angle.degreesPerRadian)
    }
}
