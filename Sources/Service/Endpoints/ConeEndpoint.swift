import Core

/// `GET /api/v1/cone`: objects around a place.
enum ConeEndpoint {
    @Sendable static func respond(_ call: Call) throws -> APIResponse {
        let limits = call.context.limits
        let type = try MediaType.negotiate(
            call.request, format: call.parameters.text("format"), offered: [.json, .csv])
        _ = try (call.parameters.required("ra"), call.parameters.required("dec"))
        let limit = try call.parameters.integer("limit", in: 1...limits.coneObjects) ?? 1000
        let query = ConeQuery(
            raDegrees: try call.parameters.number("ra", in: 0...360, unit: "degrees") ?? 0,
            decDegrees: try call.parameters.number("dec", in: -90...90, unit: "degrees") ?? 0,
            radiusArcsec: try radiusArcsec(call.parameters, limits: limits), limit: limit + 1)
        let found = try call.database.cone(query)
        let hits = found.prefix(limit)
        var writer = TextWriter()
        if type == .csv {
            writeCSV(hits, to: &writer)
        } else {
            writeJSON(hits, isTruncated: found.count > limit, to: &writer)
        }
        var response = APIResponse(type, writer.bytes)
        if found.count > limit { response.headers.append(("Nightjar-Truncated", "true")) }
        return response
    }

    /// `radius_arcsec=3`, or `radius=` with a unit: `3arcsec`, `2arcmin`, `0.1deg`.
    static func radiusArcsec(_ parameters: Parameters, limits: APILimits) throws(Problem) -> Double {
        guard parameters.has("radius_arcsec") != parameters.has("radius") else {
            throw Problem(
                400, "one of radius_arcsec and radius must be given", hint: "radius_arcsec=3 or radius=2arcmin")
        }
        let maximum = limits.coneRadiusArcsec
        if let value = try parameters.number("radius_arcsec", in: 0...maximum, unit: "arcsec") { return value }
        let text = try parameters.required("radius")
        for (unit, arcsec) in [("arcsec", 1.0), ("arcmin", 60.0), ("deg", 3600.0)] where text.hasSuffix(unit) {
            guard let number = Parameters.finite(text.dropLast(unit.utf8.count)),
                (0...maximum).contains(number * arcsec)
            else { break }
            return number * arcsec
        }
        throw .badParameter(
            "radius", text, "must be a number with its unit, at most \(TextNumber.short(maximum / 3600))deg",
            hint: "2arcsec, 10arcmin, 1deg")
    }

    private static func writeJSON(_ hits: ArraySlice<ConeHit>, isTruncated: Bool, to writer: inout TextWriter) {
        writer.append(string: "{\"count\":\(hits.count),\"truncated\":\(isTruncated),\"objects\":[")
        for (index, hit) in hits.enumerated() {
            writer.append(string: index == 0 ? "\n" : ",\n")
            ObjectEndpoint.append(hit.record, to: &writer)
            writer.append(member: "separation_arcsec")
            writer.append(double: hit.separationArcsec)
            writer.append("}")
        }
        writer.append("\n]}\n")
    }

    private static func writeCSV(_ hits: ArraySlice<ConeHit>, to writer: inout TextWriter) {
        writer.append(
            "diaObjectId,separation_arcsec,ra,dec,detection_count,forced_count,firstMidpointMjdTai,lastMidpointMjdTai\n"
        )
        for hit in hits {
            let record = hit.record
            writer.append(string: "\(record.diaObjectId),")
            for value in [hit.separationArcsec, record.ra, record.dec] {
                if value.isFinite { writer.append(double: value) }
                writer.append(byte: 0x2C)
            }
            writer.append(string: "\(record.detectionCount),\(record.forcedCount)")
            let first = record.statistics.map(\.firstMidpoint).filter(\.isFinite).min()
            let last = record.statistics.map(\.lastMidpoint).filter(\.isFinite).max()
            for value in [first, last] {
                writer.append(byte: 0x2C)
                if let value { writer.append(double: value) }
            }
            writer.append(byte: 0x0A)
        }
    }
}
