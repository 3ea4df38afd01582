import Core

/// An error as the API tells it: `application/problem+json` (RFC 9457) with title, status, detail and hint.
public struct Problem: Error, Sendable, Equatable, CustomStringConvertible {
    public let status: Int
    /// What happened.
    public let title: String
    public let detail: String
    /// What to do.
    public let hint: String
    var headers: [Header] = []

    struct Header: Sendable, Equatable {
        let name: String
        let value: String
    }

    public init(_ status: Int, _ title: String, detail: String = "", hint: String = "") {
        self.status = status
        self.title = title
        self.detail = detail
        self.hint = hint
    }

    public init(_ fault: UserFault) {
        let status =
            switch fault.kind {
            case .usage: 400
            case .notFound: 404
            case .gone: 410
            case .conflict: 409
            case .unauthorized: 401
            case .tooLarge: 413
            case .unavailable: 503
            }
        self.init(status, fault.what, detail: fault.detail, hint: fault.hint)
    }

    public init(_ fault: DependencyFault) {
        self.init(503, "\(fault.dependency) does not answer", detail: fault.detail, hint: fault.hint)
        if fault.isRetriable { headers = [Header(name: "Retry-After", value: "5")] }
    }

    /// Any error that an endpoint's helper throws.
    init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let fault as UserFault: self.init(fault)
        case let fault as DependencyFault: self.init(fault)
        case let fault as RecordFault: self.init(422, "the record cannot be read", detail: fault.description)
        default: self.init(500, "the request failed", detail: String(describing: error))
        }
    }

    static func badParameter(_ name: String, _ value: String, _ rule: String, hint: String = "") -> Problem {
        Problem(400, "parameter \(name) \(rule)", detail: "got \"\(value.prefix(100))\"", hint: hint)
    }

    func with(header name: String, _ value: String) -> Problem {
        var copy = self
        copy.headers.append(Header(name: name, value: value))
        return copy
    }

    public var description: String { [title, detail, hint].filter { !$0.isEmpty }.joined(separator: "; ") }

    var response: APIResponse {
        var writer = TextWriter(capacity: 256)
        writer.append("{\"type\":\"about:blank\",\"title\":")
        writer.append(jsonString: title)
        writer.append(string: ",\"status\":\(status)")
        for (name, value) in [("detail", detail), ("hint", hint)] where !value.isEmpty {
            writer.append(string: ",\"\(name)\":")
            writer.append(jsonString: value)
        }
        writer.append("}\n")
        var response = APIResponse(.problem, writer.bytes, status: status)
        for header in headers { response.headers.append((header.name, header.value)) }
        return response
    }
}
