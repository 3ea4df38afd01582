import Avro
import Core

/// An alert's records, matches, verdicts and lineage as members of a JSON object.
///
/// Records are named as in the packet; a field that the writer did not have is left out, null and NaN are `null`, 64-bit
/// integers are strings.
struct AnnotatedAlertText {
    let alert: AnnotatedAlert
    let standing: AlertStanding

    /// Appends every member, each with a comma before it.
    func append(to writer: inout TextWriter) {
        let packet = alert.packet
        for column in packet.schema.columns.indices where packet.columns[column].type == .string {
            guard packet.columns[column].state(0) != .absent else { continue }
            writer.append(byte: UInt8(ascii: ","))
            append(column, of: packet, to: &writer)
        }
        record(.source, alert.source, &writer)
        record(.object, alert.object, &writer)
        record(.packetSSO, alert.packetSSO, &writer)
        record(.mpcOrbits, alert.mpcOrbits, &writer)
        solarSystem(&writer)
        nearest(&writer)
        verdicts(&writer)
        lineage(&writer)
        extras(&writer)
    }

    private func record(_ table: AlertTable, _ columns: ColumnTable, _ writer: inout TextWriter) {
        writer.append(string: ",\"\(table.fieldName)\":")
        guard columns.isPresent(0) else { return writer.append("null") }
        writer.append("{")
        cells(of: columns, &writer)
        writer.append("}")
    }

    private func cells(of table: ColumnTable, _ writer: inout TextWriter) {
        var isFirst = true
        for column in table.columns.indices where table.columns[column].state(0) != .absent {
            if !isFirst { writer.append(byte: UInt8(ascii: ",")) }
            isFirst = false
            append(column, of: table, to: &writer)
        }
    }

    private func append(_ column: Int, of table: ColumnTable, to writer: inout TextWriter) {
        writer.append(jsonString: table.schema.columns[column].name)
        writer.append(byte: UInt8(ascii: ":"))
        writer.append(jsonCell: 0, column: column, of: table)
    }

    /// `sso` as filters saw it; `sso_now` where it is another by now; and the orbits near it, nearest first.
    private func solarSystem(_ writer: inout TextWriter) {
        writer.append(member: "sso")
        if let sso = alert.sso, sso.rowCount > 0 {
            writer.append("{")
            cells(of: sso, &writer)
            writer.append("}")
        } else {
            writer.append("null")
        }
        writer.append(member: "sso_now")
        if standing.differs(from: alert.sso) { standing.append(to: &writer) } else { writer.append("null") }
        writer.append(member: "sso_candidates")
        writer.append("[")
        let solar = alert.solar
        for (index, row) in (solar.sources.first?.rows ?? 0..<0).enumerated() {
            writer.append(index == 0 ? "{" : ",{")
            TableText(solar.table, .json).append(row, to: &writer)
            writer.append("}")
        }
        writer.append("]")
    }

    /// One member a catalogue: its version, then the columns of `nearest.<catalogue>`.
    private func nearest(_ writer: inout TextWriter) {
        writer.append(member: "nearest")
        writer.append("{")
        for (index, one) in alert.nearest.enumerated() {
            if index > 0 { writer.append(byte: UInt8(ascii: ",")) }
            writer.append(jsonString: one.catalogue)
            writer.append(":{\"version\":")
            writer.append(jsonString: one.versionID)
            writer.append(byte: UInt8(ascii: ","))
            cells(of: one.table, &writer)
            writer.append("}")
        }
        writer.append("}")
    }

    private func verdicts(_ writer: inout TextWriter) {
        writer.append(member: "verdicts")
        writer.append("[")
        for (index, one) in alert.verdicts.enumerated() {
            writer.append(index == 0 ? "{\"filter\":" : ",{\"filter\":")
            writer.append(jsonString: one.filter)
            writer.append(string: ",\"version\":\(one.version),\"verdict\":\"\(one.verdict.name)\"}")
        }
        writer.append("]")
    }

    private func lineage(_ writer: inout TextWriter) {
        writer.append(member: "lineage")
        guard let lineage = alert.lineage, let recordedAt = alert.recordedAt else { return writer.append("null") }
        writer.append("{\"software\":")
        writer.append(jsonString: lineage.software)
        writer.append(member: "recorded_at")
        writer.append(timestamp: recordedAt)
        writer.append(string: ",\"schema_ids\":[\(lineage.schemaIDs.map(String.init).joined(separator: ","))]")
        writer.append(member: "catalogues")
        writer.append("[")
        for (index, name) in lineage.catalogues.enumerated() {
            if index > 0 { writer.append(byte: UInt8(ascii: ",")) }
            writer.append(jsonString: name)
        }
        writer.append("],\"orbit_set\":")
        if lineage.orbitSet.isEmpty { writer.append("null") } else { writer.append(jsonString: lineage.orbitSet) }
        writer.append(string: ",\"filter_registry_version\":\(lineage.filterRegistryVersion)}")
    }

    /// One member a path; a blob of a format that this version does not know is `null`.
    private func extras(_ writer: inout TextWriter) {
        writer.append(member: "extras")
        guard let blob = alert.extras else { return writer.append("{}") }
        let entries: [AlertExtras.Entry]
        do throws(RecordFault) {
            entries = try blob.withEntries()
        } catch {
            return writer.append("null")
        }
        writer.append("{")
        for (index, entry) in entries.enumerated() {
            if index > 0 { writer.append(byte: UInt8(ascii: ",")) }
            writer.append(jsonString: entry.path)
            writer.append(byte: UInt8(ascii: ":"))
            append(entry.value, to: &writer)
        }
        writer.append("}")
    }

    private func append(_ value: AlertExtras.Value, to writer: inout TextWriter) {
        switch value {
        case .bool(let value): writer.append(value ? "true" : "false")
        case .int32(let value): writer.append(integer: Int64(value))
        case .int64(let value): writer.append(string: "\"\(value)\"")
        case .float32(let value): writer.append(float: value)
        case .float64(let value): writer.append(double: value)
        case .string(let value): writer.append(jsonString: value)
        case .bytes(let value): writer.append(string: "{\"len\":\(value.count)}")
        }
    }
}

extension [UInt8] {
    /// The extras in a blob, with a typed error.
    fileprivate func withEntries() throws(RecordFault) -> [AlertExtras.Entry] {
        let result: Result<[AlertExtras.Entry], RecordFault> = withUnsafeBytes { bytes in
            do throws(RecordFault) { return .success(try AlertExtras.list(bytes)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}
