import Core

/// `GET /api/v1/streams…`: what is published, and the records as they come.
enum StreamEndpoints {
    @Sendable static func list(_ call: Call) throws -> APIResponse {
        let topics = try known(call.context)
        var writer = TextWriter()
        writer.append(string: "{\"count\":\(topics.count),\"topics\":[")
        for (index, topic) in topics.enumerated() {
            writer.append(string: index == 0 ? "\n" : ",\n")
            try append(topic, call.context, to: &writer)
        }
        writer.append("\n]}\n")
        return APIResponse(.json, writer.bytes)
    }

    @Sendable static func read(_ call: Call) throws -> APIResponse {
        let context = call.context
        let type = try MediaType.negotiate(
            call.request, format: call.parameters.text("format"), offered: [.ndjson, .eventStream])
        let renderer = try call.require(context.renderer, "streams are")
        let topic = try find(call.captures[0], context)
        let from = try start(call, topic.extent)
        let limit = try call.parameters.integer("limit", in: 1...Int.max)
        let timeout = try call.parameters.number("timeout", in: 0...86_400, unit: "seconds")
        guard context.openStreams.enter(limit: context.limits.streams) else {
            throw Problem(429, "too many streams are open", detail: "at most \(context.limits.streams)")
                .with(header: "Retry-After", "10")
        }
        let stream = TopicStream(
            context: context, renderer: renderer, topic: topic.name, from: from, limit: limit, timeoutSeconds: timeout,
            isEventStream: type == .eventStream)
        return APIResponse(
            headers: [
                ("Content-Type", type.contentType), ("Cache-Control", "no-store"), ("X-Accel-Buffering", "no"),
                ("Nightjar-Earliest-Offset", String(topic.extent.earliest)),
                ("Nightjar-Next-Offset", String(topic.extent.next)),
            ], body: .stream(stream))
    }

    /// A topic with what the directory says and what the database holds; either may lack it.
    struct Topic {
        let name: String
        let description: TopicDescription?
        let extent: TopicExtent
    }

    static func known(_ context: APIContext) throws -> [Topic] {
        let descriptions = try context.topics?.topics() ?? []
        let extents = try context.database.topics()
        let names = Set(descriptions.map(\.topic)).union(extents.map(\.topic)).sorted()
        return names.map { name in
            Topic(
                name: name, description: descriptions.first { $0.topic == name },
                extent: extents.first { $0.topic == name }
                    ?? TopicExtent(topic: name, earliest: 0, next: 0, bytes: 0))
        }
    }

    private static func find(_ name: String, _ context: APIContext) throws -> Topic {
        let topics = try known(context)
        if let topic = topics.first(where: { $0.name == name }) { return topic }
        let nearest = NearestName.find(name, among: topics.map(\.name))
        throw Problem(
            404, "no such topic", detail: String(name.prefix(200)),
            hint: nearest.map { "did you mean \($0)?" } ?? "/api/v1/streams lists them")
    }

    /// The first offset to send. A browser that reconnects says what it had in `Last-Event-ID`.
    private static func start(_ call: Call, _ extent: TopicExtent) throws(Problem) -> Int64 {
        var from = extent.earliest
        if let last = call.request.headers["last-event-id"], !last.isEmpty {
            guard let offset = Int64(last), offset >= 0, offset < .max else {
                throw Problem(400, "Last-Event-ID must be an offset", detail: "got \"\(last.prefix(100))\"")
            }
            from = offset + 1
        } else if let text = call.parameters.text("from"), text != "earliest" {
            if text == "latest" { return extent.next }
            guard let offset = Int64(text), offset >= 0 else {
                throw .badParameter("from", text, "must be an offset, earliest or latest")
            }
            from = offset
        }
        guard from >= extent.earliest else {
            throw Problem(
                410, "offset \(from) has expired",
                detail: "the earliest offset of \(extent.topic) is \(extent.earliest)",
                hint: "from=\(extent.earliest), or from=earliest"
            ).with(header: "Nightjar-Earliest-Offset", String(extent.earliest))
        }
        guard from <= extent.next else {
            throw Problem(
                400, "offset \(from) is not there yet", detail: "the next offset of \(extent.topic) is \(extent.next)",
                hint: "from=latest waits for new records")
        }
        return from
    }

    private static func append(_ topic: Topic, _ context: APIContext, to writer: inout TextWriter) throws {
        let extent = topic.extent
        writer.append("{\"topic\":")
        writer.append(jsonString: topic.name)
        writer.append(member: "href")
        writer.append(jsonString: "/api/v1/streams/" + PercentCoding.encode(topic.name))
        writer.append(string: ",\"records\":\(extent.next - extent.earliest)")
        writer.append(string: ",\"earliest\":\(extent.earliest),\"next\":\(extent.next),\"bytes\":\(extent.bytes)")
        if let description = topic.description {
            for (name, value) in [
                ("title", description.title), ("owner", description.owner), ("filter", description.filter),
            ] {
                writer.append(string: ",\"\(name)\":")
                writer.append(jsonString: value)
            }
            writer.append(
                string: ",\"retention\":{\"days\":\(TextNumber.short(description.retentionDays)),"
                    + "\"bytes\":\(description.retentionBytes)}")
            if let newest = description.schemas.last {
                writer.append(string: ",\"schema\":{\"version\":\(newest.version),\"id\":\(newest.id),\"href\":")
                writer.append(jsonString: "/subjects/" + PercentCoding.encode(topic.name) + "-value/versions/latest")
                writer.append("}")
            } else {
                writer.append(",\"schema\":null")
            }
        }
        writer.append(",\"example\":")
        let newest =
            extent.next > extent.earliest
            ? try context.database.publications(topic: topic.name, from: extent.next - 1, limit: 1, maxBytes: 1 << 20)
                .first
            : nil
        if let newest, let renderer = context.renderer {
            TopicStream.append(newest, topic: topic.name, renderer: renderer, to: &writer)
        } else {
            writer.append("null")
        }
        writer.append("}")
    }
}
