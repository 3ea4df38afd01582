import Core

/// The API without a transport: the same answers over TCP, over the control socket and inside a command.
public final class Router: Sendable {
    public let context: APIContext
    let routes: [Route]
    private let seconds: [Histogram]
    private let responses: [Int: Counter]
    private let log = Log("api")

    public init(_ context: APIContext) {
        self.context = context
        routes = Router.allRoutes
        let metrics = context.metrics
        seconds = routes.map {
            metrics.histogram(
                "nightjar_http_request_seconds", help: "Time to make an answer, streams without their sending.",
                labels: [("method", $0.method), ("route", $0.path)])
        }
        let statuses = [200, 204, 400, 401, 404, 405, 406, 409, 410, 413, 414, 422, 429, 500, 501, 503]
        responses = Dictionary(
            uniqueKeysWithValues: statuses.map {
                (
                    $0,
                    metrics.counter(
                        "nightjar_http_responses_total", help: "Answers by status.", labels: [("code", String($0))])
                )
            })
    }

    /// Answers a request; every error is an answer too.
    public func respond(to request: APIRequest) -> APIResponse {
        let begin = context.clock.monotonicSeconds
        var response: APIResponse
        do {
            response = try dispatch(request, begin: begin)
        } catch {
            let problem = Problem(error)
            if problem.status == 500 {
                log.error("request failed", ["target": .text(request.target), "detail": .text(problem.detail)])
            }
            response = problem.response
        }
        if request.method == "HEAD", case .stream(let stream) = response.body {
            stream.stop()
            response.body = .bytes([])
        }
        responses[response.status]?.add()
        addCommonHeaders(&response)
        return response
    }

    /// The answer to a request that a server refuses before it is complete.
    func refuse(_ problem: Problem) -> APIResponse {
        var response = problem.response
        responses[response.status]?.add()
        addCommonHeaders(&response)
        return response
    }

    private func dispatch(_ request: APIRequest, begin: Double) throws -> APIResponse {
        let limits = context.limits
        guard request.target.utf8.count <= limits.targetBytes else {
            throw Problem(414, "the URL is too long", detail: "at most \(limits.targetBytes) bytes")
        }
        guard request.body.count <= limits.bodyBytes else { throw Router.bodyTooLarge(limits) }
        guard request.isWellFormed else { throw Problem(400, "the URL's percent-encoding is broken") }
        let method = request.method == "HEAD" ? "GET" : request.method
        var allowed: [String] = []
        for (index, route) in routes.enumerated() {
            guard let captures = route.captures(in: request.segments) else { continue }
            guard route.method == method else {
                allowed += route.method == "GET" ? ["GET", "HEAD"] : [route.method]
                continue
            }
            if route.isWrite { try authorize(request) }
            let parameters = try Parameters(request, allowed: route.parameters)
            defer { seconds[index].observe(context.clock.monotonicSeconds - begin) }
            return try route.handler(
                Call(request: request, captures: captures, parameters: parameters, context: context))
        }
        guard !allowed.isEmpty, method == "OPTIONS" else { throw unroutable(request, allowed) }
        return APIResponse(status: 204, headers: [("Allow", (allowed + ["OPTIONS"]).joined(separator: ", "))])
    }

    private func unroutable(_ request: APIRequest, _ allowed: [String]) -> Problem {
        guard !allowed.isEmpty else { return notFound(request) }
        let allow = (allowed + ["OPTIONS"]).joined(separator: ", ")
        return Problem(405, "\(request.method) is not possible here", hint: "allowed: \(allow)").with(
            header: "Allow", allow)
    }

    /// Whether a request's body is worth taking: its path and method exist, and it may write.
    func admit(_ request: APIRequest) throws(Problem) {
        let matching = routes.filter { $0.captures(in: request.segments) != nil }
        if !matching.contains(where: { $0.method == request.method }), request.isWellFormed {
            throw unroutable(request, matching.flatMap { $0.method == "GET" ? ["GET", "HEAD"] : [$0.method] })
        }
        try authorize(request)
    }

    /// Whether a request may write.
    private func authorize(_ request: APIRequest) throws(Problem) {
        if request.isLocalControl { return }
        guard let expected = context.writeToken else {
            throw Problem(
                401, "writing over the network is off",
                hint: "use the control socket (--data DIR), or configure a token file"
            ).with(header: "WWW-Authenticate", "Bearer")
        }
        guard let token = request.bearerToken, expected.matches(token) else {
            let what = request.bearerToken == nil ? "a token is needed to write" : "the token is not valid"
            throw Problem(401, what, hint: "send Authorization: Bearer TOKEN")
                .with(header: "WWW-Authenticate", "Bearer")
        }
    }

    static func bodyTooLarge(_ limits: APILimits) -> Problem {
        Problem(413, "the request's body is too large", detail: "at most \(limits.bodyBytes) bytes")
    }

    private func notFound(_ request: APIRequest) -> Problem {
        let candidates = routes.filter { $0.pattern.count == request.segments.count && !$0.pattern.isEmpty }
            .map { $0.filled(from: request.segments) }
        let nearest = NearestName.find(request.path, among: candidates)
        return Problem(
            404, "no such path", detail: String(request.path.prefix(200)),
            hint: nearest.map { "did you mean \($0)?" } ?? "GET /api/v1 lists all paths")
    }

    /// Headers that browsers show to scripts of other sites only when told.
    private static let exposedHeaders: Set<String> = [
        "Nightjar-Truncated", "Nightjar-Summary", "Nightjar-Warnings", "Nightjar-Problems", "Nightjar-Earliest-Offset",
        "Nightjar-Next-Offset", "Nightjar-Writer-Schema", "Link", "Allow", "Retry-After", "Content-Disposition",
    ]

    private func addCommonHeaders(_ response: inout APIResponse) {
        response.headers.append(("Server", "nightjar/\(context.softwareVersion)"))
        response.headers.append(("Access-Control-Allow-Origin", "*"))
        let own = response.headers.map(\.0).filter { Router.exposedHeaders.contains($0) }
        if !own.isEmpty {
            response.headers.append(("Access-Control-Expose-Headers", own.joined(separator: ", ")))
        }
        response.headers.append(("X-Content-Type-Options", "nosniff"))
        if response.status == 204 {
            response.headers.append(("Access-Control-Allow-Methods", "GET, HEAD, POST, OPTIONS"))
            response.headers.append(("Access-Control-Allow-Headers", "Authorization, Content-Type, Last-Event-ID"))
            response.headers.append(("Access-Control-Max-Age", "86400"))
        }
    }
}
