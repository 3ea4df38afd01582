import Core

/// The tables of a batch that an alert's records go to.
public enum AlertTable: Int, Sendable, CaseIterable {
    case packet, source, object, packetSSO, mpcOrbits, detections, forced

    public var schema: TableSchema {
        switch self {
        case .packet: Tables.packet
        case .source, .detections: Tables.diaSource
        case .object: Tables.diaObject
        case .packetSSO: Tables.ssSource
        case .mpcOrbits: Tables.mpcOrbits
        case .forced: Tables.diaForcedSource
        }
    }

    /// The packet's field that holds the table's record or records, in the newest schema.
    public var fieldName: String {
        switch self {
        case .packet: ""
        case .source: "diaSource"
        case .object: "diaObject"
        case .packetSSO: "ssSource"
        case .mpcOrbits: "mpc_orbits"
        case .detections: "prvDiaSources"
        case .forced: "prvDiaForcedSources"
        }
    }

    var isHistory: Bool { self == .detections || self == .forced }

    func columns(of batch: AlertBatch) -> ColumnTable {
        switch self {
        case .packet: batch.packet
        case .source: batch.source
        case .object: batch.object
        case .packetSSO: batch.packetSSO
        case .mpcOrbits: batch.mpcOrbits
        case .detections: batch.detections.table
        case .forced: batch.forced.table
        }
    }
}
