import Core

/// The part of Confluent's schema registry that deserializers ask: schemas by id, and each topic's subject.
///
/// Their clients send the registry's own parameters. Ids are of the whole registry and nothing is ever deleted, so `subject`,
/// `deleted` and the like change no answer.
enum SchemaEndpoints {
    @Sendable static func byID(_ call: Call) throws -> APIResponse {
        guard let id = Int32(call.captures[0]), id > 0 else {
            throw Problem(
                400, "a schema id must be a positive integer", detail: "got \"\(call.captures[0].prefix(100))\"")
        }
        let ours = try call.context.topics?.topics().lazy.flatMap(\.schemas).first { $0.id == id }?.json
        guard let json = try ours ?? call.context.schemas?.schema(id: id) else {
            throw Problem(404, "no such schema", detail: "id \(id)", hint: "/subjects lists our topics' schemas")
        }
        var writer = TextWriter(capacity: json.utf8.count + 64)
        writer.append("{\"schema\":")
        writer.append(jsonString: json)
        writer.append("}\n")
        return APIResponse(.schemaRegistry, writer.bytes)
    }

    @Sendable static func types(_ call: Call) -> APIResponse {
        APIResponse(.schemaRegistry, Array("[\"AVRO\"]\n".utf8))
    }

    @Sendable static func subjects(_ call: Call) throws -> APIResponse {
        // Their client sends "no prefix" in this way.
        let given = call.parameters.text("subjectPrefix") ?? ""
        let prefix = given == ":*:" ? "" : given
        let topics =
            try call.context.topics?.topics().filter { !$0.schemas.isEmpty && ($0.topic + suffix).hasPrefix(prefix) }
            ?? []
        var writer = TextWriter()
        writer.append("[")
        for (index, topic) in try page(topics, call).enumerated() {
            if index > 0 { writer.append(byte: 0x2C) }
            writer.append(jsonString: topic.topic + suffix)
        }
        writer.append("]\n")
        return APIResponse(.schemaRegistry, writer.bytes)
    }

    @Sendable static func versions(_ call: Call) throws -> APIResponse {
        let topic = try find(call)
        let list = try page(topic.schemas, call).map { String($0.version) }.joined(separator: ",")
        return APIResponse(.schemaRegistry, Array("[\(list)]\n".utf8))
    }

    @Sendable static func version(_ call: Call) throws -> APIResponse {
        let topic = try find(call)
        let wanted = call.captures[1]
        let schema = wanted == "latest" ? topic.schemas.last : topic.schemas.first { String($0.version) == wanted }
        guard let schema else {
            throw Problem(
                404, "no such version", detail: "version \(wanted.prefix(40)) of \(call.captures[0].prefix(100))",
                hint: "/subjects/\(call.captures[0].prefix(100))/versions lists them")
        }
        var writer = TextWriter(capacity: schema.json.utf8.count + 128)
        writer.append("{\"subject\":")
        writer.append(jsonString: call.captures[0])
        writer.append(string: ",\"version\":\(schema.version),\"id\":\(schema.id),\"schemaType\":\"AVRO\",\"schema\":")
        writer.append(jsonString: schema.json)
        writer.append("}\n")
        return APIResponse(.schemaRegistry, writer.bytes)
    }

    private static let suffix = "-value"

    /// The part that `offset` and `limit` ask for; a negative limit is none.
    private static func page<T>(_ list: [T], _ call: Call) throws -> ArraySlice<T> {
        let offset = try call.parameters.integer("offset", in: 0...Int.max) ?? 0
        let limit = try call.parameters.integer("limit", in: -1...Int.max) ?? -1
        return list.dropFirst(offset).prefix(limit < 0 ? list.count : limit)
    }

    private static func find(_ call: Call) throws -> TopicDescription {
        let subject = call.captures[0]
        let directory = try call.require(call.context.topics, "topics are")
        if subject.hasSuffix(suffix), let topic = try directory.topic(String(subject.dropLast(suffix.utf8.count))),
            !topic.schemas.isEmpty
        {
            return topic
        }
        throw Problem(
            404, "no such subject", detail: String(subject.prefix(100)),
            hint: "subjects are TOPIC-value; /subjects lists them")
    }
}
