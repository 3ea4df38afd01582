import Core

/// A Confluent schema registry: schemas by id, cached on disk for ever because ids are immutable.
public final class SchemaRegistryClient: Sendable {
    public let url: String
    private let http: HTTPClient
    private let cache: SchemaCache?

    /// - Parameters:
    ///   - url: `https://registry.example`, with or without a slash at its end.
    ///   - cacheDirectory: where schemas are kept across starts; nil for no cache.
    ///   - credentials: `user:password`, empty for anonymous access.
    public init(url: String, cacheDirectory: String? = nil, credentials: String = "", timeoutSeconds: Double = 10) {
        var trimmed = url[...]
        while trimmed.hasSuffix("/") { trimmed.removeLast() }
        self.url = String(trimmed)
        http = HTTPClient(timeoutSeconds: timeoutSeconds, credentials: credentials)
        cache = cacheDirectory.map { SchemaCache(directory: $0, registry: String(trimmed)) }
    }

    /// The schema's JSON text, from the cache or with `GET /schemas/ids/<id>`.
    public func json(id: Int32) throws(AlertFault) -> [UInt8] {
        if let known = cache?.read(id: id) { return known }
        let answer: HTTPClient.Answer
        do {
            answer = try http.send("\(url)/schemas/ids/\(id)")
        } catch {
            throw .dependency(fault(error.detail))
        }
        if answer.status == 404 {
            throw .record(RecordFault(.schema, "the registry does not know the schema id \(id)"))
        }
        guard answer.status == 200 else { throw .dependency(refusal(answer)) }
        guard let text = (try? JSONReader.parse(answer.body))?["schema"]?.text else {
            throw .dependency(fault("it answered \(answer.body.count) bytes that hold no schema"))
        }
        let json = Array(text.utf8)
        // Only what parses is kept: a broken answer must not stay for ever.
        if (try? AvroSchema(json: json)) != nil { cache?.write(id: id, json: json) }
        return json
    }

    /// Registers a schema with `POST /subjects/<subject>/versions` and answers its id. A refusal (an incompatible schema, a
    /// missing right) is a fault that waiting does not cure.
    public func register(subject: String, schema: AvroSchema) throws(DependencyFault) -> Int32 {
        let body = JSONValue.object([JSONMember("schema", .string(schema.json))]).json
        let answer: HTTPClient.Answer
        do {
            answer = try http.send(
                "\(url)/subjects/\(SchemaRegistryClient.escaped(subject))/versions", body: Array(body.utf8),
                contentType: "application/vnd.schemaregistry.v1+json")
        } catch {
            throw fault(error.detail)
        }
        guard answer.status == 200 else { throw refusal(answer) }
        guard let id = (try? JSONReader.parse(answer.body))?["id"]?.integer.flatMap({ Int32(exactly: $0) }) else {
            throw fault("it registered \(subject) and gave no id")
        }
        cache?.write(id: id, json: Array(schema.json.utf8))
        return id
    }

    private func fault(_ detail: String) -> DependencyFault {
        DependencyFault("registry \(url)", detail, hint: "alerts wait until it answers")
    }

    private func refusal(_ answer: HTTPClient.Answer) -> DependencyFault {
        let said = (try? JSONReader.parse(answer.body))?["message"]?.text ?? ""
        let detail = "HTTP status \(answer.status)" + (said.isEmpty ? "" : ": \(said)")
        let mayPass = answer.status >= 500 || answer.status == 408 || answer.status == 429
        return DependencyFault(
            "registry \(url)", detail,
            hint: mayPass ? "alerts wait until it answers" : "check its address, rights and rules",
            isRetriable: mayPass)
    }

    /// Percent-encoding of a path segment (RFC 3986, unreserved characters stay).
    static func escaped(_ segment: String) -> String {
        var text = ""
        for byte in segment.utf8 {
            let isPlain =
                UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
                || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || "-._~".utf8.contains(byte)
            if isPlain {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                text += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return text
    }
}
