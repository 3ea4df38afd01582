import Core
import Glibc

/// Measures the sources of the sky: flux, noise and place on the detectors.
struct Telescope {
    let seed: UInt64

    /// A forced measurement of a source; nil when it falls on no detector.
    func measure(_ object: SimulatedObject, in visit: SimulatedVisit, visitIndex: Int) -> MeasuredPoint? {
        guard
            let offset = FocalPlane.project(
                raDeg: object.raDeg, decDeg: object.decDeg, centreRaDeg: visit.centreRaDeg,
                centreDecDeg: visit.centreDecDeg),
            let place = FocalPlane.locate(xDeg: offset.0, yDeg: offset.1)
        else { return nil }
        let difference = object.lightCurve.difference(visit.band, mjd: visit.midpoint.days)
        let template = object.lightCurve.template(visit.band) + object.hostFluxNJy
        return point(
            trueFlux: difference, template: template, band: visit.band,
            noise: Hash.mix(object.seed, UInt64(visitIndex)),
            visitIndex: visitIndex, place: place)
    }

    /// Adds sky noise, photon noise and three parts in a thousand of calibration.
    func point(
        trueFlux: Double, template: Double, band: Band, noise: UInt64, visitIndex: Int,
        place: (detector: Int, x: Float, y: Float)
    ) -> MeasuredPoint {
        let total = max(0, template + trueFlux)
        let sky = band.skyNoiseNJy
        let error = (sky * sky + 0.45 * total + 9e-6 * total * total).squareRoot()
        let flux = trueFlux + error * Hash.normal(noise, 1)
        return MeasuredPoint(
            visitIndex: Int32(visitIndex), counter: 0, detector: Int16(place.detector), x: place.x, y: place.y,
            flux: Float(flux), fluxErr: Float(error), templateFlux: Float(template),
            scienceFlux: Float(template + trueFlux + error * Hash.normal(noise, 2)))
    }
}
