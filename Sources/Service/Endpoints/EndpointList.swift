import Core

/// `GET /api/v1`: every path with its parameters.
enum EndpointList {
    @Sendable static func respond(_ call: Call) -> APIResponse {
        var writer = TextWriter()
        writer.append("{\"software\":")
        writer.append(jsonString: "nightjar/" + call.context.softwareVersion)
        writer.append(",\"endpoints\":[")
        for (index, route) in Router.allRoutes.enumerated() {
            writer.append(string: index == 0 ? "\n" : ",\n")
            writer.append(string: "{\"method\":\"\(route.method)\",\"path\":\"\(route.path)\",\"parameters\":[")
            writer.append(string: route.parameters.map { "\"\($0)\"" }.joined(separator: ","))
            writer.append("],\"summary\":")
            writer.append(jsonString: route.summary)
            writer.append("}")
        }
        writer.append("\n]}\n")
        return APIResponse(.json, writer.bytes)
    }
}
