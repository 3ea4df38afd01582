import Core
import Glibc

/// Turns the points of one source into records; the same point gives the same record in every packet, unless it was
/// revised or withdrawn in between.
struct RecordMaker {
    let configuration: SimulationConfiguration
    let visits: [SimulatedVisit]
    let object: SimulatedObject
    let objectID: Int64
    /// MJD (TAI) at which the packet is made.
    let now: Double

    func detection(_ point: MeasuredPoint) -> DetectionRecord {
        let visit = visits[Int(point.visitIndex)]
        let noise = Hash.mix(object.seed, UInt64(point.visitIndex) | 1 << 32)
        // Scatter of a centroid: 0.32" over signal-to-noise, at most a tenth of an arc second.
        let scatter = min(0.1, 0.32 / Double(point.signalToNoise)) / 3600
        var record = DetectionRecord()
        record.id = RubinIdentifiers.id(
            visit: visit.id, detector: Int(point.detector), counter: Int64(point.counter))
        record.objectID = objectID
        record.visit = visit.id.rawValue
        record.detector = Int(point.detector)
        record.band = visit.band
        record.midpoint = visit.midpoint.days
        record.processed = visit.processed.days
        record.ra = object.raDeg + scatter * Hash.normal(noise, 1) / cos(object.decDeg * .pi / 180)
        record.dec = object.decDeg + scatter * Hash.normal(noise, 2)
        record.x = point.x
        record.y = point.y
        record.flux = point.flux
        record.fluxErr = point.fluxErr
        record.templateFlux = point.templateFlux
        record.templateFluxErr = point.fluxErr / 6
        record.scienceFlux = point.scienceFlux
        record.reliability = 1 - 0.35 * Hash.unit(noise, 3) / max(1, point.signalToNoise / 6)
        record.extendedness = object.label.isStellar ? 0.1 * Hash.unit(noise, 4) : 0.1 + 0.6 * Hash.unit(noise, 4)
        record.noise = noise
        revise(&record, noise: noise)
        return record
    }

    /// Measures again or withdraws, at a moment between the visit and the plan's end that the point's hash draws.
    private func revise(_ record: inout DetectionRecord, noise: UInt64) {
        guard configuration.revisionFraction + configuration.withdrawFraction > 0, record.processed < now else {
            return
        }
        guard let last = visits.last?.midpoint.days else { return }
        let moment = record.processed + 0.01 + (last - record.processed) * Hash.uniform(noise, 5)
        guard moment < now else { return }
        let draw = Hash.uniform(noise, 6)
        if draw < configuration.revisionFraction {
            record.flux += 0.1 * record.fluxErr
            record.processed = moment
        } else if draw < configuration.revisionFraction + configuration.withdrawFraction {
            record.withdrawn = moment
        }
    }

    func forced(_ point: MeasuredPoint) -> ForcedRecord {
        let visit = visits[Int(point.visitIndex)]
        let place = objectPosition(visitIndex: Int(point.visitIndex))
        var record = ForcedRecord()
        record.id = RubinIdentifiers.id(
            visit: visit.id, detector: Int(point.detector),
            counter: RubinIdentifiers.firstForcedCounter + Int64(point.counter))
        record.objectID = objectID
        record.ra = place.ra
        record.dec = place.dec
        record.visit = visit.id.rawValue
        record.detector = Int(point.detector)
        record.band = visit.band
        record.midpoint = visit.midpoint.days
        record.processed = visit.processed.days
        record.flux = point.flux
        record.fluxErr = point.fluxErr
        record.scienceFlux = point.scienceFlux
        return record
    }

    /// The object's mean position as known at a visit: it moves by hundredths of an arc second.
    func objectPosition(visitIndex: Int) -> (ra: Double, dec: Double) {
        let noise = Hash.mix(object.seed ^ 0x0B1, UInt64(visitIndex))
        let scatter = 0.02 / 3600
        return (
            object.raDeg + scatter * Hash.normal(noise, 1) / cos(object.decDeg * .pi / 180),
            object.decDeg + scatter * Hash.normal(noise, 2)
        )
    }
}
