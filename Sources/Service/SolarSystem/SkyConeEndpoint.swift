import Core
import Sky
import SolarSystem

/// `GET /api/v1/sso/cone`: the known bodies in a field at a time, with uncertainty, nearest to the centre first.
enum SkyConeEndpoint {
    @Sendable static func respond(_ call: Call) throws -> APIResponse {
        let limits = call.context.limits
        let type = try MediaType.negotiate(
            call.request, format: call.parameters.text("format"), offered: [.json, .csv, .votable])
        _ = try (call.parameters.required("ra"), call.parameters.required("dec"), call.parameters.required("epoch"))
        let center = SkyPosition(
            raDegrees: try call.parameters.number("ra", in: 0...360, unit: "degrees") ?? 0,
            decDegrees: try call.parameters.number("dec", in: -90...90, unit: "degrees") ?? 0)
        let radius = Angle(arcsec: try ConeEndpoint.radiusArcsec(call.parameters, limits: limits))
        let time = try call.parameters.time("epoch")?.days ?? .nan
        let site = try EphemerisEndpoint.site(call.parameters)
        let limit = try call.parameters.integer("limit", in: 1...limits.coneObjects) ?? 1000
        guard let set = try call.context.soundOrbits() else {
            throw Problem(
                503, "no orbits are known here", detail: "so it is not known what is in this field",
                hint: "nightjar orbits import FILE")
        }
        if let reason = call.context.nights.reasonInvalid("MJD \(TextNumber.short(time))", mjd: time, of: set) {
            throw Problem(
                400, "epoch is too far from the orbits' epoch", detail: reason,
                hint: "import orbits of a nearer epoch, or see sso.valid_days")
        }
        let entry = SkyPredictions.process.entry(set, site: site, mjdTai: time, nightly: call.context.nightly)
        let found = entry.index.cone(center: center, radius: radius, mjdTai: time)
        var text = EphemerisText(type.ephemerisFormat)
        for body in found.prefix(limit) {
            let prediction = Prediction(
                mjdTai: time, sighting: body.sighting,
                magnitudeV: set.elements(body.orbit).magnitudeV(body.sighting),
                error: entry.index.error(of: body, entry.errors))
            text.append([prediction], designation: set.designation(body.orbit))
        }
        text.end()
        try call.context.expectSound(set)
        var response = APIResponse(type, text.writer.bytes)
        response.headers.append(("Nightjar-Orbit-Set", set.versionID))
        if found.count > limit { response.headers.append(("Nightjar-Truncated", "true")) }
        return response
    }
}
