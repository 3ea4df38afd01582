import Core
import Glibc

/// Makes the visits of a plan one after the other, and the packets of each.
///
/// The same configuration gives the same bytes; one thread uses it. `nextVisit` measures the sky, `packet` encodes.
public final class AlertGenerator {
    public let configuration: SimulationConfiguration
    public let plan: NightPlan
    public let sky: SimulatedSky
    /// What the alerts of the current visit are, in the order of their packets.
    public private(set) var truth: [AlertTruth] = []
    /// Bodies of the exported orbits that stand on a detector in the current visit, bright or faint.
    public private(set) var predictions: [BodyPopulation: Int] = [:]

    let telescope: Telescope
    private let encoder: PacketEncoder
    private let cutouts: Cutouts?
    private let flights: BodyFlights
    private var encodedOrbits: [SSObjectID: [UInt8]] = [:]
    private var states: [[ObjectState]]
    private var visitIndex = -1
    private var firstOffset: Int64 = 0
    private var alerts: [PendingAlert] = []
    private var history: [DetectionRecord] = []
    private var forced: [ForcedRecord] = []

    public init(configuration: SimulationConfiguration) {
        self.configuration = configuration
        plan = NightPlan(configuration: configuration)
        sky = SimulatedSky(configuration: configuration, plan: plan)
        telescope = Telescope(seed: configuration.seed)
        encoder = PacketEncoder(version: configuration.schema, fieldNames: plan.fields.map(\.name))
        cutouts =
            configuration.hasCutouts ? Cutouts(seed: configuration.seed, fluxNJy: 20_000, errorNJy: 150) : nil
        flights = BodyFlights(configuration: configuration, plan: plan)
        states = sky.objects.map { Array(repeating: ObjectState(), count: $0.count) }
    }

    /// The orbits that are known outside.
    public var orbits: SyntheticOrbitFile { SyntheticOrbitFile(bodies: flights.bodies) }

    /// Makes the next visit; nil after the last.
    public func nextVisit() -> VisitInfo? {
        firstOffset += Int64(alerts.count)
        guard visitIndex + 1 < plan.visits.count else {
            alerts.removeAll()
            truth.removeAll()
            return nil
        }
        visitIndex += 1
        let visit = plan.visits[visitIndex]
        var observation = VisitObservation(configuration: configuration, visit: visit, index: visitIndex)
        observation.observe(sky.objects[visit.field], states: &states[visit.field], telescope: telescope)
        let bodies = flights.sightings(in: visit)
        predictions = [:]
        for sighting in bodies where sighting.body.hasPublishedOrbit { predictions[sighting.body.population, default: 0] += 1 }
        observation.observe(bodies, telescope: telescope)
        observation.fillWithArtefacts(telescope: telescope)
        alerts = observation.inArrivalOrder()
        truth = alerts.map { truth(of: $0, in: visit) }
        return VisitInfo(visit: visit, index: visitIndex, alertCount: alerts.count, firstOffset: firstOffset)
    }

    /// The message (Confluent framing and body) of alert `index` of the current visit, valid until the next call, and
    /// when its producer sent it.
    public func packet(_ index: Int) -> (message: UnsafeRawBufferPointer, producedAtUnixSeconds: Double) {
        let alert = alerts[index]
        switch alert.kind {
        case .object(let place): encodeObject(place, alert)
        case .mover(let sighting, let named): encode(sighting, named: named, alert)
        case .artefact(let artefact): encode(artefact, alert)
        }
        return (encoder.buffer.bytes, alert.producedAtUnixSeconds)
    }

    /// Hands all packets of the current visit to `body`, in order of arrival.
    public func forEachPacket(
        _ body: (_ message: UnsafeRawBufferPointer, _ producedAtUnixSeconds: Double) throws -> Void
    )
        rethrows
    {
        for index in alerts.indices {
            let (message, produced) = packet(index)
            try body(message, produced)
        }
    }

    private func truth(of alert: PendingAlert, in visit: SimulatedVisit) -> AlertTruth {
        let id = RubinIdentifiers.id(
            visit: visit.id, detector: Int(alert.point.detector), counter: Int64(alert.point.counter))
        switch alert.kind {
        case .object(let index):
            let state = states[visit.field][index]
            return AlertTruth(
                diaSourceID: DiaSourceID(rawValue: id), diaObjectID: DiaObjectID(rawValue: state.id),
                ssObjectID: SSObjectID(rawValue: 0), label: sky.objects[visit.field][index].label, visit: visit.id,
                isFirst: state.id == id)
        case .mover(let sighting, let named):
            return AlertTruth(
                diaSourceID: DiaSourceID(rawValue: id), diaObjectID: DiaObjectID(rawValue: named == nil ? id : 0),
                ssObjectID: sighting.body.ssObjectId, label: .mover, visit: visit.id, isFirst: named == nil,
                population: sighting.body.population, packetBody: named?.ssObjectId ?? SSObjectID(rawValue: 0),
                hasPublishedOrbit: sighting.body.hasPublishedOrbit)
        case .artefact:
            return AlertTruth(
                diaSourceID: DiaSourceID(rawValue: id), diaObjectID: DiaObjectID(rawValue: id),
                ssObjectID: SSObjectID(rawValue: 0), label: .artefact, visit: visit.id, isFirst: true)
        }
    }
}

