import Core
import Functions
import Glibc
import SolarSystem

/// Magnitudes of a Solar System object's detections.
enum BodyBrightness {
    /// A magnitude at 1 au from Sun and observer: m − 5 log10(r Δ).
    /// - Parameter distances: r Δ in au².
    static func reduced(_ magnitude: Double, distances: Double?) -> Double? {
        guard let distances, distances > 0, magnitude.isFinite else { return nil }
        return magnitude - 5 * log10(distances)
    }
}

extension BodyDetections {
    /// One row of `Tables.ssObject`.
    func summary(of body: SolarSystemBody) -> ColumnTable {
        let detections = curve.detections
        let (flux, error) = (detections.column("psfFlux"), detections.column("psfFluxErr"))
        let (phase, reduced) = (more.column("phaseAngle"), more.column("reducedMag"))
        let found = (0..<detections.rowCount).map { row in
            SolarDetection(
                midpoint: MJD(detections.column("midpointMjdTai").double(row) ?? .nan),
                band: detections.string("band", row).flatMap { Band($0) },
                reducedMagnitude: reduced.number(row) ?? .nan,
                magnitudeErr: Photometry.abMagnitudeError(
                    fluxNanojansky: flux.number(row) ?? .nan, errorNanojansky: error.number(row) ?? .nan),
                phaseAngleDeg: phase.number(row) ?? .nan, extendedness: detections.column("extendedness").number(row))
        }
        let table = ColumnTable(schema: Tables.ssObject)
        SSObjectBuilder.append(
            id: body.ids[0], designation: body.orbit.map { $0.set.provisionalDesignation($0.row) } ?? body.title,
            elements: body.orbit.map { $0.set.elements($0.row) }, detections: found, to: table)
        return table
    }
}
