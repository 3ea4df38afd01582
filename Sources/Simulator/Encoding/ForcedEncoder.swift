import Core

/// What differs from one simulated diaForcedSource to the next.
struct ForcedRecord {
    var id: Int64 = 0
    var objectID: Int64 = 0
    var ra = 0.0
    var dec = 0.0
    var visit: Int64 = 0
    var detector = 0
    var band = Band.u
    var midpoint = 0.0
    var processed = 0.0
    var withdrawn = Double.nan
    var flux: Float = 0
    var fluxErr: Float = 1
    var scienceFlux: Float = 0
}

/// Encodes diaForcedSource records from templates.
struct ForcedEncoder {
    private let short: RecordTemplate
    private let long: RecordTemplate
    private let columns: [Int]
    private static let patched = [
        "diaForcedSourceId", "diaObjectId", "ra", "dec", "visit", "detector", "psfFlux", "psfFluxErr",
        "midpointMjdTai", "scienceFlux", "scienceFluxErr", "band", "timeProcessedMjdTai", "timeWithdrawnMjdTai",
    ]

    init(version: AlertSchemaVersion) {
        short = ForcedEncoder.template(detector: 0, version: version)
        long = ForcedEncoder.template(detector: 64, version: version)
        columns = ForcedEncoder.patched.map { Tables.diaForcedSource.require($0) }
    }

    private static func template(detector: Int64, version: AlertSchemaVersion) -> RecordTemplate {
        let someID = RubinIdentifiers.id(visit: VisitID(rawValue: 2026_01_01_00001), detector: 1, counter: 1)
        return RecordTemplate(
            table: Tables.diaForcedSource, version: version,
            values: [
                "diaForcedSourceId": .integer(someID), "diaObjectId": .integer(someID),
                "visit": .integer(2026_01_01_00001), "detector": .integer(detector), "band": .text("r"),
            ])
    }

    func length(detector: Int) -> Int { (detector >= 64 ? long : short).bytes.count }

    func offsets(detector: Int, of names: [String]) -> [Int] {
        let template = detector >= 64 ? long : short
        return names.map { template.offset(Tables.diaForcedSource.require($0)) }
    }

    func append(_ record: ForcedRecord, to buffer: PacketBuffer) {
        let template = record.detector >= 64 ? long : short
        template.bytes.withUnsafeBufferPointer { source in
            guard let start = source.baseAddress else { return }
            let place = buffer.extend(by: source.count)
            place.update(from: start, count: source.count)
            columns.withUnsafeBufferPointer { columns in
                template.offsetsView { at in
                    _ = WireBytes.writeLong(record.id, at: place + at[columns[0]])
                    _ = WireBytes.writeLong(record.objectID, at: place + at[columns[1]])
                    WireBytes.write(record.ra, at: place + at[columns[2]])
                    WireBytes.write(record.dec, at: place + at[columns[3]])
                    _ = WireBytes.writeLong(record.visit, at: place + at[columns[4]])
                    _ = WireBytes.writeLong(Int64(record.detector), at: place + at[columns[5]])
                    WireBytes.write(record.flux, at: place + at[columns[6]])
                    WireBytes.write(record.fluxErr, at: place + at[columns[7]])
                    WireBytes.write(record.midpoint, at: place + at[columns[8]])
                    WireBytes.write(record.scienceFlux, at: place + at[columns[9]])
                    WireBytes.write(record.fluxErr * 1.01, at: place + at[columns[10]])
                    place[at[columns[11]] + 1] = record.band.ascii
                    WireBytes.write(record.processed, at: place + at[columns[12]])
                    WireBytes.write(record.withdrawn, at: place + at[columns[13]])
                }
            }
        }
    }
}
