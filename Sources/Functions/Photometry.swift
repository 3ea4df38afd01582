import Glibc

/// Fluxes and AB magnitudes. A flux that is not positive has no magnitude: the answer is NaN, which is NULL.
public enum Photometry {
    /// AB magnitude of 1 nJy: 2.5 log10(3631 Jy / 1 nJy) with the definition of Oke & Gunn 1983 (−48.6 in cgs, 31.4 in nJy).
    public static let zeroPointNanojansky = 31.4

    /// AB magnitude of a flux in nJy.
    @inlinable public static func abMagnitude(fluxNanojansky flux: Double) -> Double {
        flux > 0 ? 31.4 - 2.5 * log10(flux) : .nan
    }

    /// Standard error of the AB magnitude, to first order: 2.5 / ln 10 × error / flux.
    @inlinable public static func abMagnitudeError(fluxNanojansky flux: Double, errorNanojansky: Double) -> Double {
        flux > 0 ? 1.085_736_204_758_129_6 * errorNanojansky / flux : .nan
    }

    /// Flux in nJy of an AB magnitude.
    @inlinable public static func fluxNanojansky(abMagnitude: Double) -> Double { pow(10, (31.4 - abMagnitude) / 2.5) }
}
