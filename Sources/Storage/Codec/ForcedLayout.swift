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
    let midpointPosition, bandPosition, processedPosition: Int
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
        fluxPositions = ["psfFlux", "psfFluxErr", "scienceFlux", "scienceFluxErr"].map(schema.require)
    }
}
