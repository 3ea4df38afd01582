import Core

/// A table with one row an alert and a status, a catalogue's or that of our own attribution; or that there is none.
struct StatusBinding {
    let table: ColumnTable?
    private let statusColumn: Int

    init(_ matches: NearestMatches?) {
        table = matches?.table
        statusColumn = NearestMatches.statusColumn
    }

    init(sso: ColumnTable?) {
        table = sso
        statusColumn = ColumnSource.ssoStatus
    }

    /// Whether nobody could look for this alert: each alert has its own status.
    @inline(__always) func isUnknown(_ row: Int) -> Bool {
        guard let table, let reference = table.columns[statusColumn].reference(row) else { return true }
        let text = table.arena.bytes(reference)
        return text.count == 7 && text[0] == UInt8(ascii: "u")
    }
}

extension ColumnSource {
    static let ssoStatus = Tables.sso.require("status")
    static let ssoProvisional = Tables.sso.require("provisional")

    /// Whether it says itself that nothing is known.
    var isStatus: Bool {
        switch table {
        case .nearest: column == NearestMatches.statusColumn
        case .sso: column == ColumnSource.ssoStatus
        default: false
        }
    }
}
