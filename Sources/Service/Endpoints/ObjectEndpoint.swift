import Core

/// `GET /api/v1/objects/{diaObjectId}`.
enum ObjectEndpoint {
    @Sendable static func respond(_ call: Call) throws -> APIResponse {
        _ = try MediaType.negotiate(call.request, format: call.parameters.text("format"), offered: [.json])
        let object = try find(call)
        var writer = TextWriter()
        append(object.record, to: &writer)
        writer.append(member: "diaObject")
        appendDiaObject(object.diaObject, to: &writer)
        writer.append("}\n")
        return APIResponse(.json, writer.bytes)
    }

    static func find(_ call: Call) throws -> StoredObject {
        let id = DiaObjectID(rawValue: try PathID.parse(call.captures[0], "diaObjectId"))
        guard let object = try call.database.object(id) else { throw notFound(id) }
        return object
    }

    static func notFound(_ id: DiaObjectID) -> Problem {
        Problem(404, "no such object", detail: "diaObjectId \(id)", hint: "cone finds objects by place")
    }

    /// The record without the closing brace.
    static func append(_ record: ObjectRecord, to writer: inout TextWriter) {
        writer.append("{")
        writer.append(member: "diaObjectId", isFirst: true)
        writer.append(id: record.diaObjectId)
        for (name, value) in [("ra", record.ra), ("dec", record.dec), ("drift_arcsec", record.driftArcsec)] {
            writer.append(string: ",\"\(name)\":")
            writer.append(double: value)
        }
        writer.append(string: ",\"home\":\"\(record.home)\"")
        writer.append(string: ",\"known_from\":\(record.firstKnown),\"last_changed\":\(record.lastChanged)")
        writer.append(member: "last_visit")
        writer.append(id: record.lastVisit)
        writer.append(string: ",\"detection_count\":\(record.detectionCount),\"forced_count\":\(record.forcedCount)")
        writer.append(member: "bands")
        writer.append("{")
        var isFirst = true
        for band in Band.allCases where record.statistics[Int(band.rawValue)].count > 0 {
            if !isFirst { writer.append(byte: 0x2C) }
            isFirst = false
            writer.append(string: "\"\(band)\":")
            append(record.statistics[Int(band.rawValue)], to: &writer)
        }
        writer.append("}")
    }

    /// Fluxes in nJy, times in MJD TAI.
    private static func append(_ statistics: BandStatistics, to writer: inout TextWriter) {
        writer.append(string: "{\"detection_count\":\(statistics.count)")
        let values: [(String, Double?)] = [
            ("psfFluxMean", statistics.meanFlux), ("psfFluxMeanErr", statistics.meanFluxErr),
            ("psfFluxSigma", statistics.fluxSigma), ("psfFluxMin", statistics.minFlux),
            ("psfFluxMax", statistics.maxFlux), ("psfFluxLast", statistics.lastFlux),
            ("firstMidpointMjdTai", statistics.firstMidpoint), ("lastMidpointMjdTai", statistics.lastMidpoint),
        ]
        for (name, value) in values {
            writer.append(string: ",\"\(name)\":")
            writer.append(optional: value)
        }
        writer.append("}")
    }

    private static func appendDiaObject(_ table: ColumnTable, to writer: inout TextWriter) {
        guard table.rowCount > 0, table.isPresent(0) else { return writer.append("null") }
        writer.append("{")
        for (index, column) in table.schema.columns.enumerated() {
            if index > 0 { writer.append(byte: 0x2C) }
            writer.append(string: "\"\(column.name)\":")
            writer.append(jsonCell: 0, column: index, of: table)
        }
        writer.append("}")
    }
}
