import Core

/// `GET /api/v1/sso/{name}/lightcurve`: the detections of a Solar System object, ascending by time, in pages, with distances,
/// phase angle and reduced magnitude.
enum BodyLightCurveEndpoint {
    @Sendable static func respond(_ call: Call) throws -> APIResponse {
        try respond(call, SolarSystemBody(call, named: call.captures[0]))
    }

    /// `GET /api/v1/solarsystem/{ssObjectId}/lightcurve`
    @Sendable static func respondForID(_ call: Call) throws -> APIResponse {
        let id = SSObjectID(rawValue: try PathID.parse(call.captures[0], "ssObjectId"))
        return try respond(call, SolarSystemBody(call, id: id))
    }

    private static func respond(_ call: Call, _ body: SolarSystemBody) throws -> APIResponse {
        let type = try MediaType.negotiate(
            call.request, format: call.parameters.text("format"), offered: [.json, .ndjson, .csv, .votable])
        let maximum = call.context.limits.lightCurvePoints
        let limit = try call.parameters.integer("limit", in: 1...maximum) ?? maximum
        var query = try LightCurveEndpoint.query(call, subject: .ssObject(body.ids[0]))
        let cursor = try LightCurveEndpoint.cursor(call.parameters)
        if let cursor, cursor.time > query.start?.days ?? -.infinity { query.start = MJD(cursor.time) }
        let names = try columns(call.parameters.text("columns"))
        let found = try BodyDetections(body, query, call.database)
        if found.curve.detections.rowCount == 0, cursor == nil {
            // Is there none at all, or none of those that were asked for?
            let all = try BodyDetections(body, LightCurveQuery(.ssObject(body.ids[0])), call.database)
            if all.curve.detections.rowCount == 0 { throw body.noDetection }
        }
        let points = LightCurvePoints(found.curve, after: cursor, limit: limit)
        let known = knownFrom(found.curve)
        let fields = names.map { name in
            let table = found.curve.detections.schema.position(of: name) == nil ? found.more : found.curve.detections
            return TableText.Field(table, table.schema.require(name))
        }
        let text = TableText([TableText.Field(known, 0)] + fields, type.tableForm)
        var writer = TextWriter(capacity: 1024 + points.points.count * (names.count > 20 ? 2000 : 400))
        let rows = points.points.map { Int($0.row) }
        switch type {
        case .json:
            writer.append("{\"ssObjectId\":")
            if let id = body.ssObjectId { writer.append(id: id) } else { writer.append("null") }
            writer.append(",\"designation\":")
            writer.append(jsonString: body.title)
            writer.append(string: ",\"count\":\(rows.count),\"as_of\":\(query.asOf?.description ?? "null")")
            writer.append(string: ",\"next_cursor\":" + (points.next.map { "\"\($0.text)\"" } ?? "null"))
            writer.append(",\"points\":[")
            for (index, row) in rows.enumerated() {
                writer.append(string: index == 0 ? "\n{" : ",\n{")
                text.append(row, to: &writer)
                writer.append(string: ",\"known_from\":\(known.column("known_from").int64(row) ?? 0)}")
            }
            writer.append("\n]}\n")
        default:
            TableText([TableText.Field(known, 0)] + fields + [TableText.Field(known, 1)], type.tableForm)
                .write(rows, name: "lightcurve", to: &writer)
        }
        var response = APIResponse(type, writer.bytes)
        if let next = points.next {
            response.headers.append(("Link", "<\(LightCurveEndpoint.nextTarget(call, next))>; rel=\"next\""))
        }
        return response
    }

    /// The columns of every light curve: who measured it, and from which commit it is known.
    private static func knownFrom(_ curve: LightCurve) -> ColumnTable {
        let table = ColumnTable(
            schema: TableSchema(
                name: "point", description: "Where a point comes from.",
                columns: [
                    ColumnSchema(
                        id: 1, name: "origin", type: .string, ucd: "meta.code", isNullable: false,
                        description: "detection or forced."),
                    ColumnSchema(
                        id: 2, name: "known_from", type: .int64, ucd: "meta.version", isNullable: false,
                        description: "The commit from which the point is known."),
                ]))
        let detection = table.arena.append("detection")
        for known in curve.detectionsKnownFrom {
            table.columns[0].append(detection)
            table.columns[1].append(known.rawValue)
            table.finishRow()
        }
        return table
    }

    private static let allNames = Tables.diaSource.columns.map(\.name) + BodyDetections.schema.columns.map(\.name)

    private static func columns(_ list: String?) throws(Problem) -> [String] {
        guard let list else { return allNames }
        var names: [String] = []
        for part in list.split(separator: ",").map(String.init) {
            guard allNames.contains(part) else {
                let nearest = NearestName.find(part, among: allNames)
                throw Problem(
                    400, "unknown column \(part.prefix(100))", detail: "in parameter columns",
                    hint: nearest.map { "did you mean \($0)?" } ?? "names are those of diaSource and of our predictions")
            }
            if !names.contains(part) { names.append(part) }
        }
        return names
    }
}
