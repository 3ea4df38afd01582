import Core
import Glibc

/// A star or galaxy of the synthetic catalogue, with which a crossmatch of the simulated alerts succeeds.
public struct SyntheticCatalogueRow: Sendable, Equatable {
    public enum Kind: String, Sendable {
        case star, galaxy, quasar
    }
    public let sourceID: Int64
    /// ICRS, degrees, at the catalogue's epoch (J2016.0).
    public let raDeg: Double
    public let decDeg: Double
    /// Milliarcseconds; NaN for galaxies.
    public let parallaxMas: Double
    public let parallaxErrorMas: Double
    /// Milliarcseconds a year, the first with the factor cos(dec); NaN for galaxies.
    public let pmRaMasPerYear: Double
    public let pmDecMasPerYear: Double
    public let kind: Kind
    /// NaN for stars.
    public let redshift: Double
    public let rMag: Double
}

/// The catalogue of the synthetic sky.
public struct SyntheticCatalogue: Sendable {
    public internal(set) var rows: [SyntheticCatalogueRow] = []
    /// Julian epoch of the positions.
    public static let epochYear = 2016.0
    public static let csvHeader =
        "source_id,ra,dec,parallax,parallax_error,pmra,pmdec,class,redshift,r_mag"

    /// Hands the catalogue as CSV to `write`, in pieces; NaN is empty.
    public func writeCSV(_ write: (String) throws -> Void) rethrows {
        try write(SyntheticCatalogue.csvHeader + "\n")
        var piece = ""
        for row in rows {
            let numbers = [row.parallaxMas, row.parallaxErrorMas, row.pmRaMasPerYear, row.pmDecMasPerYear]
            let text = numbers.map(SyntheticCatalogue.cell).joined(separator: ",")
            piece += "\(row.sourceID),\(row.raDeg),\(row.decDeg),\(text),\(row.kind.rawValue),"
            piece += "\(SyntheticCatalogue.cell(row.redshift)),\(SyntheticCatalogue.cell(row.rMag))\n"
            if piece.utf8.count > 1 << 16 {
                try write(piece)
                piece = ""
            }
        }
        try write(piece)
    }

    private static func cell(_ value: Double) -> String { value.isNaN ? "" : "\(value)" }

    /// A star that is at the given place at `mjd`; its catalogue place is moved back along its proper motion.
    mutating func addStar(seed: UInt64, raDeg: Double, decDeg: Double, mjd: Double, rMag: Double) {
        let distanceParsec = 100 * pow(10, 1.5 * Hash.uniform(seed, 1))
        let parallax = 1000 / distanceParsec
        let error = 0.03 + 0.02 * max(0, rMag - 15)
        let speed = 30_000 / distanceParsec
        let (pmRA, pmDec) = (speed / 10 * Hash.normal(seed, 2), speed / 10 * Hash.normal(seed, 3))
        let years = (mjd - 57_388.5) / 365.25
        rows.append(
            SyntheticCatalogueRow(
                sourceID: Int64(1_000_000_000_000 + rows.count),
                raDeg: raDeg - pmRA * years / 3.6e6 / cos(decDeg * .pi / 180), decDeg: decDeg - pmDec * years / 3.6e6,
                parallaxMas: parallax + error * Hash.normal(seed, 4), parallaxErrorMas: error, pmRaMasPerYear: pmRA,
                pmDecMasPerYear: pmDec, kind: .star, redshift: .nan, rMag: rMag))
    }

    mutating func addGalaxy(raDeg: Double, decDeg: Double, redshift: Double, rMag: Double, isQuasar: Bool = false) {
        rows.append(
            SyntheticCatalogueRow(
                sourceID: Int64(2_000_000_000_000 + rows.count), raDeg: raDeg, decDeg: decDeg, parallaxMas: .nan,
                parallaxErrorMas: .nan, pmRaMasPerYear: .nan, pmDecMasPerYear: .nan, kind: isQuasar ? .quasar : .galaxy,
                redshift: redshift, rMag: rMag))
    }
}
