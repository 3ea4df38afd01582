import Core
import Glibc
import Synchronization

/// Lets operations run together, and one that replaces the engine alone.
final class OperationGate: @unchecked Sendable {
    private let lock = UnsafeMutablePointer<pthread_rwlock_t>.allocate(capacity: 1)

    init() { pthread_rwlock_init(lock, nil) }

    deinit {
        pthread_rwlock_destroy(lock)
        lock.deallocate()
    }

    func shared<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        pthread_rwlock_rdlock(lock)
        defer { pthread_rwlock_unlock(lock) }
        return try body()
    }

    func alone<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        pthread_rwlock_wrlock(lock)
        defer { pthread_rwlock_unlock(lock) }
        return try body()
    }
}

extension Mutex where Value == Void {
    /// `withLock` with a typed error.
    borrowing func locked<Result>(
        _ body: () throws(DependencyFault) -> Result
    ) throws(DependencyFault) -> Result {
        var failure: DependencyFault?
        let result: Result? = withLock { _ in
            do throws(DependencyFault) { return try body() } catch {
                failure = error
                return nil
            }
        }
        if let failure { throw failure }
        guard let result else { preconditionFailure("neither a result nor a fault") }
        return result
    }
}
