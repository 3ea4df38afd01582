import Core

/// What differs from one simulated diaSource to the next.
struct DetectionRecord {
    var id: Int64 = 0
    /// 0 for a detection of a Solar System object.
    var objectID: Int64 = 0
    /// 0 for a detection of an object.
    var ssObjectID: Int64 = 0
    var visit: Int64 = 0
    var detector = 0
    var band = Band.u
    var midpoint = 0.0
    var processed = 0.0
    var withdrawn = Double.nan
    var ra = 0.0
    var dec = 0.0
    var x: Float = 0
    var y: Float = 0
    var flux: Float = 0
    var fluxErr: Float = 1
    var templateFlux: Float = 0
    var templateFluxErr: Float = 1
    var scienceFlux: Float = 0
    var reliability: Float = 0
    var extendedness: Float = 0
    /// Seeds the small differences between measurements that no test of ours reads physics into.
    var noise: UInt64 = 0
    var isDipole = false
    var isCosmicRay = false
    var isSaturated = false
    var isStreak = false
    var trailLengthArcsec = Float.nan
    var trailAngleDeg = Float.nan

    var signalToNoise: Float { abs(flux) / fluxErr }
}

/// Encodes diaSource records from templates; the variants differ in the length of varints.
struct DetectionEncoder {
    enum Role: Int {
        /// The trigger of an object's alert: ssObjectId is 0.
        case trigger = 0
        /// In prvDiaSources: ssObjectId is null.
        case history = 1
        /// The trigger of a Solar System object's alert: diaObjectId is 0.
        case solarSystem = 2
        /// The same of a comet, whose id is longer.
        case comet = 3

        /// What a packet's trigger is.
        static func trigger(_ record: DetectionRecord, isSolarSystem: Bool) -> Role {
            guard isSolarSystem else { return .trigger }
            return record.ssObjectID > PackedDesignation.longestShortID ? .comet : .solarSystem
        }
    }

    private let templates: [RecordTemplate]
    private let at: DetectionColumns

    init(version: AlertSchemaVersion) {
        var templates: [RecordTemplate] = []
        for role in [Role.trigger, .history, .solarSystem, .comet] {
            for detector in [0, 64] {
                templates.append(DetectionEncoder.template(role: role, detector: detector, version: version))
            }
        }
        self.templates = templates
        at = DetectionColumns()
    }

    private static func template(role: Role, detector: Int, version: AlertSchemaVersion) -> RecordTemplate {
        let ssObjectID: FieldValue =
            switch role {
            case .trigger: .integer(0)
            case .history: .null
            case .solarSystem: .integer(PackedDesignation.example)
            case .comet: .integer(PackedDesignation.cometExample)
            }
        let someID = RubinIdentifiers.id(visit: VisitID(rawValue: 2026_01_01_00001), detector: 1, counter: 1)
        return RecordTemplate(
            table: Tables.diaSource, version: version,
            values: [
                "diaSourceId": .integer(someID), "visit": .integer(2026_01_01_00001),
                "detector": .integer(Int64(detector)),
                "diaObjectId": .integer(role == .solarSystem || role == .comet ? 0 : someID), "ssObjectId": ssObjectID,
                "psfNdata": .integer(1681), "bboxSize": .integer(40), "band": .text("r"),
                "reliabilityVersion": .text("simulated-1"), "exposureTime": .real(SimulatedVisit.exposureSeconds),
            ])
    }

    func length(_ role: Role, detector: Int) -> Int { template(role, detector: detector).bytes.count }

    private func template(_ role: Role, detector: Int) -> RecordTemplate {
        templates[role.rawValue * 2 + (detector >= 64 ? 1 : 0)]
    }

    /// Where the steady-state generator patches a history record.
    func offsets(_ role: Role, detector: Int, of names: [String]) -> [Int] {
        let template = template(role, detector: detector)
        return names.map { template.offset(Tables.diaSource.require($0)) }
    }

    func append(_ record: DetectionRecord, as role: Role, to buffer: PacketBuffer) {
        let template = template(role, detector: record.detector)
        template.bytes.withUnsafeBufferPointer { source in
            guard let start = source.baseAddress else { return }
            let place = buffer.extend(by: source.count)
            place.update(from: start, count: source.count)
            template.offsetsView { offsets in
                writeIdentity(record, role: role, at: place, offsets)
                writePhotometry(record, at: place, offsets)
                writeShape(record, at: place, offsets)
                writeFlags(record, at: place, offsets)
            }
        }
    }

    private func writeIdentity(
        _ record: DetectionRecord, role: Role, at place: UnsafeMutablePointer<UInt8>,
        _ offsets: UnsafeBufferPointer<Int>
    ) {
        _ = WireBytes.writeLong(record.id, at: place + offsets[at.id])
        _ = WireBytes.writeLong(record.visit, at: place + offsets[at.visit])
        _ = WireBytes.writeLong(Int64(record.detector), at: place + offsets[at.detector])
        if role == .solarSystem || role == .comet {
            _ = WireBytes.writeLong(record.ssObjectID, at: place + offsets[at.ssObjectID])
        } else {
            _ = WireBytes.writeLong(record.objectID, at: place + offsets[at.objectID])
        }
        WireBytes.write(record.midpoint, at: place + offsets[at.midpoint])
        WireBytes.write(record.processed, at: place + offsets[at.processed])
        WireBytes.write(record.withdrawn, at: place + offsets[at.withdrawn])
        WireBytes.write(record.ra, at: place + offsets[at.ra])
        WireBytes.write(record.dec, at: place + offsets[at.dec])
        place[offsets[at.band] + 1] = record.band.ascii
        WireBytes.write(record.x, at: place + offsets[at.x])
        WireBytes.write(record.y, at: place + offsets[at.y])
    }

