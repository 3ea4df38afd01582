import Core

/// A simulated diaObject: statistics of the triggering band only, as Rubin's prompt products fill them.
struct ObjectRecord {
    var id: Int64 = 0
    var validityStart = 0.0
    var ra = 0.0
    var dec = 0.0
    var positionErrDeg: Float = 0
    var band = Band.u
    var statistics = FluxStatistics()
    /// Detections in the packet, the trigger included.
    var detectionCount = 0
}

/// Statistics of the fluxes of one band.
struct FluxStatistics {
    private(set) var count = 0
    private(set) var minimum = Float.infinity
    private(set) var maximum = -Float.infinity
    private(set) var maxSlope = Float.nan
    private var weights = 0.0
    private var weighted = 0.0
    private var sum = 0.0
    private var squares = 0.0
    private var errors = 0.0
    private var scienceWeighted = 0.0
    private var last: (mjd: Double, flux: Float)?
    private var origin = 0.0

    /// Adds a detection; times must ascend.
    mutating func add(flux: Float, error: Float, scienceFlux: Float, mjd: Double) {
        if count == 0 { origin = Double(flux) }
        let weight = 1 / (Double(error) * Double(error))
        count += 1
        weights += weight
        weighted += Double(flux) * weight
        scienceWeighted += Double(scienceFlux) * weight
        let shifted = Double(flux) - origin
        sum += shifted
        squares += shifted * shifted
        errors += Double(error)
        minimum = min(minimum, flux)
        maximum = max(maximum, flux)
        if let last, mjd > last.mjd {
            let slope = (flux - last.flux) / Float(mjd - last.mjd)
            maxSlope = maxSlope != maxSlope ? slope : max(maxSlope, slope)
        }
        last = (mjd, flux)
    }

    /// Inverse-variance weighted mean.
    var mean: Float { Float(weighted / weights) }
    var meanErr: Float { Float((1 / weights).squareRoot()) }
    var scienceMean: Float { Float(scienceWeighted / weights) }
    var errMean: Float { Float(errors / Double(count)) }
    /// Sample standard deviation; NaN for a single flux.
    var sigma: Float {
        guard count > 1 else { return .nan }
        return Float((max(0, squares - sum * sum / Double(count)) / Double(count - 1)).squareRoot())
    }
}

/// Encodes diaObject records from templates: one for each band and length of the two counts.
struct ObjectEncoder {
    private let templates: [RecordTemplate]
    private let columns: [[Int]]
    private let common: [Int]

    init(version: AlertSchemaVersion) {
        var templates: [RecordTemplate] = []
        for band in Band.allCases {
            for counts in 0..<4 {
                templates.append(ObjectEncoder.template(band: band, counts: counts, version: version))
            }
        }
        self.templates = templates
        columns = Band.allCases.map { band in
            [
                "psfFluxMean", "psfFluxMeanErr", "psfFluxSigma", "psfFluxNdata", "scienceFluxMean",
                "scienceFluxMeanErr", "psfFluxMin", "psfFluxMax", "psfFluxMaxSlope", "psfFluxErrMean",
            ].map { Tables.diaObject.require("\(band)_\($0)") }
        }
        common = ["diaObjectId", "validityStartMjdTai", "ra", "raErr", "dec", "decErr", "ra_dec_Cov", "nDiaSources"]
            .map { Tables.diaObject.require($0) }
    }

    /// Bit 0 of `counts`: nDiaSources takes two bytes; bit 1: the band's number of fluxes does.
    private static func template(band: Band, counts: Int, version: AlertSchemaVersion) -> RecordTemplate {
        let someID = RubinIdentifiers.id(visit: VisitID(rawValue: 2026_01_01_00001), detector: 1, counter: 1)
        return RecordTemplate(
            table: Tables.diaObject, version: version,
            values: [
                "diaObjectId": .integer(someID), "nDiaSources": .integer(counts & 1 != 0 ? 64 : 0),
                "\(band)_psfFluxNdata": .integer(counts & 2 != 0 ? 64 : 0),
            ])
    }

    private func template(_ record: ObjectRecord) -> RecordTemplate {
        precondition(record.detectionCount < 8192, "nDiaSources takes more than two bytes")
        let counts = (record.detectionCount >= 64 ? 1 : 0) | (record.statistics.count >= 64 ? 2 : 0)
        return templates[Int(record.band.rawValue) * 4 + counts]
    }

    func append(_ record: ObjectRecord, to buffer: PacketBuffer) {
        let template = template(record)
        template.bytes.withUnsafeBufferPointer { source in
            guard let start = source.baseAddress else { return }
            let place = buffer.extend(by: source.count)
            place.update(from: start, count: source.count)
            template.offsetsView { patch(record, at: place, $0) }
        }
    }

    func length(_ record: ObjectRecord) -> Int { template(record).bytes.count }

    /// Writes a record over an encoded one of the same band and lengths of counts.
    func overwrite(_ record: ObjectRecord, at place: UnsafeMutablePointer<UInt8>) {
        template(record).offsetsView { patch(record, at: place, $0) }
    }

    private func patch(
        _ record: ObjectRecord, at place: UnsafeMutablePointer<UInt8>, _ offsets: UnsafeBufferPointer<Int>
    ) {
        _ = WireBytes.writeLong(record.id, at: place + offsets[common[0]])
        WireBytes.write(record.validityStart, at: place + offsets[common[1]])
        WireBytes.write(record.ra, at: place + offsets[common[2]])
        WireBytes.write(record.positionErrDeg, at: place + offsets[common[3]])
        WireBytes.write(record.dec, at: place + offsets[common[4]])
        WireBytes.write(record.positionErrDeg, at: place + offsets[common[5]])
        WireBytes.write(Float(0), at: place + offsets[common[6]])
        _ = WireBytes.writeLong(Int64(record.detectionCount), at: place + offsets[common[7]])
        let at = columns[Int(record.band.rawValue)]
        let statistics = record.statistics
        WireBytes.write(statistics.mean, at: place + offsets[at[0]])
        WireBytes.write(statistics.meanErr, at: place + offsets[at[1]])
        WireBytes.write(statistics.sigma, at: place + offsets[at[2]])
        _ = WireBytes.writeLong(Int64(statistics.count), at: place + offsets[at[3]])
        WireBytes.write(statistics.scienceMean, at: place + offsets[at[4]])
        WireBytes.write(statistics.meanErr, at: place + offsets[at[5]])
        WireBytes.write(statistics.minimum, at: place + offsets[at[6]])
        WireBytes.write(statistics.maximum, at: place + offsets[at[7]])
        WireBytes.write(statistics.maxSlope, at: place + offsets[at[8]])
        WireBytes.write(statistics.errMean, at: place + offsets[at[9]])
    }
}