extension AlertGenerator {
    private func encodeObject(_ index: Int, _ alert: PendingAlert) {
        let visit = plan.visits[visitIndex]
        let object = sky.objects[visit.field][index]
        let state = states[visit.field][index]
        let records = RecordMaker(
            configuration: configuration, visits: plan.visits, object: object, objectID: state.id,
            now: visit.processed.days)
        let skipped = lackedVisit(of: object)
        let oldest = visit.midpoint.days - 365
        var statistics = FluxStatistics()
        history.removeAll(keepingCapacity: true)
        forced.removeAll(keepingCapacity: true)
        for point in state.detections where point.visitIndex != skipped && Int(point.visitIndex) < visitIndex {
            guard plan.visits[Int(point.visitIndex)].midpoint.days >= oldest else { continue }
            let record = records.detection(point)
            history.append(record)
            if record.band == visit.band { statistics.add(record) }
        }
        let trigger = records.detection(alert.point)
        statistics.add(trigger)
        if trigger.id != state.id {
            for point in state.forced where point.visitIndex != skipped {
                guard plan.visits[Int(point.visitIndex)].midpoint.days >= oldest else { continue }
                forced.append(records.forced(point))
            }
        }
        encoder.begin(trigger, isSolarSystem: false, field: visit.field)
        encoder.append(history: history)
        encoder.append(forced: forced)
        let place = records.objectPosition(visitIndex: visitIndex)
        encoder.append(
            object: ObjectRecord(
                id: state.id, validityStart: visit.processed.days, ra: place.ra, dec: place.dec, positionErrDeg: 1e-5,
                band: visit.band, statistics: statistics, detectionCount: history.count + 1))
        finish(hasSolarSystem: false)
    }

    /// The visit before, when it is so recent that this packet does not know it yet; −1 for none.
    private func lackedVisit(of object: SimulatedObject) -> Int32 {
        guard visitIndex > 0 else { return -1 }
        let gap = plan.visits[visitIndex].midpoint.days - plan.visits[visitIndex - 1].midpoint.days
        guard gap * 86_400 < 120 else { return -1 }
        let draw = Hash.uniform(object.seed ^ 0x1AC4, UInt64(visitIndex))
        return draw < configuration.lastDetectionLackFraction ? Int32(visitIndex - 1) : -1
    }

    private func encode(_ artefact: Artefact, _ alert: PendingAlert) {
        let visit = plan.visits[visitIndex]
        encodeLoneSource(artefact.record(alert.point, visit: visit), visit)
    }

    /// A source that is an object of its own.
    private func encodeLoneSource(_ trigger: DetectionRecord, _ visit: SimulatedVisit) {
        var statistics = FluxStatistics()
        statistics.add(trigger)
        encoder.begin(trigger, isSolarSystem: false, field: visit.field)
        encoder.appendNull()
        encoder.append(forced: [])
        encoder.append(
            object: ObjectRecord(
                id: trigger.id, validityStart: visit.processed.days, ra: trigger.ra, dec: trigger.dec,
                positionErrDeg: 2e-5, band: visit.band, statistics: statistics, detectionCount: 1))
        finish(hasSolarSystem: false)
    }

    private func encode(_ sighting: BodySighting, named: SimulatedBody?, _ alert: PendingAlert) {
        let visit = plan.visits[visitIndex]
        let trigger = sighting.record(alert.point, visit: visit, named: named)
        guard let named else { return encodeLoneSource(trigger, visit) }
        encoder.begin(trigger, isSolarSystem: true, field: visit.field)
        encoder.appendNull()
        encoder.appendNull()
        encoder.appendNull()
        encoder.append(
            encodedRecord: sighting.encodedSSSource(trigger: trigger, named: named, version: configuration.schema))
        encoder.append(encodedRecord: encodedOrbit(of: named))
        finish(hasSolarSystem: true)
    }

    /// The body's mpc_orbits record; kept, since it is the same in all its packets.
    private func encodedOrbit(of body: SimulatedBody) -> [UInt8] {
        if let known = encodedOrbits[body.ssObjectId] { return known }
        let bytes = body.encodedMPCOrbit(version: configuration.schema)
        encodedOrbits[body.ssObjectId] = bytes
        return bytes
    }

    private func finish(hasSolarSystem: Bool) {
        if !hasSolarSystem {
            encoder.appendNull()
            encoder.appendNull()
        }
        encoder.append(cutouts: cutouts)
    }
}

extension FluxStatistics {
    mutating func add(_ record: DetectionRecord) {
        add(flux: record.flux, error: record.fluxErr, scienceFlux: record.scienceFlux, mjd: record.midpoint)
    }
}
