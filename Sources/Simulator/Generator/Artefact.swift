import Core
import Glibc

/// A false detection: cosmic ray, bad subtraction, saturation or streak.
struct Artefact {
    enum Kind: UInt64 {
        case cosmicRay, dipole, saturation, streak, noise
    }
    let seed: UInt64
    let kind: Kind
    let fluxNJy: Double
    let raDeg: Double
    let decDeg: Double
    let place: (detector: Int, x: Float, y: Float)

    /// Nil when the drawn place is on no detector.
    init?(seed: UInt64, visit: SimulatedVisit) {
        let x = (Hash.uniform(seed, 1) - 0.5) * FocalPlane.sideDeg
        let y = (Hash.uniform(seed, 2) - 0.5) * FocalPlane.sideDeg
        guard let place = FocalPlane.locate(xDeg: x, yDeg: y) else { return nil }
        self.seed = seed
        self.place = place
        kind = Kind(rawValue: Hash.mix(seed, 3) % 5) ?? .noise
        let sign = kind == .dipole && Hash.uniform(seed, 4) < 0.5 ? -1.0 : 1.0
        fluxNJy = sign * visit.band.skyNoiseNJy * (5.5 + 60 * pow(Hash.uniform(seed, 5), 4))
        (raDeg, decDeg) = FocalPlane.deproject(
            xDeg: x, yDeg: y, centreRaDeg: visit.centreRaDeg, centreDecDeg: visit.centreDecDeg)
    }

    /// The record; the artefact is an object of its own.
    func record(_ point: MeasuredPoint, visit: SimulatedVisit) -> DetectionRecord {
        var record = DetectionRecord()
        record.id = RubinIdentifiers.id(
            visit: visit.id, detector: Int(point.detector), counter: Int64(point.counter))
        record.objectID = record.id
        record.visit = visit.id.rawValue
        record.detector = Int(point.detector)
        record.band = visit.band
        record.midpoint = visit.midpoint.days
        record.processed = visit.processed.days
        record.ra = raDeg
        record.dec = decDeg
        record.x = point.x
        record.y = point.y
        record.flux = point.flux
        record.fluxErr = point.fluxErr
        record.templateFluxErr = point.fluxErr / 6
        record.scienceFlux = point.scienceFlux
        record.reliability = 0.45 * Hash.unit(seed, 6) * Hash.unit(seed, 7)
        record.extendedness = Hash.unit(seed, 8)
        record.noise = seed
        record.isDipole = kind == .dipole
        record.isCosmicRay = kind == .cosmicRay
        record.isSaturated = kind == .saturation
        record.isStreak = kind == .streak
        return record
    }
}
