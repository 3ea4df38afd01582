import Core
import Functions
import SolarSystem

/// Detections in the Astrometry Data Exchange Standard: `GET /api/v1/sso/{name}/ades` and `GET /api/v1/sso/ades?night=`.
enum ADESExport {
    /// The detections of a Solar System object, ours and the packets'.
    @Sendable static func respond(_ call: Call) throws -> APIResponse {
        let body = try SolarSystemBody(call, named: call.captures[0])
        let found = try BodyDetections(
            body, LightCurveEndpoint.query(call, subject: .ssObject(body.ids[0])), call.database)
        guard found.curve.detections.rowCount > 0 else { throw body.noDetection }
        guard let designation = body.exchangeDesignation else {
            throw Problem(
                409, "\(body.title) has no designation", detail: "ADES names bodies by number or provisional designation",
                hint: "its light curve has its detections: \(body.path)/lightcurve")
        }
        var text = text(call, ["Detections of \(body.title)."])
        for row in 0..<found.curve.detections.rowCount {
            let association = found.more.string("association", row)
            let remark = remark(
                isPackets: association != "ours", isOurs: association != "packet",
                isOpen: found.more.column("provisional").bool(row) == true)
            text.append(observation(of: .body(designation), found.curve.detections, row, remark: remark))
        }
        return APIResponse(.ades, text.writer.bytes)
    }

    /// What we attribute among a night's detections, in order of visit; bodies without a designation are left out.
    @Sendable static func respondForNight(_ call: Call) throws -> APIResponse {
        let night = try call.parameters.night("night") ?? Night(call.context.clock.now)
        let limit = try call.parameters.integer("limit", in: 1...1_000_000) ?? 100_000
        call.context.orbits?.refresh()
        let set = call.context.orbits?.current
        let open = Set(try call.database.openSolarVisits().map(\.visit))
        var text = text(call, ["Detections of night \(night) that are attributed to known orbits by prediction."])
        var count = 0
        let visits = Set(try call.database.counters(night: night, visit: nil).map(\.visit)).sorted()
        for visit in visits where count <= limit {
            let matches = VisitMatches(try call.database.solarSources(of: visit))
            let curve = try call.database.detections(matches.bodies.keys.sorted())
            for row in 0..<curve.detections.rowCount {
                let id = DiaSourceID(rawValue: curve.detections.column("diaSourceId").int64(row) ?? 0)
                guard let orbit = matches.bodies[id] else { continue }
                let body = SolarSystemBody(id: orbit, in: set)
                guard let designation = body.exchangeDesignation else { continue }
                count += 1
                guard count <= limit else { break }
                let packets = SSObjectID(rawValue: curve.detections.column("ssObjectId").int64(row) ?? 0)
                let remark = remark(isPackets: body.ids.contains(packets), isOurs: true, isOpen: open.contains(visit))
                text.append(observation(of: .body(designation), curve.detections, row, remark: remark))
            }
        }
        var response = APIResponse(.ades, text.writer.bytes)
        if count > limit { response.headers.append(("Nightjar-Truncated", "true")) }
        return response
    }

    /// Who attributes an observation where not both do, and whether that may still change.
    private static func remark(isPackets: Bool, isOurs: Bool, isOpen: Bool) -> String {
        var remarks: [String] = []
        if !isOurs { remarks.append("attributed by the packet alone") }
        if !isPackets { remarks.append("attributed by prediction alone") }
        if isOpen { remarks.append("provisional") }
        return remarks.joined(separator: ", ")
    }

    static func text(_ call: Call, _ comments: [String]) -> ADESText {
        ADESText(
            submitter: call.parameters.text("submitter") ?? "Nightjar",
            comments: comments + [
                "Exported from alerts by nightjar \(call.context.softwareVersion).",
                "Rubin Observatory submits its observations to the Minor Planet Center itself.",
            ])
    }

    /// A row of `Tables.diaSource`.
    static func observation(
        of subject: ADESObservation.Subject, _ table: ColumnTable, _ row: Int, remark: String
    ) -> ADESObservation {
        let number = { (name: String) -> Double in table.column(name).number(row) ?? .nan }
        let (flux, error) = (number("psfFlux"), number("psfFluxErr"))
        return ADESObservation(
            subject: subject, id: (table.column("diaSourceId").int64(row) ?? 0).description,
            time: MJD(number("midpointMjdTai")), raDeg: number("ra"), decDeg: number("dec"),
            raErrArcsec: number("raErr") * 3600, decErrArcsec: number("decErr") * 3600,
            correlation: number("ra_dec_Cov") / (number("raErr") * number("decErr")),
            magnitude: Photometry.abMagnitude(fluxNanojansky: flux),
            magnitudeErr: Photometry.abMagnitudeError(fluxNanojansky: flux, errorNanojansky: error),
            band: table.string("band", row).flatMap { Band($0) }, remark: remark)
    }
}
