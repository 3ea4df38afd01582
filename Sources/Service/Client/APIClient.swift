import CCurl
import Core
import Glibc

/// Where a command's requests go: to a router in this process or to a broker elsewhere; the answers are the same.
public protocol APITransport: Sendable {
    /// Performs a request. With `onBody`, the pieces of a good answer's body go there as they come, until it answers
    /// false; the response's own body is then empty. Bodies of errors are always whole.
    func perform(_ request: APIRequest, onBody: (([UInt8]) -> Bool)?) throws -> APIResponse
}

extension APITransport {
    /// The body of a good answer; an error of the API becomes a `UserFault`.
    public func fetch(_ request: APIRequest) throws -> APIResponse {
        let response = try perform(request, onBody: nil)
        guard response.status < 400 else { throw APIFault.userFault(response) }
        return response
    }
}

extension Router: APITransport {
    public func perform(_ request: APIRequest, onBody: (([UInt8]) -> Bool)?) throws -> APIResponse {
        var local = request
        local.isLocalControl = true
        var response = respond(to: local)
        switch response.body {
        case .bytes(let bytes):
            guard let onBody, response.status < 400 else { return response }
            _ = bytes.isEmpty || onBody(bytes)
        case .stream(let stream):
            var collected: [UInt8] = []
            var piece: [UInt8] = []
            while true {
                piece.removeAll(keepingCapacity: true)
                let step = stream.next(into: &piece)
                if let onBody, !piece.isEmpty, !onBody(piece) { break }
                if onBody == nil { collected += piece }
                if step == .end { break }
                if case .wait(let seconds) = step { context.clock.sleep(seconds: seconds) }
            }
            if onBody == nil {
                response.body = .bytes(collected)
                return response
            }
        }
        response.body = .bytes([])
        return response
    }
}

/// Talks to a broker over HTTP or over the control socket of its data directory (libcurl).
public struct APIClient: APITransport {
    public enum Place: Sendable, Equatable {
        /// `http://host:port` or `https://…`, without the API's path.
        case url(String)
        /// Path of a Unix socket.
        case socket(String)
    }

    public let place: Place
    private let token: String?
    public var connectTimeoutSeconds = 10

    public init(_ place: Place, token: String? = nil) {
        self.place = place
        self.token = token
    }

    /// Whether somebody answers on a control socket.
    public static func isAlive(socket path: String) -> Bool {
        let response = try? APIClient(.socket(path)).perform(APIRequest(target: "/healthz"), onBody: nil)
        return response?.status == 200
    }

    public func perform(_ request: APIRequest, onBody: (([UInt8]) -> Bool)?) throws -> APIResponse {
        _ = APIClient.isReady
        guard let handle = curl_easy_init() else {
            throw DependencyFault("libcurl", "cannot make a handle", isRetriable: false)
        }
        defer { curl_easy_cleanup(handle) }
        let base: String
        switch place {
        case .url(let url): base = url.hasSuffix("/") ? String(url.dropLast()) : url
        case .socket(let path):
            base = "http://localhost"
            nightjar_curl_set_text(handle, CURLOPT_UNIX_SOCKET_PATH, path)
        }
        nightjar_curl_set_text(handle, CURLOPT_URL, base + request.target)
        nightjar_curl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        nightjar_curl_set_text(handle, CURLOPT_ACCEPT_ENCODING, "")
        nightjar_curl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        nightjar_curl_set_long(handle, CURLOPT_CONNECTTIMEOUT, connectTimeoutSeconds)
        // A stream that says nothing for a minute, heartbeats included, is dead.
        nightjar_curl_set_long(handle, CURLOPT_LOW_SPEED_LIMIT, 1)
        nightjar_curl_set_long(handle, CURLOPT_LOW_SPEED_TIME, request.method == "POST" ? 3600 : 60)
        if request.method == "HEAD" { nightjar_curl_set_long(handle, CURLOPT_NOBODY, 1) }
        if request.method != "GET" { nightjar_curl_set_text(handle, CURLOPT_CUSTOMREQUEST, request.method) }
        let headers = makeHeaders(request)
        defer { curl_slist_free_all(headers) }
        nightjar_curl_set_pointer(handle, CURLOPT_HTTPHEADER, headers)
        return try run(handle, request, onBody)
    }

