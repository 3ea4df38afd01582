import Core
import Glibc
import Sky

@testable import SolarSystem

/// Orbits of a test, as a source for the nightly index.
struct TestOrbits: OrbitSource {
    var list: [CometaryElements] = []
    var count: Int { list.count }
    func elements(_ row: Int) -> CometaryElements { list[row] }
    func epochMjdTT(_ row: Int) -> Double { list[row].epochMjdTT }
    func qAu(_ row: Int) -> Double { list[row].qAu }

    /// A body that is seen from the site at a place at a time (to a microarcsecond), at a distance and with a velocity
    /// relative to a round orbit there (au/d).
    static func standing(
        at place: SkyPosition, mjdTai: Double, deltaAu: Double, extraVelocity: Vec3 = Vec3(x: 0, y: 0, z: 0),
        speed: Double = 1, kind: BodyKind = .asteroid, site: ObservingSite = .rubin, epochDaysBefore: Double = 3
    ) -> CometaryElements {
        let planets = DynamicsTests.planets
        let observer = ObserverMotion(site: site, aroundMjdTai: mjdTai, planets: planets).state(taiMjd: mjdTai)
        let delay: Double = deltaAu / SolarConstants.lightAuPerDay
        let position = observer.position + deltaAu * place.direction + delay * observer.sunVelocity
        let around = Vec3(x: -position.y, y: position.x, z: 0).normalized
        let round: Double = (SolarConstants.sun / position.length).squareRoot()
        let state = HelioState(position: position, velocity: speed * round * around + extraVelocity)
        let emitted: Double = observer.tdbMjd - delay
        let epochTdb: Double = (emitted - epochDaysBefore).rounded(.down)
        let atEpoch = Propagator(planets: planets).propagate(state, from: emitted, to: epochTdb)
        var elements = CometaryElements(atEpoch, epochMjdTT: TimeScales.tt(tdbMjd: epochTdb), h: 18, g: 0.15)
        elements.kind = kind
        return elements
    }

    static let midnight = NightlyOptions(night: Night(dayObs: 20_261_121)).midnightMjdTai

    func index(halfWindowDays: Double = 0.5) -> NightlyIndex {
        NightlyIndex(
            self, options: NightlyOptions(midnightMjdTai: Self.midnight, halfWindowDays: halfWindowDays),
            planets: DynamicsTests.planets)
    }
}

extension SourceColumns {
    init(_ places: [SkyPosition], mjdTai: Double) {
        self.init(
            raDegrees: places.map(\.raDegrees), decDegrees: places.map(\.decDegrees),
            midpointMjdTai: places.map { _ in mjdTai })
    }
}

extension SkyPosition {
    /// A place so many arcseconds to the east and north.
    func moved(east: Double, north: Double) -> SkyPosition {
        let (toEast, toNorth) = TangentAxes.at(direction)
        let scale: Double = Angle.radiansPerArcsec
        return SkyPosition((direction + (east * scale) * toEast + (north * scale) * toNorth).normalized)
    }
}
