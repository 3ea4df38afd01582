import Core
import Sky
import SolarSystem

extension BenchSSO {
    /// Microseconds that the uncertainty of one body takes when a night first asks for it, of those that are carried with all
    /// forces: perihelia within 1.7 au.
    func errorMicroseconds(_ source: SyntheticOrbits, _ options: NightlyOptions) -> [Double] {
        let stride = stride(from: 0, to: source.count, by: max(1, source.count / 40_000))
        let bodies = Listed(list: stride.lazy.filter { source.qAu($0) < 1.7 }.prefix(200).map { source.elements($0) })
        let index = NightlyIndex(bodies, options: options)
        // σ of 100 km and 1 mm/s.
        let triangle = (0..<6).flatMap { row in
            (row..<6).map { column -> Double in row != column ? 0 : row < 3 ? 4e-13 : 3e-19 }
        }
        let covariance = OrbitCovariance(basis: .cartesian, upperTriangle: triangle)
        let errors = NightlyErrors { PredictionTarget(elements: bodies.elements($0), covariance: covariance) }
        let anywhere = SkyPosition(raDegrees: 0, decDegrees: 0)
        let clock = SystemClock()
        return index.cone(center: anywhere, radius: Angle(degrees: 180), mjdTai: options.midnightMjdTai).map { body in
            let begin = clock.monotonicSeconds
            _ = index.error(of: body, errors)
            return (clock.monotonicSeconds - begin) * 1e6
        }
    }

    private struct Listed: OrbitSource {
        let list: [CometaryElements]
        var count: Int { list.count }
        func elements(_ row: Int) -> CometaryElements { list[row] }
        func epochMjdTT(_ row: Int) -> Double { list[row].epochMjdTT }
        func qAu(_ row: Int) -> Double { list[row].qAu }
    }
}
