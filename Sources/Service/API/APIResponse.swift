import Core

/// An answer of the API.
public struct APIResponse: Sendable {
    public enum Body: Sendable {
        case bytes([UInt8])
        case stream(any BodyStream)
    }

    public var status: Int
    public var headers: [(name: String, value: String)]
    public var body: Body

    public init(status: Int = 200, headers: [(name: String, value: String)] = [], body: Body = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    public init(_ type: MediaType, _ bytes: [UInt8], status: Int = 200) {
        self.init(status: status, headers: [("Content-Type", type.contentType)], body: .bytes(bytes))
    }

    /// The value of a header, by its exact name.
    public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// The whole body, nil when it is a stream.
    public var bytes: [UInt8]? {
        guard case .bytes(let bytes) = body else { return nil }
        return bytes
    }
}

/// A body that is made while it is sent. One thread at a time calls it.
public protocol BodyStream: AnyObject, Sendable {
    /// Appends what is there now to `output`, at most about 64 KiB.
    func next(into output: inout [UInt8]) -> StreamStep
    /// The server is going down: the next step is the last one, and says where to resume.
    func stop()
}

/// What a stream does next.
public enum StreamStep: Sendable, Equatable {
    /// Ask again as soon as this is sent.
    case more
    /// Ask again when something was committed, or after this many seconds.
    case wait(seconds: Double)
    case end
}

/// The forms of answers.
public enum MediaType: Sendable, Equatable, CaseIterable {
    case json, csv, ndjson, eventStream, html, svg, problem, avro, fits, prometheus, schemaRegistry, text, votable, ades

    public var contentType: String {
        switch self {
        case .json: "application/json"
        case .csv: "text/csv; charset=utf-8; header=present"
        case .ndjson: "application/x-ndjson"
        case .eventStream: "text/event-stream"
        case .html: "text/html; charset=utf-8"
        case .svg: "image/svg+xml"
        case .problem: "application/problem+json"
        case .avro: "application/avro"
        case .fits: "image/fits"
        case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
        case .schemaRegistry: "application/vnd.schemaregistry.v1+json"
        case .text, .ades: "text/plain; charset=utf-8"
        case .votable: "application/x-votable+xml"
        }
    }

    /// What `format=` calls it; empty for forms that cannot be asked for.
    var formatName: String {
        switch self {
        case .json: "json"
        case .csv: "csv"
        case .ndjson: "ndjson"
        case .eventStream: "sse"
        case .votable: "votable"
        case .ades: "ades"
        default: ""
        }
    }

    private var acceptedNames: [String] {
        switch self {
        case .json: ["application/json", "application/*"]
        case .csv: ["text/csv", "text/*"]
        case .ndjson: ["application/x-ndjson", "application/ndjson", "application/jsonl", "application/*"]
        case .eventStream: ["text/event-stream", "text/*"]
        case .votable: ["application/x-votable+xml", "text/xml", "application/*"]
        default: []
        }
    }

    /// Picks among `offered`, the first of which is the default: `format=` decides, else `Accept` by its weights.
    static func negotiate(_ request: APIRequest, format: String?, offered: [MediaType]) throws(Problem) -> MediaType {
        let names = offered.map(\.formatName)
        if let format {
            if let index = names.firstIndex(of: format) { return offered[index] }
            throw Problem.badParameter("format", format, "must be \(names.joined(separator: " or "))")
        }
        guard let accept = request.headers["accept"], !accept.isEmpty else { return offered[0] }
        var best: (type: MediaType, weight: Double)?
        for item in accept.split(separator: ",") {
            let fields = item.split(separator: ";").map { $0.trimmedSpaces.lowercased() }
            guard let name = fields.first else { continue }
            let weight = fields.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            let match = name == "*/*" ? offered[0] : offered.first { $0.acceptedNames.contains(name) }
            if let match, weight > 0, weight > best?.weight ?? 0 { best = (match, weight) }
        }
        // Browsers ask for HTML first and take anything; whoever takes nothing of ours is told.
        guard let best else {
            throw Problem(
                406, "no such form of this answer", detail: "Accept: \(accept.prefix(200))",
                hint: "offered: " + offered.map(\.contentType).joined(separator: ", "))
        }
        return best.type
    }
}

extension StringProtocol {
    var trimmedSpaces: String {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }
        var bytes = Array(utf8)[...]
        while let first = bytes.first, isSpace(first) { bytes = bytes.dropFirst() }
        while let last = bytes.last, isSpace(last) { bytes = bytes.dropLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
