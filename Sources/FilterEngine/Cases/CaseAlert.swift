import Core

/// Builds one alert out of a case: an ordinary detection in r, with what the case sets.
///
/// Ordinary: ids 1 (diaSourceId) and 1000 (diaObjectId), MJD 61000, ra 150, dec 2, r band, psfFlux 3000 ± 100 nJy, snr 30, reliability
/// 0.9, flags false, required numbers 0, everything else null. An object is there unless `object = null` is said by
/// `alert.diaObjectId = null`; `packet_sso` is there when a column of it is set. Catalogues and `sso` are unmatched.
struct CaseAlert {
    let batch = AlertBatch(capacity: 8)
    private(set) var nearest: [NearestMatches] = []
    let sso: ColumnTable

    private static let ordinary: [(column: String, value: String)] = [
        ("diaSourceId", "1"), ("diaObjectId", "1000"), ("visit", "2026070400001"), ("midpointMjdTai", "61000"),
        ("ra", "150"), ("dec", "2"), ("band", "r"), ("psfFlux", "3000"), ("psfFluxErr", "100"), ("snr", "30"),
        ("reliability", "0.9"),
    ]

    init(_ filterCase: FilterCaseFile.Case, catalogues: [(name: String, schema: TableSchema)]) throws(UserFault) {
        func settings(_ table: String) -> [(column: String, value: String)] {
            filterCase.settings.filter { $0.table == table }.map { ($0.column, $0.value) }
        }
        let known = ["alert", "object", "packet_sso", "sso"] + catalogues.map { "nearest." + $0.name }
        for setting in filterCase.settings where !known.contains(setting.table) {
            throw UserFault(.usage, "a case has no table \(setting.table)", hint: known.joined(separator: ", "))
        }
        let packetNames = Set(Tables.packet.columns.map(\.name)).subtracting(Tables.diaSource.columns.map(\.name))
        let alert = settings("alert")
        try CaseAlert.append(
            CaseAlert.ordinary + alert.filter { !packetNames.contains($0.column) }, to: batch.source)
        try CaseAlert.append(alert.filter { packetNames.contains($0.column) }, to: batch.packet)
        if batch.source.column("diaObjectId").hasValue(0) {
            let id = [("diaObjectId", String(batch.source.column("diaObjectId").int64(0) ?? 0))]
            try CaseAlert.append(id + settings("object"), to: batch.object)
        } else {
            batch.object.appendMissingRow(.null)
        }
        let packetSSO = settings("packet_sso")
        if packetSSO.isEmpty {
            batch.packetSSO.appendMissingRow(.null)
        } else {
            try CaseAlert.append(packetSSO, to: batch.packetSSO)
        }
        sso = try CaseAlert.sso(settings("sso"), source: batch.source)
        for (table, child) in [("forced", batch.forced), ("detections", batch.detections)] {
            let first = child.table.rowCount
            for row in filterCase.rows where row.table == table {
                let ordinary = CaseAlert.ordinary.filter { child.table.schema.position(of: $0.column) != nil }
                let own = table == "detections" ? [("diaSourceId", String(100 + child.table.rowCount))] : []
                try CaseAlert.append(ordinary + own + row.cells, to: child.table)
            }
            child.finishParent(firstRow: first, isGiven: true)
        }
        for (name, schema) in catalogues {
            let table = ColumnTable(schema: schema)
            try CaseAlert.append([("status", "unmatched")] + settings("nearest." + name), to: table)
            nearest.append(NearestMatches(catalogue: name, versionID: "case", table: table))
        }
    }

    /// Appends a row; of several values for a column the last one counts.
    static func append(_ cells: [(column: String, value: String)], to table: ColumnTable) throws(UserFault) {
        for cell in cells where table.schema.position(of: cell.column) == nil {
            throw UserFault(.usage, "\(table.schema.name) has no column \(cell.column)")
        }
        for (index, schema) in table.schema.columns.enumerated() {
            let given = cells.last { $0.column == schema.name }?.value
            let value = given ?? (schema.isNullable && schema.type != .bool ? "null" : "0")
            guard append(value, to: table.columns[index], table.arena) else {
                throw UserFault(.usage, "\(schema.name) cannot be \(value)")
            }
        }
        table.finishRow()
    }

    private static func append(_ text: String, to column: Column, _ arena: ByteArena) -> Bool {
        if text == "null" {
            column.appendMissing(.null)
            return true
        }
        switch column.type {
        case .bool:
            guard let value = ["0": false, "1": true, "false": false, "true": true][text] else { return false }
            column.append(value)
        case .int32:
            guard let value = Int32(text) else { return false }
            column.append(value)
        case .int64:
            guard let value = Int64(text) else { return false }
            column.append(value)
        case .float32:
            guard let value = Float(text) else { return false }
            column.append(value)
        case .float64:
            guard let value = Double(text) else { return false }
            column.append(value)
        case .string, .bytes: column.append(arena.append(text))
        }
        return true
    }
}
