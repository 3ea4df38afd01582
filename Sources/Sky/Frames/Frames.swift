import CERFA
import Core
import Glibc

/// Galactic and ecliptic coordinates of ICRS places.
public enum Frames {
    /// Galactic longitude and latitude in degrees (IAU 1958 pole in ICRS, `eraIcrs2g`).
    public static func galactic(_ position: SkyPosition) -> (lDegrees: Double, bDegrees: Double) {
        var l: Double = 0
        var b: Double = 0
        eraIcrs2g(
            position.raDegrees * Angle.radiansPerDegree, position.decDegrees * Angle.radiansPerDegree, &l, &b)
        return (l * Angle.degreesPerRadian, b * Angle.degreesPerRadian)
    }

    /// The ICRS place of galactic coordinates in degrees (`eraG2icrs`).
    public static func icrs(galacticLDegrees l: Double, bDegrees b: Double) -> SkyPosition {
        var ra: Double = 0
        var dec: Double = 0
        eraG2icrs(l * Angle.radiansPerDegree, b * Angle.radiansPerDegree, &ra, &dec)
        return SkyPosition(raDegrees: ra * Angle.degreesPerRadian, decDegrees: dec * Angle.degreesPerRadian)
    }

    /// Galactic latitude in degrees, for filters: no allocation, NaN in gives NaN out.
    ///
    /// The rows are those of ERFA's `eraIcrs2g`: the galactic axes in ICRS.
    public static func galacticLatitudeDegrees(raDegrees: Double, decDegrees: Double) -> Double {
        let v = Vec3(raDegrees: raDegrees, decDegrees: decDegrees)
        let x: Double = v.dot(galacticX)
        let y: Double = v.dot(galacticY)
        let z: Double = v.dot(galacticZ)
        return atan2(z, (x * x + y * y).squareRoot()) * Angle.degreesPerRadian
    }

    static let galacticX = Vec3(
        x: -0.054875560416215368492398900454, y: -0.873437090234885048760383168409, z: -0.483835015548713226831774175116
    )
    static let galacticY = Vec3(
        x: 0.494109427875583673525222371358, y: -0.444829629960011178146614061616, z: 0.746982244497218890527388004556)
    static let galacticZ = Vec3(
        x: -0.867666149019004701181616534570, y: -0.198076373431201528180486091412, z: 0.455983776175066922272100478348)

    /// Ecliptic longitude and latitude in degrees: mean ecliptic and equinox of `date` (J2000 unless told; `eraEqec06`).
    public static func ecliptic(
        _ position: SkyPosition, meanEquinoxOf date: MJD = julian2000TT
    ) -> (lonDegrees: Double, latDegrees: Double) {
        var lon: Double = 0
        var lat: Double = 0
        eraEqec06(
            2_400_000.5, date.days, position.raDegrees * Angle.radiansPerDegree,
            position.decDegrees * Angle.radiansPerDegree, &lon, &lat)
        return (lon * Angle.degreesPerRadian, lat * Angle.degreesPerRadian)
    }

    /// J2000.0; the 32 s between TAI and TT move the ecliptic by less than 10⁻⁴ mas.
    public static let julian2000TT = MJD(51_544.5)
}
