import Core
import SolarSystem

/// `GET /api/v1/sso/{name}/ephemeris`: predicted places of a Solar System object, from the orbit in use.
enum EphemerisEndpoint {
    private static let mostTimes = 10_000

    @Sendable static func respond(_ call: Call) throws -> APIResponse {
        let type = try MediaType.negotiate(
            call.request, format: call.parameters.text("format"), offered: [.json, .csv, .votable])
        let site = try site(call.parameters)
        let times = try times(call.parameters)
        guard let set = try call.context.soundOrbits(), let row = set.row(named: call.captures[0]) else {
            throw SolarSystemBody.unknown(call.captures[0], call.context)
        }
        var text = EphemerisText(type.ephemerisFormat)
        do throws(UserFault) {
            let predictions = try EphemerisComputer(site: site, planets: SkyPredictions.planets)
                .predict(set.target(row), mjdTai: times)
            text.append(predictions, designation: set.designation(row))
        } catch {
            throw Problem(400, error.what, detail: error.detail, hint: error.hint)
        }
        text.end()
        try call.context.expectSound(set)
        return APIResponse(type, text.writer.bytes)
    }

    static func site(_ parameters: Parameters) throws(Problem) -> ObservingSite {
        do throws(UserFault) {
            return try ObservingSite(parsing: parameters.text("site") ?? "X05")
        } catch {
            throw Problem(400, error.what, detail: error.detail, hint: error.hint)
        }
    }

    /// `start` ≤ t < `stop` each `step` (days, or with a unit: 1d, 6h, 30min); `start` alone is one time.
    private static func times(_ parameters: Parameters) throws(Problem) -> [Double] {
        guard let start = try parameters.time("start")?.days else {
            throw Problem(400, "parameter start is missing", hint: "start=61000.25, or with stop and step")
        }
        guard let stop = try parameters.time("stop")?.days else {
            if parameters.has("step") { throw Problem(400, "step without stop") }
            return [start]
        }
        guard stop > start else {
            throw .badParameter("stop", parameters.text("stop") ?? "", "must be later than start")
        }
        let step = try step(parameters.text("step") ?? "1d")
        let count: Double = ((stop - start) / step).rounded(.up)
        guard count <= Double(mostTimes) else {
            throw Problem(
                400, "too many times", detail: "\(TextNumber.short(count)) steps", hint: "at most \(mostTimes) a request")
        }
        return (0..<Int(count)).map { start + step * Double($0) }
    }

    private static func step(_ text: String) throws(Problem) -> Double {
        let units: [(String, Double)] = [("min", 1440), ("h", 24), ("d", 1), ("s", 86_400), ("", 1)]
        for (unit, perDay) in units where text.hasSuffix(unit) {
            guard let number = Parameters.finite(text.dropLast(unit.utf8.count)), number > 0 else { break }
            return number / perDay
        }
        throw .badParameter("step", text, "must be a positive time", hint: "days, or with a unit: 1d, 6h, 30min, 30s")
    }
}

extension MediaType {
    var ephemerisFormat: EphemerisText.Format {
        switch self {
        case .csv: .csv
        case .votable: .votable
        default: .json
        }
    }
}
