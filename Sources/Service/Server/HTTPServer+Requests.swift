import CMicroHTTPD
import Core
import Glibc

/// One HTTP request between its first header and its completion. Only its connection's thread touches it.
final class RequestState {
    let target: String
    var hasHeaders = false
    var body: [UInt8] = []
    var discardedBytes = 0
    /// The answer is decided; what still comes of the body is dropped.
    var refusal: Problem?
    var pending: PendingAnswer?

    init(target: String) { self.target = target }
}

/// Called with the request line, before anything is unescaped; what it returns becomes the request's context.
func requestOpened(
    _ context: UnsafeMutableRawPointer?, _ uri: UnsafePointer<CChar>?, _ connection: OpaquePointer?
) -> UnsafeMutableRawPointer? {
    guard let context, let uri else { return nil }
    Unmanaged<HTTPServer.Listener>.fromOpaque(context).takeUnretainedValue().server.requestBegan()
    return Unmanaged.passRetained(RequestState(target: String(cString: uri))).toOpaque()
}

func requestCompleted(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
    _ request: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ code: MHD_RequestTerminationCode
) {
    guard let context, let state = request?.pointee else { return }
    Unmanaged<RequestState>.fromOpaque(state).release()
    request?.pointee = nil
    Unmanaged<HTTPServer.Listener>.fromOpaque(context).takeUnretainedValue().server.requestEnded()
}

/// libmicrohttpd's access handler: once for the headers, once for each piece of the body, once at the end.
func answerRequest(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?, _ url: UnsafePointer<CChar>?,
    _ method: UnsafePointer<CChar>?, _ version: UnsafePointer<CChar>?, _ upload: UnsafePointer<CChar>?,
    _ uploadSize: UnsafeMutablePointer<Int>?, _ request: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let context, let connection, let method, let opaque = request?.pointee else { return .NO }
    let listener = Unmanaged<HTTPServer.Listener>.fromOpaque(context).takeUnretainedValue()
    let state = Unmanaged<RequestState>.fromOpaque(opaque).takeUnretainedValue()
    let exchange = HTTPExchange(listener: listener, connection: connection, state: state)
    if !state.hasHeaders {
        state.hasHeaders = true
        return exchange.receiveHeaders(method: String(cString: method))
    }
    if let size = uploadSize, size.pointee > 0 {
        defer { size.pointee = 0 }
        return exchange.receive(UnsafeRawBufferPointer(start: upload, count: size.pointee))
    }
    return exchange.answer(method: String(cString: method))
}

/// A request and where its answer goes.
struct HTTPExchange {
    let listener: HTTPServer.Listener
    let connection: OpaquePointer
    let state: RequestState
    private var router: Router { listener.server.router }

    /// An answer on this first call would cost the connection's keep-alive, so only a body that must not come gets one.
    func receiveHeaders(method: String) -> MHD_Result {
        guard method != "GET", method != "HEAD", method != "OPTIONS" else { return .YES }
        let limits = router.context.limits
        let length = header("Content-Length").flatMap { Int($0) } ?? 0
        do throws(Problem) {
            if length > limits.bodyBytes { throw Router.bodyTooLarge(limits) }
            // A stranger's body is not even read.
            if length > 0 || header("Transfer-Encoding") != nil { try router.admit(makeRequest(method)) }
        } catch {
            state.refusal = error
            return send(router.refuse(error))
        }
        return .YES
    }

    func receive(_ bytes: UnsafeRawBufferPointer) -> MHD_Result {
        let limit = router.context.limits.bodyBytes
        if state.refusal == nil, state.body.count + bytes.count <= limit {
            state.body.append(contentsOf: bytes)
            return .YES
        }
        // Of an unannounced flood a little more is taken, so that the sender can read why; then the line is cut.
        state.refusal = Router.bodyTooLarge(router.context.limits)
        state.body = []
        state.discardedBytes += bytes.count
        return state.discardedBytes <= limit ? .YES : .NO
    }

    func answer(method: String) -> MHD_Result {
        if let refusal = state.refusal { return send(router.refuse(refusal)) }
        if state.pending != nil { return answerWhenDone() }
        let request = makeRequest(method)
        guard Router.takesTime(request) else { return send(router.respond(to: request)) }
        let router = router
        state.pending = PendingAnswer { router.respond(to: request) }
        return answerWhenDone()
    }

    /// Sends a pending answer that is there; else suspends the connection, and libmicrohttpd asks again.
    private func answerWhenDone() -> MHD_Result {
        while true {
            if let response = state.pending?.response { return send(response) }
            if listener.server.waker.suspend(connection, seconds: PendingAnswer.pollSeconds) { return .YES }
            // The server is going down: no connection sleeps any more, and the work has to end first.
            SystemClock().sleep(seconds: PendingAnswer.pollSeconds)
        }
    }

    private func makeRequest(_ method: String) -> APIRequest {
        var headers: [String: String] = [:]
        for (name, key) in [
            ("Accept", "accept"), ("Authorization", "authorization"), ("Last-Event-ID", "last-event-id"),
        ] {
            if let value = header(name) { headers[key] = value }
        }
        return APIRequest(
            method: method, target: state.target, headers: headers, body: state.body,
            isLocalControl: listener.isLocalControl)
    }

    private func header(_ name: String) -> String? {
        MHD_lookup_connection_value(connection, .HEADER_KIND, name).map { String(cString: $0) }
    }

    private func send(_ response: APIResponse) -> MHD_Result {
        let handle: OpaquePointer?
        switch response.body {
        case .bytes(let bytes):
            handle = bytes.withUnsafeBytes {
                MHD_create_response_from_buffer(
                    $0.count, UnsafeMutableRawPointer(mutating: $0.baseAddress), .RESPMEM_MUST_COPY)
            }
        case .stream(let stream):
            let sender = StreamSender(stream: stream, server: listener.server, connection: connection)
            let unknownSize = UInt64.max
            handle = MHD_create_response_from_callback(
                unknownSize, 32 << 10, readStream, Unmanaged.passRetained(sender).toOpaque(), freeStream)
        }
        guard let handle else { return .NO }
        defer { MHD_destroy_response(handle) }
        for header in response.headers { MHD_add_response_header(handle, header.name, header.value) }
        return MHD_queue_response(connection, UInt32(response.status), handle)
    }
}
