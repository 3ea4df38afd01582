import CMicroHTTPD
import CPosix
import Core
import Glibc

/// Resumes suspended connections when their time has come or when something was committed.
final class StreamWaker: @unchecked Sendable {
    // Everything below is read and written under `mutex`.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var waiting: [(connection: OpaquePointer, deadline: Double)] = []
    private var wakesAll = false
    private var isClosed = false
    private var thread: NamedThread?

    init() {
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(changed, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    func start() { thread = NamedThread("http-waker") { [self] in run() } }

    /// Suspends a connection; only its own callback may call this. False once the waker is closed: ask again at once.
    func suspend(_ connection: OpaquePointer, seconds: Double) -> Bool {
        let deadline = SystemClock().monotonicSeconds + max(0.001, seconds)
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        guard !isClosed else { return false }
        // Under the lock, so that nobody resumes it before it is suspended.
        MHD_suspend_connection(connection)
        waiting.append((connection, deadline))
        pthread_cond_signal(changed)
        return true
    }

    func wakeAll() {
        pthread_mutex_lock(mutex)
        wakesAll = true
        pthread_cond_signal(changed)
        pthread_mutex_unlock(mutex)
    }

    /// Resumes everything and suspends nothing more.
    func close() {
        pthread_mutex_lock(mutex)
        isClosed = true
        pthread_cond_signal(changed)
        pthread_mutex_unlock(mutex)
        thread?.join()
        thread = nil
    }

    private func run() {
        pthread_mutex_lock(mutex)
        while true {
            let now = SystemClock().monotonicSeconds
            let takesAll = wakesAll || isClosed
            let due = waiting.filter { takesAll || $0.deadline <= now }
            if !due.isEmpty { waiting.removeAll { takesAll || $0.deadline <= now } }
            wakesAll = false
            for entry in due { MHD_resume_connection(entry.connection) }
            if isClosed { break }
            if let next = waiting.map(\.deadline).min() {
                var time = timespec(tv_sec: Int(next), tv_nsec: Int((next - next.rounded(.down)) * 1e9))
                pthread_cond_timedwait(changed, mutex, &time)
            } else {
                pthread_cond_wait(changed, mutex)
            }
        }
        pthread_mutex_unlock(mutex)
    }
}
