import Core
import SolarSystem

/// `GET /api/v1/sso/unknown?night=`: pairs of detections of a night (tonight unless told) that move together and belong to no known orbit.
enum UnknownMoversEndpoint {
    @Sendable static func respond(_ call: Call) throws -> APIResponse {
        let parameters = call.parameters
        let type = try MediaType.negotiate(
            call.request, format: parameters.text("format"), offered: [.json, .ndjson, .csv, .votable, .ades])
        let night = try parameters.night("night") ?? Night(call.context.clock.now)
        var options = UnknownMovers.Options(night: night)
        options.leastReliability =
            try parameters.number("min_reliability", in: 0...1, unit: "") ?? options.leastReliability
        options.limits.mostRateDegPerDay =
            try parameters.number("max_rate", in: 0.02...10, unit: "deg/d") ?? options.limits.mostRateDegPerDay
        let limit = try parameters.integer("limit", in: 1...100_000) ?? 10_000
        let found = try UnknownMovers(options, call.database)
        let pairs = Array(found.pairs.prefix(limit))
        let isTruncated = found.isTruncated || found.pairs.count > limit
        var writer = TextWriter()
        if type == .ades {
            try appendADES(pairs, found, options, call, to: &writer)
        } else {
            let table = ColumnTable(schema: MoverTable.schema)
            for pair in pairs { MoverTable.append(pair, of: found.candidates, to: table) }
            let text = TableText(table, type.tableForm)
            if type == .json {
                appendHead(found, options, isTruncated: isTruncated, to: &writer)
                writer.append(string: ",\"count\":\(pairs.count),\"pairs\":[")
                for row in pairs.indices {
                    writer.append(string: row == 0 ? "\n{" : ",\n{")
                    text.append(row, to: &writer)
                    writer.append("}")
                }
                writer.append("\n]}\n")
            } else {
                text.write(pairs.indices, name: "unknown_movers", to: &writer)
            }
        }
        var response = APIResponse(type, writer.bytes)
        if isTruncated { response.headers.append(("Nightjar-Truncated", "true")) }
        // Forms that have no place for counts.
        response.headers.append(
            ("Nightjar-Summary", found.counts.map { "\($0.name)=\($0.value)" }.joined(separator: ", ")))
        return response
    }

    private static func appendHead(
        _ found: UnknownMovers, _ options: UnknownMovers.Options, isTruncated: Bool, to writer: inout TextWriter
    ) {
        writer.append(string: "{\"night\":\(options.night),\"counts\":{")
        for (index, one) in found.counts.enumerated() {
            writer.append(string: "\(index == 0 ? "" : ",")\"\(one.name)\":\(one.value)")
        }
        writer.append("},\"limits\":{\"min_reliability\":")
        writer.append(double: options.leastReliability)
        let limits = options.limits
        for (name, value) in [
            ("min_rate", limits.leastRateDegPerDay), ("max_rate", limits.mostRateDegPerDay),
            ("max_minutes", limits.longestMinutes), ("max_magnitude_difference", limits.mostMagnitudeDifference),
        ] {
            writer.append(string: ",\"\(name)\":")
            writer.append(double: value)
        }
        writer.append(string: "},\"truncated\":\(isTruncated)")
    }

    private static func appendADES(
        _ pairs: [MovingPair], _ found: UnknownMovers, _ options: UnknownMovers.Options, _ call: Call,
        to writer: inout TextWriter
    ) throws {
        let candidates = found.candidates.detections
        var names: [DiaSourceID: String] = [:]
        for pair in pairs {
            let name = MoverTable.name(pair, of: found.candidates)
            names[candidates[pair.first].id] = name
            names[candidates[pair.second].id] = name
        }
        let curve = try call.database.detections(pairs.flatMap { [candidates[$0.first].id, candidates[$0.second].id] })
        var text = ADESExport.text(call, ["Pairs of detections of night \(options.night) that move together; no orbit is known."])
        for row in 0..<curve.detections.rowCount {
            let id = DiaSourceID(rawValue: curve.detections.column("diaSourceId").int64(row) ?? 0)
            guard let name = names[id] else { continue }
            text.append(ADESExport.observation(of: .tracklet(name), curve.detections, row, remark: ""))
        }
        writer.append(raw: text.writer.bytes)
    }
}
