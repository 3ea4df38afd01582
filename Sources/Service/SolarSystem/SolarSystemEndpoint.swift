import Core
import SolarSystem

/// `GET /api/v1/sso/{name}`: what is known of a Solar System object.
enum SolarSystemEndpoint {
    @Sendable static func respond(_ call: Call) throws -> APIResponse {
        _ = try MediaType.negotiate(call.request, format: call.parameters.text("format"), offered: [.json])
        let body = try SolarSystemBody(call, named: call.captures[0])
        let found = try BodyDetections(body, LightCurveQuery(.ssObject(body.ids[0])), call.database)
        let detections = found.curve.detections
        let count = detections.rowCount
        if body.orbit == nil, count == 0 { throw SolarSystemBody.unknown(call.captures[0], call.context) }
        var writer = TextWriter()
        writer.append("{")
        if let orbit = body.orbit {
            OrbitText.appendNames(orbit.set, orbit.row, id: orbit.set.ssObjectId(orbit.row), to: &writer)
        } else {
            OrbitText.appendNames(of: body.exchangeDesignation, id: body.ids[0], to: &writer)
        }
        writer.append(string: ",\"detection_count\":\(count)")
        let times = detections.column("midpointMjdTai")
        writer.append(member: "first_midpoint_mjd_tai")
        writer.append(optional: count > 0 ? times.number(0) : nil)
        writer.append(member: "last_midpoint_mjd_tai")
        writer.append(optional: count > 0 ? times.number(count - 1) : nil)
        writer.append(",\"associations\":{")
        for (index, one) in ["both", "ours", "packet"].enumerated() {
            let number = (0..<count).count { found.more.string(0, $0) == one }
            writer.append(string: "\(index == 0 ? "" : ",")\"\(one)\":\(number)")
        }
        writer.append("}")
        for (member, path) in [("lightcurve", "/lightcurve"), ("ephemeris", "/ephemeris"), ("ades", "/ades")] {
            writer.append(string: ",\"\(member)\":")
            let isThere = member == "ephemeris" ? body.orbit != nil : count > 0
            if isThere { writer.append(jsonString: body.path + path) } else { writer.append("null") }
        }
        writer.append(",\"ssObject\":{")
        TableText(found.summary(of: body), .json).append(0, to: &writer)
        writer.append("}")
        appendOrbit(body.orbit, to: &writer)
        writer.append("}\n")
        return APIResponse(.json, writer.bytes)
    }

    private static func appendOrbit(_ orbit: (set: OrbitSet, row: Int)?, to writer: inout TextWriter) {
        writer.append(member: "orbit")
        if let orbit {
            OrbitText.appendOrbit(orbit.set, orbit.row, to: &writer)
        } else {
            writer.append("null")
        }
    }
}
