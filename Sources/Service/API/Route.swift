import Core

/// One endpoint: a method and a path with `{captures}`.
struct Route: Sendable {
    let method: String
    let path: String
    let pattern: [String]
    let parameters: [String]
    /// One line for the list of endpoints.
    let summary: String
    let handler: @Sendable (Call) throws -> APIResponse

    init(
        _ method: String, _ path: String, parameters: [String] = [], _ summary: String,
        handler: @escaping @Sendable (Call) throws -> APIResponse
    ) {
        self.method = method
        self.path = path
        pattern = path.split(separator: "/").map(String.init)
        self.parameters = parameters
        self.summary = summary
        self.handler = handler
    }

    /// What the `{…}` of the pattern stand for, nil when the path is another.
    func captures(in segments: [String]) -> [String]? {
        guard segments.count == pattern.count else { return nil }
        var captures: [String] = []
        for (part, segment) in zip(pattern, segments) {
            if part.utf8.first == UInt8(ascii: "{") {
                captures.append(segment)
            } else if part != segment {
                return nil
            }
        }
        return captures
    }

    /// The path with the request's own segments where the pattern captures, for "did you mean".
    func filled(from segments: [String]) -> String {
        let parts = pattern.enumerated().map { index, part in
            part.hasPrefix("{") && index < segments.count ? segments[index] : part
        }
        return "/" + parts.joined(separator: "/")
    }

    var isWrite: Bool { method != "GET" }
}

/// A request on its way through its endpoint.
struct Call {
    let request: APIRequest
    let captures: [String]
    let parameters: Parameters
    let context: APIContext

    var database: any Database { context.database }

    /// What an endpoint needs and this process may not have.
    func require<T>(_ part: T?, _ what: String) throws(Problem) -> T {
        guard let part else {
            throw Problem(501, "\(what) not available here", hint: "ask the broker that ingests (nightjar run or demo)")
        }
        return part
    }
}
