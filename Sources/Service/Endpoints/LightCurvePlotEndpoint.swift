import Core

/// `GET /api/v1/objects/{id}/lightcurve.svg`, and of a Solar System object.
enum LightCurvePlotEndpoint {
    /// More than this many points cannot be told apart; the newest are drawn.
    private static let maximumPoints = 5000

    @Sendable static func respond(_ call: Call) throws -> APIResponse {
        let id = DiaObjectID(rawValue: try PathID.parse(call.captures[0], "diaObjectId"))
        let query = try LightCurveEndpoint.query(call, subject: .diaObject(id))
        guard let curve = try call.database.lightCurve(query) else { throw ObjectEndpoint.notFound(id) }
        return try draw(call, curve, query, title: "diaObject \(id)")
    }

    @Sendable static func respondForNamed(_ call: Call) throws -> APIResponse {
        let body = try SolarSystemBody(call, named: call.captures[0])
        let query = try LightCurveEndpoint.query(call, subject: .ssObject(body.ids[0]))
        let curve = try BodyDetections(body, query, call.database).curve
        if curve.detections.rowCount == 0, body.orbit == nil { throw body.noDetection }
        return try draw(call, curve, query, title: body.title)
    }

    private static func draw(
        _ call: Call, _ curve: LightCurve, _ query: LightCurveQuery, title name: String
    ) throws -> APIResponse {
        let width = try call.parameters.integer("width", in: 200...4000) ?? 760
        let height = try call.parameters.integer("height", in: 150...4000) ?? (width < 560 ? width * 3 / 5 : 440)
        let all = PlotPoint.of(LightCurvePoints(curve, after: nil, limit: .max))
        let drawn = all.suffix(maximumPoints)
        var title = name
        if let band = query.band { title += ", band \(band)" }
        if let asOf = query.asOf { title += ", as of commit \(asOf)" }
        if drawn.count < all.count { title += ", newest \(drawn.count) of \(all.count) points" }
        let plot = LightCurvePlot(
            title: title, points: Array(drawn), width: Double(width), height: Double(height))
        return APIResponse(.svg, plot.render())
    }
}
