import Core
import Synchronization

/// A request to stop that signal handlers, commands and threads share.
public final class StopFlag: Sendable {
    private let requested = Atomic<Bool>(false)
    public init() {}
    public func request() { requested.store(true, ordering: .releasing) }
    public var isRequested: Bool { requested.load(ordering: .acquiring) }
}

extension StopFlag {
    /// Sleeps so long unless told to stop meanwhile; false then.
    func sleep(seconds: Double, by clock: any WallClock) -> Bool {
        let end = clock.monotonicSeconds + seconds
        while clock.monotonicSeconds < end {
            if isRequested { return false }
            clock.sleep(seconds: 0.05)
        }
        return !isRequested
    }
}
