import Glibc

/// A mutex with one condition, for the threads of the data plane: they run on named threads, not on the cooperative pool.
public final class Monitor: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    public init() {
        pthread_mutex_init(mutex, nil)
        // The time of day may be set back while somebody waits.
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

    @inline(__always)
    public func locked<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        lock()
        defer { unlock() }
        return try body()
    }

    public func lock() { pthread_mutex_lock(mutex) }
    public func unlock() { pthread_mutex_unlock(mutex) }

    /// Wakes all that wait.
    public func broadcast() { pthread_cond_broadcast(changed) }

    /// Lets go of the lock until woken. Wakes without cause happen: ask again what was waited for.
    public func wait() { pthread_cond_wait(changed, mutex) }

    /// The same until a time of the monotonic clock at most; false when it has come.
    public func wait(untilMonotonicSeconds deadline: Double) -> Bool {
        var time = timespec(tv_sec: Int(deadline), tv_nsec: Int((deadline - deadline.rounded(.down)) * 1e9))
        return pthread_cond_timedwait(changed, mutex, &time) != ETIMEDOUT
    }
}
