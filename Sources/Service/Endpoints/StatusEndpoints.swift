import Core

/// What operators ask: counters, readiness, metrics, and work for the owner.
enum StatusEndpoints {
    @Sendable static func counters(_ call: Call) throws -> APIResponse {
        let night = try call.parameters.night("night")
        let visit = try call.parameters.integer("visit", in: 0...Int.max).map { VisitID(rawValue: Int64($0)) }
        let counters = try call.database.counters(night: night, visit: visit)
        var writer = TextWriter()
        writer.append("{\"night\":")
        writer.append(string: night?.description ?? "null")
        writer.append(member: "visit")
        if let visit { writer.append(string: "\"\(visit)\"") } else { writer.append("null") }
        writer.append(member: "counters")
        append(counters, to: &writer)
        writer.append("}\n")
        return APIResponse(.json, writer.bytes)
    }

    @Sendable static func status(_ call: Call) throws -> APIResponse {
        let context = call.context
        let reasons = context.readiness?.reasonsNotReady() ?? []
        var writer = TextWriter()
        writer.append("{\"software\":")
        writer.append(jsonString: "nightjar/" + context.softwareVersion)
        writer.append(member: "uptime_s")
        writer.append(string: TextNumber.fixed(context.clock.unixSeconds - context.startedAtUnixSeconds, 3))
        writer.append(string: ",\"ready\":\(reasons.isEmpty)")
        writer.append(member: "reasons")
        append(strings: reasons, to: &writer)
        NightlyStatus.append(context.nightly, to: &writer)
        writer.append(string: ",\"commit_seq\":\(try call.database.lastCommitSeq())")
        writer.append(member: "counters")
        append(try call.database.counters(night: nil, visit: nil), to: &writer)
        writer.append(",\"inputs\":[")
        for (index, input) in try call.database.nextOffsets().enumerated() {
            writer.append(string: index == 0 ? "\n" : ",\n")
            writer.append("{\"topic\":")
            writer.append(jsonString: input.partition.topic)
            writer.append(string: ",\"partition\":\(input.partition.partition),\"next_offset\":\(input.next)}")
        }
        writer.append("],\"topics\":[")
        for (index, topic) in try call.database.topics().enumerated() {
            writer.append(string: index == 0 ? "\n" : ",\n")
            writer.append("{\"topic\":")
            writer.append(jsonString: topic.topic)
            writer.append(string: ",\"earliest\":\(topic.earliest),\"next\":\(topic.next),\"bytes\":\(topic.bytes)}")
        }
        writer.append("]}\n")
        return APIResponse(.json, writer.bytes)
    }

    @Sendable static func operation(_ call: Call) throws -> APIResponse {
        let name = call.captures[0]
        guard let operation = call.context.operations[name] else {
            let known = call.context.operations.keys.sorted()
            let nearest = NearestName.find(name, among: known).map { "did you mean \($0)?" }
            throw Problem(
                404, "no such operation", detail: String(name.prefix(100)),
                hint: nearest ?? "here: " + (known.isEmpty ? "none" : known.joined(separator: ", ")))
        }
        return try operation(call.request)
    }

    @Sendable static func metrics(_ call: Call) throws -> APIResponse {
        var writer = TextWriter(capacity: 32_768)
        call.context.metrics.render(into: &writer)
        var previous = ""
        for (series, value) in ConservationSeries.sums(try call.database.counters(night: nil, visit: nil)) {
            let name = String(series.prefix { $0 != "{" })
            if name != previous {
                let type = name.hasSuffix("_total") ? "counter" : "gauge"
                writer.append(
                    string: "# HELP \(name) Conservation counter, written with each commit.\n# TYPE \(name) \(type)\n")
            }
            previous = name
            writer.append(string: "\(series) \(value)\n")
        }
        return APIResponse(.prometheus, writer.bytes)
    }

    @Sendable static func healthz(_ call: Call) -> APIResponse { APIResponse(.text, [0x6F, 0x6B, 0x0A]) }

    @Sendable static func readyz(_ call: Call) -> APIResponse {
        let reasons = call.context.readiness?.reasonsNotReady() ?? []
        var writer = TextWriter()
        writer.append(string: "{\"ready\":\(reasons.isEmpty),\"reasons\":")
        append(strings: reasons, to: &writer)
        NightlyStatus.append(call.context.nightly, to: &writer)
        writer.append("}\n")
        return APIResponse(.json, writer.bytes, status: reasons.isEmpty ? 200 : 503)
    }

    private static func append(strings: [String], to writer: inout TextWriter) {
        writer.append("[")
        for (index, text) in strings.enumerated() {
            if index > 0 { writer.append(byte: 0x2C) }
            writer.append(jsonString: text)
        }
        writer.append("]")
    }

    private static func append(_ counters: [CounterValue], to writer: inout TextWriter) {
        writer.append("{")
        for (index, sum) in ConservationSeries.sums(counters).enumerated() {
            writer.append(string: index == 0 ? "\n" : ",\n")
            writer.append(jsonString: sum.series)
            writer.append(string: ":\(sum.value)")
        }
        writer.append("}")
    }
}
