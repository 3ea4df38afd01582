import CERFA
import Glibc
import Sky

/// The observer's place at any time of a night or so: au and au/d from the Sun, ICRF axes.
///
/// The site turns about the celestial intermediate pole of the reference time (precession and nutation of IAU 2000B, as
/// `eraC2t00b` with UT1 := UTC and no polar motion). The pole moves 0.1″ a day, 3 m at the site.
public struct ObserverMotion: Sendable {
    /// TAI − UTC of the reference time, days. A leap second within the night would move the site by 0.4 km.
    private let taiMinusUTCDays: Double
    /// Rows of the matrix from the ICRF to the intermediate system of the reference time.
    private let toIntermediate: (Vec3, Vec3, Vec3)
    /// The site on the axes of the Earth, au.
    private let site: Vec3
    private let planets: PlanetTable

    public init(site: ObservingSite, aroundMjdTai: Double, planets: PlanetTable) {
        self.planets = planets
        self.site = site.positionAu
        taiMinusUTCDays = TimeScales.taiMinusUTCDays(taiMjd: aroundMjdTai)
        var matrix = Matrix()
        withUnsafeMutablePointer(to: &matrix) { pointer in
            pointer.withMemoryRebound(to: (Double, Double, Double).self, capacity: 3) { rows in
                eraC2i00b(2_400_000.5, aroundMjdTai + TimeScales.ttMinusTaiDays, rows)
            }
        }
        toIntermediate = matrix.rows
    }

    private struct Matrix {
        var a: (Double, Double, Double) = (0, 0, 0)
        var b: (Double, Double, Double) = (0, 0, 0)
        var c: (Double, Double, Double) = (0, 0, 0)
        var rows: (Vec3, Vec3, Vec3) {
            (Vec3(x: a.0, y: a.1, z: a.2), Vec3(x: b.0, y: b.1, z: b.2), Vec3(x: c.0, y: c.1, z: c.2))
        }
    }

    /// The site from the Earth's centre: au, au/d.
    func geocentric(taiMjd: Double) -> HelioState {
        let turn: Double = eraEra00(2_400_000.5, taiMjd - taiMinusUTCDays)
        let (s, c) = (sin(turn), cos(turn))
        let x: Double = c * site.x - s * site.y
        let y: Double = s * site.x + c * site.y
        let (rowX, rowY, rowZ) = toIntermediate
        let position = x * rowX + y * rowY + site.z * rowZ
        let omega: Double = SolarConstants.earthTurnRadPerDay
        return HelioState(position: position, velocity: (-omega * y) * rowX + (omega * x) * rowY)
    }

    /// The observer at an instant.
    public func state(taiMjd: Double) -> ObserverState {
        let tdb = TimeScales.tdb(taiMjd: taiMjd)
        let earth = planets.earth(tdbMjd: tdb)
        let offset = geocentric(taiMjd: taiMjd)
        return ObserverState(
            tdbMjd: tdb, position: earth.position + offset.position, velocity: earth.velocity + offset.velocity,
            sunVelocity: planets.sunVelocity(tdbMjd: tdb))
    }
}

/// Where an observer is and how it moves at an instant: au, au/d, ICRF axes.
public struct ObserverState: Sendable {
    public let tdbMjd: Double
    /// From the Sun.
    public let position: Vec3
    /// Relative to the Sun.
    public let velocity: Vec3
    /// Of the Sun about the barycentre: while light is under way, the Sun moves on.
    public let sunVelocity: Vec3
}
