import Core

/// `GET …/lightcurve`: the points of an object, ascending by time, in pages.
enum LightCurveEndpoint {
    @Sendable static func respondForObject(_ call: Call) throws -> APIResponse {
        let id = DiaObjectID(rawValue: try PathID.parse(call.captures[0], "diaObjectId"))
        let query = try query(call, subject: .diaObject(id))
        return try respond(call, query, id)
    }

    /// What band, start, stop, origin and as_of say.
    static func query(_ call: Call, subject: LightCurveQuery.Subject) throws -> LightCurveQuery {
        let parameters = call.parameters
        var query = LightCurveQuery(subject)
        query.band = try parameters.band()
        query.start = try parameters.time("start")
        query.stop = try parameters.time("stop")
        if let start = query.start, let stop = query.stop, start >= stop {
            throw Problem(400, "start must be before stop", detail: "ranges are half open: start ≤ time < stop")
        }
        switch parameters.text("origin") {
        case nil, "all": query.kind = nil
        case "detection": query.kind = .detection
        case "forced": query.kind = .forced
        case .some(let other): throw Problem.badParameter("origin", other, "must be detection, forced or all")
        }
        if let asOf = try parameters.integer("as_of", in: 0...Int.max) {
            let last = try call.database.lastCommitSeq()
            guard Int64(asOf) <= last.rawValue else {
                // What will be known then nobody knows: the same question would have another answer later.
                throw Problem.badParameter("as_of", "\(asOf)", "is not committed yet: the last commit is \(last)")
            }
            query.asOf = CommitSeq(rawValue: Int64(asOf))
        }
        return query
    }

    private static func respond(
        _ call: Call, _ query: LightCurveQuery, _ id: DiaObjectID
    ) throws -> APIResponse {
        let type = try MediaType.negotiate(
            call.request, format: call.parameters.text("format"), offered: [.json, .csv])
        let columns = try LightCurveColumns(call.parameters.text("columns"))
        let maximum = call.context.limits.lightCurvePoints
        let limit = try call.parameters.integer("limit", in: 1...maximum) ?? maximum
        let cursor = try cursor(call.parameters)
        var query = query
        if let cursor, cursor.time > query.start?.days ?? -.infinity { query.start = MJD(cursor.time) }
        guard let curve = try call.database.lightCurve(query) else { throw ObjectEndpoint.notFound(id) }
        let points = LightCurvePoints(curve, after: cursor, limit: limit)
        var writer = TextWriter(capacity: 1024 + points.points.count * (columns.entries.count > 20 ? 1500 : 300))
        switch type {
        case .csv: LightCurveText.writeCSV(points, columns: columns, to: &writer)
        default:
            writer.append(string: "{\"diaObjectId\":\"\(id)\",\"count\":\(points.points.count)")
            writer.append(string: ",\"as_of\":\(query.asOf?.description ?? "null")")
            writer.append(string: ",\"next_cursor\":" + (points.next.map { "\"\($0.text)\"" } ?? "null"))
            writer.append(",\"points\":[")
            LightCurveText.writeJSON(points, columns: columns, to: &writer)
            writer.append("\n]}\n")
        }
        var response = APIResponse(type, writer.bytes)
        if let next = points.next { response.headers.append(("Link", "<\(nextTarget(call, next))>; rel=\"next\"")) }
        return response
    }

    static func cursor(_ parameters: Parameters) throws(Problem) -> LightCurveCursor? {
        guard let text = parameters.text("cursor") else { return nil }
        guard let cursor = LightCurveCursor(text: text) else {
            throw .badParameter("cursor", text, "is not one of ours", hint: "take next_cursor of the page before")
        }
        return cursor
    }

    static func nextTarget(_ call: Call, _ cursor: LightCurveCursor) -> String {
        let kept = call.request.query.filter { $0.name != "cursor" }
        let pairs = kept.map { "\($0.name)=\(PercentCoding.encode($0.value))" } + ["cursor=\(cursor.text)"]
        return call.request.path + "?" + pairs.joined(separator: "&")
    }
}
