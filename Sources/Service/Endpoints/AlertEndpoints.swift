import Core

/// `GET /api/v1/alerts…`: what came, what was known of it, its packet and its stamps.
enum AlertEndpoints {
    @Sendable static func recent(_ call: Call) throws -> APIResponse {
        let type = try MediaType.negotiate(
            call.request, format: call.parameters.text("format"), offered: [.json, .csv])
        let limit = try call.parameters.integer("limit", in: 1...call.context.limits.listEntries) ?? 100
        let alerts = try call.database.recentAlerts(limit: limit)
        var writer = TextWriter()
        if type == .csv {
            writer.append("diaSourceId,diaObjectId,ssObjectId,midpointMjdTai,revision,commit_seq\n")
            for alert in alerts {
                let known = alert.known
                writer.append(string: "\(alert.diaSourceId),\(idText(known.diaObjectId)),\(idText(known.ssObjectId)),")
                writer.append(double: known.midpoint.days)
                writer.append(string: ",\(known.revision),\(known.commitSeq)\n")
            }
            return APIResponse(type, writer.bytes)
        }
        writer.append(string: "{\"count\":\(alerts.count),\"alerts\":[")
        for (index, alert) in alerts.enumerated() {
            writer.append(string: index == 0 ? "\n" : ",\n")
            append(alert.diaSourceId, alert.known, to: &writer)
            writer.append("}")
        }
        writer.append("\n]}\n")
        return APIResponse(type, writer.bytes)
    }

    @Sendable static func show(_ call: Call) throws -> APIResponse {
        let (id, alert) = try find(call)
        var writer = TextWriter()
        append(id, alert.known, to: &writer)
        writer.append(",\"night\":")
        let annotated = try call.database.annotatedAlert(id)
        writer.append(string: (annotated?.night ?? Night(alert.known.midpoint)).description)
        writer.append(",\"input\":{\"topic\":")
        writer.append(jsonString: alert.origin.topic)
        writer.append(string: ",\"partition\":\(alert.origin.partition),\"offset\":\(alert.offset)}")
        writer.append(string: ",\"writer_schema_id\":\(alert.writerSchemaID)")
        let path = "/api/v1/alerts/\(id)"
        if let message = alert.message {
            writer.append(string: ",\"packet\":{\"href\":\"\(path)/packet\",\"len\":\(message.count)}")
            writer.append(",\"cutouts\":{")
            for (index, kind) in cutoutFields.map(\.kind).enumerated() {
                writer.append(string: "\(index == 0 ? "" : ",")\"\(kind)\":\"\(path)/cutouts/\(kind)\"")
            }
            writer.append("}")
        } else {
            writer.append(",\"packet\":null,\"cutouts\":null")
        }
        if let annotated {
            let standing = try AlertStanding(id, annotated, call.database)
            AnnotatedAlertText(alert: annotated, standing: standing).append(to: &writer)
        }
        writer.append("}\n")
        return APIResponse(.json, writer.bytes)
    }

    @Sendable static func packet(_ call: Call) throws -> APIResponse {
        let (id, alert) = try find(call)
        var response = APIResponse(.avro, try archived(id, alert))
        response.headers.append(("Content-Disposition", "attachment; filename=\"\(id).avro\""))
        response.headers.append(("Nightjar-Writer-Schema", "/schemas/ids/\(alert.writerSchemaID)"))
        return response
    }

    private static let cutoutFields = [
        (kind: "difference", field: "cutoutDifference"), (kind: "science", field: "cutoutScience"),
        (kind: "template", field: "cutoutTemplate"),
    ]

    @Sendable static func cutout(_ call: Call) throws -> APIResponse {
        let kind = call.captures[1]
        guard let field = cutoutFields.first(where: { $0.kind == kind })?.field else {
            throw Problem(
                404, "no such cutout", detail: "got \"\(kind.prefix(100))\"", hint: "difference, science or template")
        }
        let (id, alert) = try find(call)
        let message = try archived(id, alert)
        let reader = try call.require(call.context.packets, "cutouts are")
        guard let fits = try reader.bytes(field: field, message: message, writerSchemaID: alert.writerSchemaID) else {
            throw Problem(404, "the packet has no such cutout", detail: "\(field) of alert \(id) is null")
        }
        var response = APIResponse(.fits, fits)
        response.headers.append(("Content-Disposition", "attachment; filename=\"\(id)_\(kind).fits\""))
        return response
    }

    private static func find(_ call: Call) throws -> (DiaSourceID, StoredAlert) {
        let id = DiaSourceID(rawValue: try PathID.parse(call.captures[0], "diaSourceId"))
        guard let alert = try call.database.alert(id) else {
            throw Problem(404, "no such alert", detail: "diaSourceId \(id)")
        }
        return (id, alert)
    }

    private static func archived(_ id: DiaSourceID, _ alert: StoredAlert) throws(Problem) -> [UInt8] {
        guard let message = alert.message else {
            throw Problem(
                410, "the packet is no longer archived", detail: "alert \(id)",
                hint: "its measurements remain: /api/v1/objects/\(alert.known.diaObjectId)/lightcurve")
        }
        return message
    }

    private static func idText(_ id: some Identifier) -> String { id.isNone ? "" : id.description }

    /// The alert without the closing brace.
    private static func append(_ id: DiaSourceID, _ known: KnownAlert, to writer: inout TextWriter) {
        writer.append("{\"diaSourceId\":")
        writer.append(id: id)
        writer.append(member: "diaObjectId")
        writer.append(id: known.diaObjectId)
        writer.append(member: "ssObjectId")
        writer.append(id: known.ssObjectId)
        writer.append(member: "midpointMjdTai")
        writer.append(time: known.midpoint)
        writer.append(string: ",\"revision\":\(known.revision),\"commit_seq\":\(known.commitSeq)")
    }
}
