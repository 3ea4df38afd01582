import Core

/// Lets one commit at a time be planned and written, in the order in which they were asked for: the pipeline's batches, its steps
/// beside them, and operations of the same process.
///
/// The database would refuse the second of two plans for one number; here nobody plans in vain, and nobody starves.
public final class CommitGate: @unchecked Sendable {
    // All state is behind the monitor.
    private let monitor = Monitor()
    private var next: UInt64 = 0
    private var serving: UInt64 = 0
    private var nights: [Night] = []

    public init() {}

    public func alone<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        monitor.lock()
        let ticket = next
        next += 1
        while serving != ticket { monitor.wait() }
        monitor.unlock()
        defer {
            monitor.lock()
            serving += 1
            monitor.broadcast()
            monitor.unlock()
        }
        return try body()
    }

    // MARK: Nights that one operation works on

    /// Takes a night for oneself; false when somebody has it.
    func reserve(_ night: Night) -> Bool {
        monitor.lock()
        defer { monitor.unlock() }
        guard !nights.contains(night) else { return false }
        nights.append(night)
        return true
    }

    func release(_ night: Night) {
        monitor.lock()
        defer { monitor.unlock() }
        nights.removeAll { $0 == night }
    }

    func isReserved(_ night: Night) -> Bool {
        monitor.lock()
        defer { monitor.unlock() }
        return nights.contains(night)
    }
}
