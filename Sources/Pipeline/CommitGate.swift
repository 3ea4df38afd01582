import Core
import Glibc

/// Lets one commit at a time be planned and written, in the order in which they were asked for: the pipeline's batches, its steps
/// beside them, and operations of the same process.
///
/// The database would refuse the second of two plans for one number; here nobody plans in vain, and nobody starves.
public final class CommitGate: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var next: UInt64 = 0
    private var serving: UInt64 = 0
    private var nights: [Night] = []

    public init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    public func alone<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        pthread_mutex_lock(mutex)
        let ticket = next
        next += 1
        while serving != ticket { pthread_cond_wait(changed, mutex) }
        pthread_mutex_unlock(mutex)
        defer {
            pthread_mutex_lock(mutex)
            serving += 1
            pthread_cond_broadcast(changed)
            pthread_mutex_unlock(mutex)
        }
        return try body()
    }

    // MARK: Nights that one operation works on

    /// Takes a night for oneself; false when somebody has it.
    func reserve(_ night: Night) -> Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        guard !nights.contains(night) else { return false }
        nights.append(night)
        return true
    }

    func release(_ night: Night) {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        nights.removeAll { $0 == night }
    }

    func isReserved(_ night: Night) -> Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return nights.contains(night)
    }
}
