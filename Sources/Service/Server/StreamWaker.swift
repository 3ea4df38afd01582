import CMicroHTTPD
import CPosix
import Core
import Glibc

/// Resumes suspended connections when their time has come or when something was committed.
final class StreamWaker: @unchecked Sendable {
    // Everything below is read and written under the monitor.
    private let monitor = Monitor()
    private var waiting: [(connection: OpaquePointer, deadline: Double)] = []
    private var wakesAll = false
    private var isClosed = false
    private var thread: NamedThread?

    func start() { thread = NamedThread("http-waker") { [self] in run() } }

    /// Suspends a connection; only its own callback may call this. False once the waker is closed: ask again at once.
    func suspend(_ connection: OpaquePointer, seconds: Double) -> Bool {
        let deadline = SystemClock().monotonicSeconds + max(0.001, seconds)
        monitor.lock()
        defer { monitor.unlock() }
        guard !isClosed else { return false }
        // Under the lock, so that nobody resumes it before it is suspended.
        MHD_suspend_connection(connection)
        waiting.append((connection, deadline))
        monitor.broadcast()
        return true
    }

    func wakeAll() {
        monitor.lock()
        wakesAll = true
        monitor.broadcast()
        monitor.unlock()
    }

    /// Resumes everything and suspends nothing more.
    func close() {
        monitor.lock()
        isClosed = true
        monitor.broadcast()
        monitor.unlock()
        thread?.join()
        thread = nil
    }

    private func run() {
        monitor.lock()
        while true {
            let now = SystemClock().monotonicSeconds
            let takesAll = wakesAll || isClosed
            let due = waiting.filter { takesAll || $0.deadline <= now }
            if !due.isEmpty { waiting.removeAll { takesAll || $0.deadline <= now } }
            wakesAll = false
            for entry in due { MHD_resume_connection(entry.connection) }
            if isClosed { break }
            if let next = waiting.map(\.deadline).min() {
                _ = monitor.wait(untilMonotonicSeconds: next)
            } else {
                monitor.wait()
            }
        }
        monitor.unlock()
    }
}
