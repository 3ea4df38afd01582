import Core

/// A whole packet of a visit with everything that its objects share; the rest is patched into a copy.
struct SteadyStateImage {
    let bytes: [UInt8]
    let detections: [SteadyStateSchedule.Point]
    let forced: [SteadyStateSchedule.Point]
    let trigger: SteadyStateSchedule.Point
    /// Where the records start; the last detection is the trigger.
    let detectionStarts: [Int]
    let forcedStarts: [Int]
    let objectStart: Int
    /// Where the patched fields lie in a record, in the order of `SteadyStateImage.detectionFields`.
    let historyOffsets: [Int]
    let triggerOffsets: [Int]
    let forcedOffsets: [Int]

    static let detectionFields = [
        "diaSourceId", "diaObjectId", "detector", "ra", "dec", "x", "y", "snr", "psfFlux", "psfFluxErr", "apFlux",
        "scienceFlux", "reliability",
    ]
    static let forcedFields = [
        "diaForcedSourceId", "diaObjectId", "detector", "ra", "dec", "psfFlux", "psfFluxErr", "scienceFlux",
        "scienceFluxErr",
    ]

    /// `detector` gives the length of the detector's varint: below 64 or from 64 on.
    init(
        schedule: SteadyStateSchedule, visit: Int, lacksLast: Bool, detector: Int, encoder: PacketEncoder,
        field: Int
    ) {
        let history = schedule.detections(visit: visit, lacksLast: lacksLast)
        forced = schedule.forced(visit: visit, lacksLast: lacksLast)
        trigger = schedule.tonight(visit)
        encoder.begin(SteadyStateImage.detection(trigger, detector), isSolarSystem: false, field: field)
        let triggerStart = encoder.buffer.count - encoder.detections.length(.trigger, detector: detector)
        encoder.append(history: history.map { SteadyStateImage.detection($0, detector) })
        let length = encoder.detections.length(.history, detector: detector)
        let historyStart = encoder.buffer.count - 1 - history.count * length
        encoder.append(forced: forced.map { SteadyStateImage.forced($0, detector) })
        let forcedLength = encoder.forced.length(detector: detector)
        let forcedStart = encoder.buffer.count - 1 - forced.count * forcedLength
        var statistics = FluxStatistics()
        statistics.add(flux: 1, error: 1, scienceFlux: 1, mjd: 0)
        let object = ObjectRecord(
            id: trigger.idBase, band: trigger.band, statistics: statistics, detectionCount: history.count + 1)
        encoder.append(object: object)
        objectStart = encoder.buffer.count - encoder.objects.length(object)
        encoder.appendNull()
        encoder.appendNull()
        bytes = Array(encoder.buffer.bytes)
        detections = history + [trigger]
        detectionStarts = history.indices.map { historyStart + $0 * length } + [triggerStart]
        let count = forced.count
        forcedStarts = (0..<count).map { forcedStart + $0 * forcedLength }
        let fields = SteadyStateImage.detectionFields
        historyOffsets = encoder.detections.offsets(.history, detector: detector, of: fields)
        triggerOffsets = encoder.detections.offsets(.trigger, detector: detector, of: fields)
        forcedOffsets = encoder.forced.offsets(detector: detector, of: SteadyStateImage.forcedFields)
    }

    private static func detection(_ point: SteadyStateSchedule.Point, _ detector: Int) -> DetectionRecord {
        var record = DetectionRecord()
        record.id = point.idBase
        record.objectID = point.idBase
        record.visit = point.visit.rawValue
        record.detector = detector
        record.band = point.band
        record.midpoint = point.midpoint
        record.processed = point.midpoint + 150.0 / 86_400
        record.flux = 10_000
        record.fluxErr = 120
        record.templateFlux = 30_000
        record.templateFluxErr = 20
        record.extendedness = 0.1
        record.noise = point.key
        return record
    }

    private static func forced(_ point: SteadyStateSchedule.Point, _ detector: Int) -> ForcedRecord {
        var record = ForcedRecord()
        record.id = point.idBase
        record.objectID = point.idBase
        record.visit = point.visit.rawValue
        record.detector = detector
        record.band = point.band
        record.midpoint = point.midpoint
        record.processed = point.midpoint + 150.0 / 86_400
        return record
    }
}
