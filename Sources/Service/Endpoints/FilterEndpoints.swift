import Core

/// `/api/v1/filters…`.
enum FilterEndpoints {
    @Sendable static func list(_ call: Call) throws -> APIResponse {
        let service = try call.require(call.context.filters, "filters are")
        var writer = TextWriter()
        let filters = try service.filters()
        writer.append(string: "{\"count\":\(filters.count),\"filters\":[")
        for (index, filter) in filters.enumerated() {
            writer.append(string: index == 0 ? "\n" : ",\n")
            append(filter, to: &writer)
            writer.append("}")
        }
        writer.append("\n]}\n")
        return APIResponse(.json, writer.bytes)
    }

    @Sendable static func show(_ call: Call) throws -> APIResponse {
        let service = try call.require(call.context.filters, "filters are")
        let versions = try service.versions(of: call.captures[0])
        guard let newest = versions.first else { throw try notFound(call.captures[0], service) }
        var writer = TextWriter()
        append(newest, to: &writer)
        writer.append(member: "text")
        writer.append(jsonString: newest.text)
        writer.append(",\"versions\":[")
        for (index, version) in versions.enumerated() {
            writer.append(string: index == 0 ? "\n" : ",\n")
            append(version, to: &writer)
            writer.append(member: "text")
            writer.append(jsonString: version.text)
            writer.append("}")
        }
        writer.append("\n]}\n")
        return APIResponse(.json, writer.bytes)
    }

    @Sendable static func deploy(_ call: Call) throws -> APIResponse {
        let service = try call.require(call.context.filters, "filters are")
        guard let text = String(validating: call.request.body, as: UTF8.self), !text.trimmedSpaces.isEmpty else {
            throw Problem(400, "the body must be the filter's ADQL in UTF-8")
        }
        let filter = try service.deploy(
            text: text, name: call.parameters.text("name"),
            allowBreaking: try call.parameters.flag("allow_breaking") ?? false)
        var response = answer(filter, status: 201)
        response.headers.append(("Location", "/api/v1/filters/\(PercentCoding.encode(filter.name))"))
        return response
    }

    @Sendable static func pause(_ call: Call) throws -> APIResponse { try setState(.paused, call) }
    @Sendable static func resume(_ call: Call) throws -> APIResponse { try setState(.active, call) }
    @Sendable static func retire(_ call: Call) throws -> APIResponse { try setState(.retired, call) }

    private static func setState(_ state: FilterDescription.State, _ call: Call) throws -> APIResponse {
        let service = try call.require(call.context.filters, "filters are")
        guard try !service.versions(of: call.captures[0]).isEmpty else { throw try notFound(call.captures[0], service) }
        return answer(try service.setState(state, of: call.captures[0]), status: 200)
    }

    private static func answer(_ filter: FilterDescription, status: Int) -> APIResponse {
        var writer = TextWriter()
        append(filter, to: &writer)
        writer.append("}\n")
        return APIResponse(.json, writer.bytes, status: status)
    }

    private static func notFound(_ name: String, _ service: any FilterService) throws -> Problem {
        let nearest = NearestName.find(name, among: try service.filters().map(\.name))
        return Problem(
            404, "no such filter", detail: String(name.prefix(100)),
            hint: nearest.map { "did you mean \($0)?" } ?? "/api/v1/filters lists them")
    }

    /// Without the text and the closing brace.
    private static func append(_ filter: FilterDescription, to writer: inout TextWriter) {
        writer.append("{\"name\":")
        writer.append(jsonString: filter.name)
        for (name, value) in [("owner", filter.owner), ("title", filter.title), ("topic", filter.topic)] {
            writer.append(string: ",\"\(name)\":")
            writer.append(jsonString: value)
        }
        writer.append(string: ",\"version\":\(filter.version),\"state\":\"\(filter.state.rawValue)\"")
        writer.append(string: ",\"schema_id\":\(filter.schemaID),\"deployed_at\":")
        writer.append(timestamp: filter.deployedAt)
    }
}