    private func writePhotometry(
        _ record: DetectionRecord, at place: UnsafeMutablePointer<UInt8>, _ offsets: UnsafeBufferPointer<Int>
    ) {
        let snr = record.signalToNoise
        // PSF width over signal-to-noise: the usual centroid error (King 1983), 0.75" seeing.
        let centroidErr = Float(0.32 / 3600) / max(snr, 1)
        WireBytes.write(centroidErr, at: place + offsets[at.raErr])
        WireBytes.write(centroidErr * 1.03, at: place + offsets[at.decErr])
        WireBytes.write(centroidErr * centroidErr * 0.02, at: place + offsets[at.raDecCov])
        WireBytes.write(centroidErr * 18_000, at: place + offsets[at.xErr])
        WireBytes.write(centroidErr * 18_540, at: place + offsets[at.yErr])
        WireBytes.write(snr, at: place + offsets[at.snr])
        WireBytes.write(record.flux, at: place + offsets[at.psfFlux])
        WireBytes.write(record.fluxErr, at: place + offsets[at.psfFluxErr])
        WireBytes.write(record.flux * (0.97 + 0.06 * Hash.unit(record.noise, 1)), at: place + offsets[at.apFlux])
        WireBytes.write(record.fluxErr * 2.2, at: place + offsets[at.apFluxErr])
        WireBytes.write(1681 * (0.8 + 0.4 * Hash.unit(record.noise, 2)), at: place + offsets[at.psfChi2])
        WireBytes.write(record.scienceFlux, at: place + offsets[at.scienceFlux])
        WireBytes.write(record.fluxErr * 1.01, at: place + offsets[at.scienceFluxErr])
        WireBytes.write(record.templateFlux, at: place + offsets[at.templateFlux])
        WireBytes.write(record.templateFluxErr, at: place + offsets[at.templateFluxErr])
        WireBytes.write(record.reliability, at: place + offsets[at.reliability])
    }

    private func writeShape(
        _ record: DetectionRecord, at place: UnsafeMutablePointer<UInt8>, _ offsets: UnsafeBufferPointer<Int>
    ) {
        let psf = 0.24 + 0.2 * Hash.unit(UInt64(bitPattern: record.visit), 3)
        WireBytes.write(psf, at: place + offsets[at.ixxPSF])
        WireBytes.write(psf * 1.02, at: place + offsets[at.iyyPSF])
        WireBytes.write(psf * 0.05, at: place + offsets[at.ixyPSF])
        WireBytes.write(psf * (0.9 + 0.3 * Hash.unit(record.noise, 4)), at: place + offsets[at.ixx])
        WireBytes.write(psf * (0.9 + 0.3 * Hash.unit(record.noise, 5)), at: place + offsets[at.iyy])
        WireBytes.write(psf * 0.2 * (Hash.unit(record.noise, 6) - 0.5), at: place + offsets[at.ixy])
        WireBytes.write(record.extendedness, at: place + offsets[at.extendedness])
        WireBytes.write(record.trailLengthArcsec, at: place + offsets[at.trailLength])
        WireBytes.write(record.trailAngleDeg, at: place + offsets[at.trailAngle])
        let hasTrail = record.trailLengthArcsec == record.trailLengthArcsec
        WireBytes.write(hasTrail ? record.flux * 1.02 : Float.nan, at: place + offsets[at.trailFlux])
        WireBytes.write(hasTrail ? record.ra : Double.nan, at: place + offsets[at.trailRa])
        WireBytes.write(hasTrail ? record.dec : Double.nan, at: place + offsets[at.trailDec])
        if record.isDipole {
            WireBytes.write(abs(record.flux), at: place + offsets[at.dipoleMeanFlux])
            WireBytes.write(record.flux * 0.1, at: place + offsets[at.dipoleFluxDiff])
            WireBytes.write(0.4 + Hash.unit(record.noise, 7), at: place + offsets[at.dipoleLength])
            WireBytes.write(360 * Hash.unit(record.noise, 8), at: place + offsets[at.dipoleAngle])
        }
    }

    private func writeFlags(
        _ record: DetectionRecord, at place: UnsafeMutablePointer<UInt8>, _ offsets: UnsafeBufferPointer<Int>
    ) {
        place[offsets[at.isNegative]] = record.flux < 0 ? 1 : 0
        place[offsets[at.isDipole]] = record.isDipole ? 1 : 0
        place[offsets[at.dipoleFitAttempted]] = record.isDipole ? 1 : 0
        let bad = record.isCosmicRay || record.isSaturated || record.isStreak
        place[offsets[at.pixelFlags]] = bad ? 1 : 0
        place[offsets[at.pixelFlagsCR]] = record.isCosmicRay ? 1 : 0
        place[offsets[at.pixelFlagsCRCentre]] = record.isCosmicRay ? 1 : 0
        place[offsets[at.pixelFlagsSaturated]] = record.isSaturated ? 1 : 0
        place[offsets[at.pixelFlagsStreak]] = record.isStreak ? 1 : 0
        place[offsets[at.shapeFlag]] = bad ? 1 : 0
    }
}

extension RecordTemplate {
    @inline(__always)
    func offsetsView(_ body: (UnsafeBufferPointer<Int>) -> Void) { offsets.withUnsafeBufferPointer(body) }
}
