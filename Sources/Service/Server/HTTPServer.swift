import CMicroHTTPD
import Core
import Glibc
import Synchronization

/// Serves a router over TCP and over the Unix socket of the data directory (libmicrohttpd).
public final class HTTPServer: Sendable {
    public struct Options: Sendable {
        /// Where to listen with TCP; nil for the control socket alone.
        public var host: String? = "127.0.0.1"
        /// 0 takes any free port.
        public var port: UInt16 = 8765
        /// Path of the control socket; nil for none.
        public var controlSocket: String?
        public var threads = 2
        public var connections = 1000
        public var connectionsPerIP = 256
        /// Silence after which a connection is closed.
        public var idleSeconds = 60

        public init() {}
    }

    let router: Router
    let waker = StreamWaker()
    /// The port that TCP listens on, 0 without TCP.
    public let port: UInt16
    private let host: String?
    private let controlSocket: String?
    private let daemons: Mutex<[Daemon]>
    private let commitListener: Int
    private let streams = Mutex<[ObjectIdentifier: any BodyStream]>([:])
    let isStopping = Atomic<Bool>(false)
    private let activeRequests = Atomic<Int>(0)
    private let log = Log("http")

    /// A running daemon and its listening socket.
    private struct Daemon: @unchecked Sendable {
        let handle: OpaquePointer
        let descriptor: Int32
    }

    /// What a daemon's callbacks know; lives as long as the process, for late callbacks.
    final class Listener: Sendable {
        let server: HTTPServer
        let isLocalControl: Bool
        init(server: HTTPServer, isLocalControl: Bool) {
            self.server = server
            self.isLocalControl = isLocalControl
        }
    }

    /// Listens and serves until `stop`.
    public init(router: Router, options: Options) throws(UserFault) {
        self.router = router
        var sockets: [(ListeningSocket, Bool)] = []
        if let host = options.host { sockets.append((try .tcp(host: host, port: options.port), false)) }
        port = sockets.first?.0.port ?? 0
        host = options.host
        controlSocket = options.controlSocket
        if let path = options.controlSocket {
            do throws(UserFault) {
                sockets.append((try .unix(path: path), true))
            } catch {
                for (socket, _) in sockets { close(socket.descriptor) }
                throw error
            }
        }
        daemons = Mutex([])
        let waker = waker
        commitListener = router.context.commits.listen { waker.wakeAll() }
        signal(SIGPIPE, SIG_IGN)
        waker.start()
        for (socket, isLocal) in sockets {
            let listener = Listener(server: self, isLocalControl: isLocal)
            guard let handle = HTTPServer.start(socket.descriptor, listener, options) else {
                close(socket.descriptor)
                stop(graceSeconds: 0)
                throw UserFault(.unavailable, "the HTTP server did not start", detail: String(cString: strerror(errno)))
            }
            daemons.withLock { $0.append(Daemon(handle: handle, descriptor: socket.descriptor)) }
        }
    }

    /// `http://127.0.0.1:8765`, nil without TCP.
    public var url: String? {
        host.map { $0.contains(":") ? "http://[\($0)]:\(port)" : "http://\($0):\(port)" }
    }

    private static func start(_ descriptor: Int32, _ listener: Listener, _ options: Options) -> OpaquePointer? {
        let context = Unmanaged.passRetained(listener).toOpaque()
        let flags =
            MHD_USE_EPOLL.rawValue | MHD_USE_INTERNAL_POLLING_THREAD.rawValue | MHD_USE_SUSPEND_RESUME.rawValue
            | MHD_USE_TURBO.rawValue
        let completed: MHD_RequestCompletedCallback = requestCompleted
        let opened: @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?) -> UnsafeMutableRawPointer? =
            requestOpened
        let threads = listener.isLocalControl ? 0 : UInt32(options.threads)
        var arguments: [any CVarArg] = [
            MHD_OPTION.LISTEN_SOCKET.rawValue, descriptor,
            MHD_OPTION.CONNECTION_LIMIT.rawValue, UInt32(options.connections),
            MHD_OPTION.CONNECTION_TIMEOUT.rawValue, UInt32(options.idleSeconds),
            MHD_OPTION.CONNECTION_MEMORY_LIMIT.rawValue, 64 << 10,
            MHD_OPTION.URI_LOG_CALLBACK.rawValue, unsafeBitCast(opened, to: Int.self), OpaquePointer(context),
            MHD_OPTION.NOTIFY_COMPLETED.rawValue, unsafeBitCast(completed, to: Int.self), OpaquePointer(context),
        ]
        if threads > 1 { arguments += [MHD_OPTION.THREAD_POOL_SIZE.rawValue, threads] }
        if !listener.isLocalControl {
            arguments += [MHD_OPTION.PER_IP_CONNECTION_LIMIT.rawValue, UInt32(options.connectionsPerIP)]
        }
        arguments.append(MHD_OPTION.END.rawValue)
        return withVaList(arguments) { MHD_start_daemon_va(flags, 0, nil, nil, answerRequest, context, $0) }
    }

    // MARK: Requests and streams in flight

    func requestBegan() { activeRequests.wrappingAdd(1, ordering: .relaxed) }
    func requestEnded() { activeRequests.wrappingSubtract(1, ordering: .relaxed) }

    func opened(_ stream: any BodyStream) { streams.withLock { $0[ObjectIdentifier(stream)] = stream } }
    func closed(_ stream: any BodyStream) { streams.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(stream)) } }

    /// Takes no more connections, lets streams say where to resume, waits for what is in flight, and ends.
    public func stop(graceSeconds: Double = 5) {
        guard !isStopping.exchange(true, ordering: .sequentiallyConsistent) else { return }
        router.context.commits.forget(commitListener)
        let running = daemons.withLock { daemons in
            defer { daemons = [] }
            return daemons
        }
        for daemon in running { _ = MHD_quiesce_daemon(daemon.handle) }
        for (_, stream) in streams.withLock({ $0 }) { stream.stop() }
        waker.wakeAll()
        let clock = SystemClock()
        let deadline = clock.monotonicSeconds + graceSeconds
        while activeRequests.load(ordering: .relaxed) > 0, clock.monotonicSeconds < deadline {
            clock.sleep(seconds: 0.01)
        }
        waker.close()
        for daemon in running {
            MHD_stop_daemon(daemon.handle)
            close(daemon.descriptor)
        }
        if let controlSocket { unlink(controlSocket) }
        log.debug("stopped", ["unfinished": .count(activeRequests.load(ordering: .relaxed))])
    }
}
