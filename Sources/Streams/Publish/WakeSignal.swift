import Glibc

/// Lets one thread sleep until another has something for it.
final class WakeSignal: @unchecked Sendable {
    // All state is behind the mutex.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var isWoken = false
    private var hasStopped = false

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    var isStopped: Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return hasStopped
    }

    func wake() { set { isWoken = true } }
    func stop() { set { hasStopped = true } }

    /// Until woken or stopped, at most this long.
    func wait(seconds: Double) { wait(seconds: seconds) { isWoken || hasStopped } }
    /// Until stopped, at most this long.
    func waitForStop(seconds: Double) { wait(seconds: seconds) { hasStopped } }

    private func set(_ change: () -> Void) {
        pthread_mutex_lock(mutex)
        change()
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(mutex)
    }

    private func wait(seconds: Double, until isDone: () -> Bool) {
        var deadline = timespec()
        clock_gettime(CLOCK_REALTIME, &deadline)
        let nanoseconds = deadline.tv_nsec + Int(seconds * 1e9)
        deadline.tv_sec += nanoseconds / 1_000_000_000
        deadline.tv_nsec = nanoseconds % 1_000_000_000
        pthread_mutex_lock(mutex)
        while !isDone() && pthread_cond_timedwait(changed, mutex, &deadline) != ETIMEDOUT {}
        isWoken = false
        pthread_mutex_unlock(mutex)
    }
}
