import Core

/// Versions of Rubin's alert schema that the simulator writes.
public enum AlertSchemaVersion: String, Sendable, CaseIterable {
    case v10_0 = "10.0"
    case v11_0 = "11.0"
    case v11_1 = "11.1"

    /// Number in Confluent's framing: major × 100 + minor.
    public var registryID: UInt32 {
        switch self {
        case .v10_0: 1000
        case .v11_0: 1100
        case .v11_1: 1101
        }
    }

    /// Fields of a record in wire order.
    func fields(of table: TableSchema) -> [WireField] {
        table.columns.enumerated().compactMap { position, column in
            if self != .v11_1, table.name == "diaSource", AlertSchemaVersion.addedIn11_1.contains(column.name) {
                return nil
            }
            let wasNullable = self == .v10_0 && AlertSchemaVersion.nullableBefore11.contains(column.name)
            return WireField(
                position: position, name: column.name, type: column.type, isNullable: column.isNullable || wasNullable)
        }
    }

    private static let addedIn11_1: Set<String> = [
        "exposureTime", "trailAlgorithm", "trail_flag", "reliabilityVersion",
    ]
    private static let nullableBefore11: Set<String> = [
        "psfNdata", "trailNdata", "dipoleNdata", "bboxSize", "u_psfFluxNdata", "g_psfFluxNdata", "r_psfFluxNdata",
        "i_psfFluxNdata", "z_psfFluxNdata", "y_psfFluxNdata",
    ]
}

/// One field of a record on the wire; its union, if any, has null first.
struct WireField {
    /// Position in Core's table.
    let position: Int
    let name: String
    let type: ColumnType
    let isNullable: Bool
}
