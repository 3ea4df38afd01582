import Core

/// Where each column of `diaForcedSource` goes in a light-curve block.
struct ForcedLayout: Sendable {
    enum Role: Sendable, Equatable {
        case id, object, ra, dec, visit, detector, midpoint, band, processed, withdrawn
        case flux(Int)
    }

    /// By position in the schema.
    let roles: [Role]
    let ids: [UInt16]
    let idPosition, objectPosition, raPosition, decPosition, visitPosition, detectorPosition: Int
    let midpointPosition, bandPosition, processedPosition, withdrawnPosition: Int
    let fluxPositions: [Int]

    static let shared = ForcedLayout()

    private init() {
        roles = Tables.diaForcedSource.columns.map { column in
            switch column.name {
            case "diaForcedSourceId": .id
            case "diaObjectId": .object
            case "ra": .ra
            case "dec": .dec
            case "visit": .visit
            case "detector": .detector
            case "psfFlux": .flux(0)
            case "psfFluxErr": .flux(1)
            case "scienceFlux": .flux(2)
            case "scienceFluxErr": .flux(3)
            case "midpointMjdTai": .midpoint
            case "band": .band
            case "timeProcessedMjdTai": .processed
            case "timeWithdrawnMjdTai": .withdrawn
            default:
                preconditionFailure("\(column.name) has no place in light-curve blocks: raise their format version")
            }
        }
        let schema = Tables.diaForcedSource
        ids = schema.columns.map(\.id)
        idPosition = schema.require("diaForcedSourceId")
        objectPosition = schema.require("diaObjectId")
        raPosition = schema.require("ra")
        decPosition = schema.require("dec")
        visitPosition = schema.require("visit")
        detectorPosition = schema.require("detector")
        midpointPosition = schema.require("midpointMjdTai")
        bandPosition = schema.require("band")
        processedPosition = schema.require("timeProcessedMjdTai")
        withdrawnPosition = schema.require("timeWithdrawnMjdTai")
        fluxPositions = ["psfFlux", "psfFluxErr", "scienceFlux", "scienceFluxErr"].map(schema.require)
    }

    /// What visit and detector tell of a diaForcedSourceId, Rubin's prefix aside: days since 2010-01-01, sequence number and
    /// detector above 19 bits of a count. Any other numbers give some number too: only the block's size hangs on it.
    static func idStart(visit: Int64, detector: Int32) -> Int64 {
        let date = visit / 100_000
        let month = date / 100 % 100
        // Days of the civil calendar, years counted from March.
        let year = date / 10_000 - (month <= 2 ? 1 : 0)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + date % 100 - 1
        let day = year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 734_078
        return (day << 23 | (visit % 100_000) << 8 | Int64(detector)) << 19
    }
}
