import CERFA
import Sky

/// The bodies that pull besides the Sun, in the order of their places in tables.
enum Perturber: Int, CaseIterable {
    case mercury, venus, earth, mars, jupiter, saturn, uranus, neptune, moon

    static let count = 9

    /// G times mass, au³/d².
    static let gravity: [Double] = [
        SolarConstants.mercury, SolarConstants.venus, SolarConstants.earth, SolarConstants.mars,
        SolarConstants.jupiter, SolarConstants.saturn, SolarConstants.uranus, SolarConstants.neptune,
        SolarConstants.moon,
    ]
}

/// Heliocentric places of the planets and the Moon at an instant, straight from the theories: `epv00` for the Earth,
/// `moon98`, our tables for the giants and `plan94` for the rest (and for the giants outside 1971 … 2080).
struct PlanetSeries {
    /// au, ICRF axes; indexed by `Perturber`.
    var places = [Vec3](repeating: Vec3(x: 0, y: 0, z: 0), count: Perturber.count)
    /// The Sun from the barycentre of the Solar System, au.
    var sun = Vec3(x: 0, y: 0, z: 0)

    init(tdbMjd: Double) {
        var helio = pvPair()
        var barycentric = pvPair()
        let zero = 2_400_000.5
        _ = withUnsafeMutablePointer(to: &helio) { helio in
            withUnsafeMutablePointer(to: &barycentric) { barycentric in
                eraEpv00(zero, tdbMjd, helio.raw, barycentric.raw)
            }
        }
        let earth = helio.position
        sun = barycentric.position + -earth
        places[Perturber.earth.rawValue] = earth
        var moon = pvPair()
        withUnsafeMutablePointer(to: &moon) { eraMoon98(zero, tdbMjd, $0.raw) }
        places[Perturber.moon.rawValue] = earth + moon.position
        let inner: [(Perturber, Int32)] = [(.mercury, 1), (.venus, 2), (.mars, 4)]
        for (body, number) in inner { places[body.rawValue] = Self.planet(number, tdbMjd) }
        let giants: [(Perturber, Int32, GiantPlanetTable)] = [
            (.jupiter, 5, GiantPlanetTables.jupiter), (.saturn, 6, GiantPlanetTables.saturn),
            (.uranus, 7, GiantPlanetTables.uranus), (.neptune, 8, GiantPlanetTables.neptune),
        ]
        for (body, number, table) in giants {
            places[body.rawValue] = table.position(tdbMjd: tdbMjd) ?? Self.planet(number, tdbMjd)
        }
    }

    private static func planet(_ number: Int32, _ tdbMjd: Double) -> Vec3 {
        var state = pvPair()
        _ = withUnsafeMutablePointer(to: &state) { eraPlan94(2_400_000.5, tdbMjd, number, $0.raw) }
        return state.position
    }
}

/// ERFA's double[2][3]: a position and a velocity.
private struct pvPair {
    var values: (Double, Double, Double, Double, Double, Double) = (0, 0, 0, 0, 0, 0)
    var position: Vec3 { Vec3(x: values.0, y: values.1, z: values.2) }
}

extension UnsafeMutablePointer where Pointee == pvPair {
    fileprivate var raw: UnsafeMutablePointer<(Double, Double, Double)> {
        UnsafeMutableRawPointer(self).assumingMemoryBound(to: (Double, Double, Double).self)
    }
}
