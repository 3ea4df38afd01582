import Core

/// An alert whose packet is still to be encoded.
struct PendingAlert {
    enum Kind {
        /// Index of the source in its field.
        case object(Int)
        /// A body, and whom its packet names.
        case mover(BodySighting, named: SimulatedBody?)
        case artefact(Artefact)
    }
    var kind: Kind
    var point: MeasuredPoint
    var producedAtUnixSeconds = 0.0
}

/// What one visit sees.
struct VisitObservation {
    let configuration: SimulationConfiguration
    let visit: SimulatedVisit
    let index: Int
    private var alerts: [PendingAlert] = []
    private var detectionCounters = [Int32](repeating: 0, count: FocalPlane.detectorCount)
    private var forcedCounters = [Int32](repeating: 0, count: FocalPlane.detectorCount)

    init(configuration: SimulationConfiguration, visit: SimulatedVisit, index: Int) {
        self.configuration = configuration
        self.visit = visit
        self.index = index
    }

    /// Measures every fixed source of the field; those above 5σ are detected, up to what the visit has room for.
    mutating func observe(_ objects: [SimulatedObject], states: inout [ObjectState], telescope: Telescope) {
        var points: [MeasuredPoint?] = []
        var detected: [Int] = []
        points.reserveCapacity(objects.count)
        for position in objects.indices {
            let point = telescope.measure(objects[position], in: visit, visitIndex: index)
            points.append(point)
            if let point, point.signalToNoise > 5 { detected.append(position) }
        }
        let share = 1 - configuration.artefactFraction - configuration.solarSystemFraction
        let room = Int(Double(visit.alertTarget) * share)
        if detected.count > room {
            // Which sources a crowded visit misses changes from visit to visit.
            let key = UInt64(index)
            detected.sort { Hash.mix(objects[$0].seed, key) < Hash.mix(objects[$1].seed, key) }
            detected.removeLast(detected.count - room)
        }
        for position in detected {
            guard var point = points[position] else { continue }
            let detector = Int(point.detector)
            detectionCounters[detector] += 1
            point.counter = detectionCounters[detector]
            if states[position].id == 0 {
                states[position].id = RubinIdentifiers.id(
                    visit: visit.id, detector: detector, counter: Int64(point.counter))
            }
            states[position].detections.append(point)
            alerts.append(PendingAlert(kind: .object(position), point: point))
        }
        for position in objects.indices where states[position].id != 0 {
            guard var point = points[position] else { continue }
            forcedCounters[Int(point.detector)] += 1
            point.counter = forcedCounters[Int(point.detector)]
            states[position].forced.append(point)
        }
    }

    /// Detects bodies in the order given, up to what the visit has room for.
    mutating func observe(_ bodies: [BodySighting], telescope: Telescope) {
        let room = Int((Double(visit.alertTarget) * configuration.solarSystemFraction).rounded())
        let key = UInt64(bitPattern: visit.id.rawValue)
        var seen = 0
        for (place, sighting) in bodies.enumerated() where seen < room {
            var point = telescope.point(
                trueFlux: sighting.fluxNJy, template: 0, band: visit.band,
                noise: Hash.mix(sighting.body.seed, UInt64(index)), visitIndex: index, place: sighting.place)
            guard point.signalToNoise > 5, point.flux > 0 else { continue }
            detectionCounters[Int(point.detector)] += 1
            point.counter = detectionCounters[Int(point.detector)]
            var named = sighting.body.isInPackets ? sighting.body : nil
            if named != nil, Hash.uniform(sighting.body.seed ^ 0x3A3E, key) < configuration.misnamedFraction {
                named = bodies[(place + 1)...].first { $0.body.isInPackets }?.body ?? named
            }
            alerts.append(PendingAlert(kind: .mover(sighting, named: named), point: point))
            seen += 1
        }
    }

    mutating func fillWithArtefacts(telescope: Telescope) {
        let seed = Hash.mix(configuration.seed ^ 0xA27E, UInt64(index))
        var attempt: UInt64 = 0
        while alerts.count < visit.alertTarget {
            attempt += 1
            guard let artefact = Artefact(seed: Hash.mix(seed, attempt), visit: visit) else { continue }
            var point = telescope.point(
                trueFlux: artefact.fluxNJy, template: 0, band: visit.band, noise: artefact.seed, visitIndex: index,
                place: artefact.place)
            guard point.signalToNoise > 5 else { continue }
            detectionCounters[Int(point.detector)] += 1
            point.counter = detectionCounters[Int(point.detector)]
            alerts.append(PendingAlert(kind: .artefact(artefact), point: point))
        }
    }

    /// Every detector sends its alerts in a burst of its own; the bursts overlap.
    func inArrivalOrder() -> [PendingAlert] {
        var ordered = alerts
        for position in ordered.indices {
            let point = ordered[position].point
            let start = 60 + 20 * Hash.uniform(configuration.seed ^ UInt64(index), UInt64(point.detector))
            let sent = visit.midpoint.unixSecondsUTC + start + 0.02 * Double(point.counter)
            ordered[position].producedAtUnixSeconds = sent
        }
        if configuration.duplicateFraction > 0 {
            for alert in alerts.indices {
                let draw = Hash.uniform(configuration.seed ^ 0xD0B, UInt64(index) << 32 | UInt64(alert))
                guard draw < configuration.duplicateFraction else { continue }
                var again = ordered[alert]
                again.producedAtUnixSeconds += 2
                ordered.append(again)
            }
        }
        ordered.sort {
            ($0.producedAtUnixSeconds, $0.point.detector, $0.point.counter)
                < ($1.producedAtUnixSeconds, $1.point.detector, $1.point.counter)
        }
        return ordered
    }
}
