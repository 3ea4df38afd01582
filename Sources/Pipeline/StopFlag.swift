import Synchronization

/// A request to stop that signal handlers, commands and threads share.
public final class StopFlag: Sendable {
    private let requested = Atomic<Bool>(false)
    public init() {}
    public func request() { requested.store(true, ordering: .releasing) }
    public var isRequested: Bool { requested.load(ordering: .acquiring) }
}
