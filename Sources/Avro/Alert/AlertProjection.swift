import Core

/// Which columns a decoder fills. The others cost only the skipping; `AlertFrameDecoder.finish` makes them absent.
public struct AlertProjection: Sendable {
    private let chosen: [AlertTable: Set<Int>]?
    /// Whether fields that the model does not know are kept as extras.
    public let keepsExtras: Bool

    /// Every column, and the unknown fields as extras.
    public static let all = AlertProjection(chosen: nil, keepsExtras: true)

    private init(chosen: [AlertTable: Set<Int>]?, keepsExtras: Bool) {
        self.chosen = chosen
        self.keepsExtras = keepsExtras
    }

    /// Some columns of each table by name; tables that are not named get none. A name the table lacks is a defect.
    public init(_ columns: [AlertTable: [String]], keepsExtras: Bool = false) {
        chosen = Dictionary(
            uniqueKeysWithValues: columns.map { table, names in (table, Set(names.map(table.schema.require))) })
        self.keepsExtras = keepsExtras
    }

    /// Every column, but unknown fields are skipped.
    public static let withoutExtras = AlertProjection(chosen: nil, keepsExtras: false)

    public func includes(_ table: AlertTable, column: Int) -> Bool {
        guard let chosen else { return true }
        return chosen[table]?.contains(column) ?? false
    }
}
