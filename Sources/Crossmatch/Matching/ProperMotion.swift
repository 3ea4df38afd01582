import Core
import Glibc
import Sky

/// Straight motion through space seen from afar: u(t) = normalise(u₀ + t (µα* ê + µδ n̂)).
///
/// Source: The Hipparcos and Tycho Catalogues (ESA SP-1200), vol. 1, section 1.5.5, without parallax and radial velocity.
enum ProperMotion {
    /// Julian years from a Julian epoch (TT) to a time (TAI, 32.184 s behind).
    @inline(__always) static func years(from epochYear: Double, to time: MJD) -> Double {
        let terrestrialDays: Double = time.days + 32.184 / 86_400
        return (terrestrialDays - 51_544.5) / 365.25 - (epochYear - 2000)
    }

    static func propagate(
        _ start: SkyPosition, pmraMasPerYear: Double, pmdecMasPerYear: Double, years: Double
    ) -> Vec3 {
        let alpha: Double = start.raDegrees * Angle.radiansPerDegree
        let delta: Double = start.decDegrees * Angle.radiansPerDegree
        let east = Vec3(x: -sin(alpha), y: cos(alpha), z: 0)
        let north = Vec3(x: -sin(delta) * cos(alpha), y: -sin(delta) * sin(alpha), z: cos(delta))
        let scale: Double = years / 1000 * Angle.radiansPerArcsec
        let moved = start.direction + (scale * pmraMasPerYear) * east + (scale * pmdecMasPerYear) * north
        return moved.normalized
    }
}
