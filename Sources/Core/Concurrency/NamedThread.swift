import CPosix
import Glibc

/// A thread of the data plane with a name that `top -H` and gdb show; `join` waits for its end.
public final class NamedThread: @unchecked Sendable {
    private var handle = pthread_t()

    private final class Start {
        let name: String
        let body: @Sendable () -> Void
        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    public init(_ name: String, stackBytes: Int = 8 << 20, _ body: @escaping @Sendable () -> Void) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, stackBytes)
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        let status = pthread_create(&handle, &attributes, runNamedThread, start.toOpaque())
        precondition(status == 0, "the system refused a thread")
        pthread_attr_destroy(&attributes)
    }

    public func join() { pthread_join(handle, nil) }

    fileprivate static func run(_ context: UnsafeMutableRawPointer) {
        let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
        _ = pthread_setname_np(pthread_self(), String(start.name.prefix(15)))
        start.body()
    }
}

private func runNamedThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    NamedThread.run(context!)
    return nil
}