    private func run(_ handle: UnsafeMutableRawPointer, _ request: APIRequest, _ onBody: (([UInt8]) -> Bool)?) throws
        -> APIResponse
    {
        try withoutActuallyEscaping(onBody ?? { _ in true }) { escapable in
            let reply = ClientReply(handle: handle, onBody: onBody == nil ? nil : escapable)
            let context = Unmanaged.passUnretained(reply).toOpaque()
            nightjar_curl_set_write(handle, takeBody)
            nightjar_curl_set_pointer(handle, CURLOPT_WRITEDATA, context)
            nightjar_curl_set_header_function(handle, takeHeader)
            nightjar_curl_set_pointer(handle, CURLOPT_HEADERDATA, context)
            let code = request.body.withUnsafeBytes { bytes in
                if request.method == "POST" {
                    nightjar_curl_set_long(handle, CURLOPT_POSTFIELDSIZE, bytes.count)
                    nightjar_curl_set_pointer(
                        handle, CURLOPT_POSTFIELDS,
                        UnsafeMutableRawPointer(mutating: bytes.baseAddress ?? UnsafeRawPointer(emptyBody)))
                }
                return withExtendedLifetime(reply) { curl_easy_perform(handle) }
            }
            var status = 0
            nightjar_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
            guard code == CURLE_OK || reply.isStopped else { throw fault(code) }
            return APIResponse(status: status, headers: reply.headers, body: .bytes(reply.body))
        }
    }

    private func makeHeaders(_ request: APIRequest) -> UnsafeMutablePointer<curl_slist>? {
        var lines = request.headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        if let token { lines.append("Authorization: Bearer \(token)") }
        // Without a form's type, and without waiting for "100 Continue".
        if request.method == "POST" { lines += ["Content-Type: application/octet-stream", "Expect:"] }
        return lines.reduce(nil) { curl_slist_append($0, $1) }
    }

    private func fault(_ code: CURLcode) -> DependencyFault {
        let name =
            switch place {
            case .url(let url): "server \(url)"
            case .socket(let path): "owner of \(path)"
            }
        return DependencyFault(name, String(cString: curl_easy_strerror(code)), hint: "is the broker running?")
    }

    private static let isReady: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
}

/// libcurl wants a place even for no bytes.
private nonisolated(unsafe) let emptyBody = UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1)

/// What has come of an answer.
private final class ClientReply {
    let handle: UnsafeMutableRawPointer
    let onBody: (([UInt8]) -> Bool)?
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    var isStopped = false

    init(handle: UnsafeMutableRawPointer, onBody: (([UInt8]) -> Bool)?) {
        self.handle = handle
        self.onBody = onBody
    }

    func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var status = 0
        nightjar_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        guard let onBody, status < 400 else {
            body.append(contentsOf: bytes)
            return true
        }
        isStopped = !onBody(Array(bytes))
        return !isStopped
    }

    func takeHeader(_ bytes: UnsafeRawBufferPointer) {
        let line = String(decoding: bytes, as: UTF8.self).trimmedSpaces
        if line.hasPrefix("HTTP/") { return headers.removeAll() }
        guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else { return }
        headers.append((String(line[..<colon]), line[line.utf8.index(after: colon)...].trimmedSpaces))
    }
}

private func takeBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context else { return 0 }
    let reply = Unmanaged<ClientReply>.fromOpaque(context).takeUnretainedValue()
    return reply.take(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
}

private func takeHeader(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context else { return 0 }
    Unmanaged<ClientReply>.fromOpaque(context).takeUnretainedValue()
        .takeHeader(UnsafeRawBufferPointer(start: bytes, count: size * count))
    return size * count
}
