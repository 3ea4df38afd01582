import Core
import SolarSystem

/// `GET /api/v1/sso/{name}`: what is known of a Solar System object.
enum SolarSystemEndpoint {
    @Sendable static func respond(_ call: Call) throws -> APIResponse {
        _ = try MediaType.negotiate(call.request, format: call.parameters.text("format"), offered: [.json])
        let name = call.captures[0]
        if let own = ownName(call, name) { return own }
        let body = try SolarSystemBody(call, named: name)
        var detections = 0
        var (first, last): (Double?, Double?) = (nil, nil)
        var id = body.ids[0]
        for candidate in body.ids {
            guard let curve = try call.database.lightCurve(LightCurveQuery(.ssObject(candidate))) else { continue }
            detections = curve.detections.rowCount
            let times = curve.detections.column("midpointMjdTai")
            first = detections > 0 ? times.number(0) : nil
            last = detections > 0 ? times.number(detections - 1) : nil
            id = candidate
            break
        }
        if body.orbit == nil, detections == 0 { throw SolarSystemBody.unknown(name, call.context) }
        var writer = TextWriter()
        writer.append("{")
        if let orbit = body.orbit {
            OrbitText.appendNames(orbit.set, orbit.row, to: &writer)
        } else {
            OrbitText.appendNames(of: body.designation ?? id.designation, id: id, to: &writer)
        }
        writer.append(string: ",\"detection_count\":\(detections)")
        writer.append(member: "first_midpoint_mjd_tai")
        writer.append(optional: first)
        writer.append(member: "last_midpoint_mjd_tai")
        writer.append(optional: last)
        writer.append(string: ",\"lightcurve\":\"/api/v1/solarsystem/\(id)/lightcurve\"")
        appendOrbit(body.orbit, to: &writer)
        writer.append("}\n")
        return APIResponse(.json, writer.bytes)
    }

    /// A body of the orbit set with a name of its own and no designation: nothing is stored under an id.
    private static func ownName(_ call: Call, _ name: String) -> APIResponse? {
        call.context.orbits?.refresh()
        guard let set = call.context.orbits?.current, let row = set.row(named: name), set.ssObjectId(row) == nil else {
            return nil
        }
        var writer = TextWriter()
        writer.append("{")
        OrbitText.appendNames(set, row, to: &writer)
        writer.append(",\"detection_count\":0,\"first_midpoint_mjd_tai\":null,\"last_midpoint_mjd_tai\":null")
        writer.append(",\"lightcurve\":null")
        appendOrbit((set, row), to: &writer)
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
