import Core

extension CaseAlert {
    /// The row of `sso`: an alert that we attribute to nobody, unless `sso.status` says otherwise. What follows from status and
    /// packet is filled in where the case does not set it.
    /// - Throws: `UserFault` for what no alert can have: a prediction's column without a match, anything beside `unknown`.
    static func sso(_ settings: [(column: String, value: String)], source: ColumnTable) throws(UserFault) -> ColumnTable {
        let status = settings.last { $0.column == "status" }?.value ?? "unmatched"
        guard ["matched", "unmatched", "unknown"].contains(status) else {
            throw UserFault(.usage, "sso.status cannot be \(status)", hint: "matched, unmatched or unknown")
        }
        let always = ["status"] + (status == "unknown" ? [] : ["provisional", "candidates", "packet_agreement"])
        if status != "matched", let setting = settings.first(where: { !always.contains($0.column) }) {
            throw UserFault(
                .usage, "sso.\(setting.column) is set, but sso.status is \(status)", hint: "add: sso.status = matched")
        }
        let table = ColumnTable(schema: Tables.sso)
        try append(implied(status, settings, source) + settings, to: table)
        return table
    }

    private static func implied(
        _ status: String, _ settings: [(column: String, value: String)], _ source: ColumnTable
    ) -> [(column: String, value: String)] {
        let packet = source.column("ssObjectId").int64(0) ?? 0
        switch status {
        case "matched":
            let ours = settings.last { $0.column == "ssObjectId" }?.value
            let agreement = packet == 0 ? "ours_only" : (ours == String(packet) ? "agrees" : "disagrees")
            return [
                ("status", status), ("candidates", "1"), ("orbit_rank", "1"), ("diaDistanceRank", "1"),
                ("diaSourceId", String(source.column("diaSourceId").int64(0) ?? 0)), ("packet_agreement", agreement),
            ]
        case "unmatched":
            return [("status", status), ("candidates", "0"), ("packet_agreement", packet == 0 ? "none" : "packet_only")]
        default: return [("status", status), ("packet_agreement", "unknown")]
        }
    }
}
