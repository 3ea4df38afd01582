import Core
import Glibc

/// A socket that listens; closed by whoever took `descriptor`.
struct ListeningSocket {
    let descriptor: Int32
    /// Of TCP; 0 on a Unix socket.
    let port: UInt16

    private static let backlog: Int32 = 511

    /// - Parameters:
    ///   - host: a numeric address (`127.0.0.1`, `0.0.0.0`, `::1`) or a name that resolves.
    ///   - port: 0 takes any free one.
    static func tcp(host: String, port: UInt16) throws(UserFault) -> ListeningSocket {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, String(port), &hints, &found)
        guard status == 0, let address = found else {
            throw UserFault(.usage, "cannot listen on \(host)", detail: String(cString: gai_strerror(status)))
        }
        defer { freeaddrinfo(found) }
        let descriptor = socket(
            address.pointee.ai_family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw refused("\(host):\(port)") }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard bind(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0,
            listen(descriptor, backlog) == 0
        else {
            let code = errno
            close(descriptor)
            errno = code
            guard code == EADDRINUSE else { throw refused("\(host):\(port)") }
            throw UserFault(
                .conflict, "port \(port) is taken", detail: "another program listens on \(host):\(port)",
                hint: "choose another --port, or --port 0 for any free one")
        }
        return ListeningSocket(descriptor: descriptor, port: boundPort(descriptor))
    }

    /// Takes the place of a socket file that nobody answers; refuses when somebody does.
    static func unix(path: String) throws(UserFault) -> ListeningSocket {
        var address = try unixAddress(path)
        if isAnswered(&address) {
            throw UserFault(
                .conflict, "the control socket is taken", detail: "another process answers on \(path)",
                hint: "only one process can own a data directory")
        }
        unlink(path)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw refused(path) }
        let status = withGeneric(&address) { bind(descriptor, $0, $1) }
        // Whoever may write to the socket may write to the broker: the owner alone.
        guard status == 0, chmod(path, 0o600) == 0, listen(descriptor, backlog) == 0 else {
            let code = errno
            close(descriptor)
            errno = code
            throw refused(path)
        }
        return ListeningSocket(descriptor: descriptor, port: 0)
    }

    private static func unixAddress(_ path: String) throws(UserFault) -> sockaddr_un {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let room = MemoryLayout.size(ofValue: address.sun_path) - 1
        guard bytes.count <= room else {
            throw UserFault(
                .usage, "the path of the control socket is too long",
                detail: "\(path): \(bytes.count) bytes, at most \(room)",
                hint: "choose a data directory with a shorter path")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return address
    }

    private static func isAnswered(_ address: inout sockaddr_un) -> Bool {
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard probe >= 0 else { return false }
        defer { close(probe) }
        return withGeneric(&address) { connect(probe, $0, $1) } == 0
    }

    private static func withGeneric<R>(
        _ address: inout sockaddr_un, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R
    ) -> R {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    private static func boundPort(_ descriptor: Int32) -> UInt16 {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            let status = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(descriptor, $0, &length)
            }
            guard status == 0 else { return 0 }
            if Int32(pointer.pointee.ss_family) == AF_INET6 {
                return pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                    UInt16(bigEndian: $0.pointee.sin6_port)
                }
            }
            return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                UInt16(bigEndian: $0.pointee.sin_port)
            }
        }
    }

    private static func refused(_ place: String) -> UserFault {
        UserFault(.usage, "cannot listen on \(place)", detail: String(cString: strerror(errno)))
    }
}
