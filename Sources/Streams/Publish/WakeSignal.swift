import Core

/// Lets one thread sleep until another has something for it.
final class WakeSignal: @unchecked Sendable {
    // All state is behind the monitor.
    private let monitor = Monitor()
    private var isWoken = false
    private var hasStopped = false

    var isStopped: Bool { monitor.locked { hasStopped } }

    func wake() { set { isWoken = true } }
    func stop() { set { hasStopped = true } }

    /// Until woken or stopped, at most this long.
    func wait(seconds: Double) { wait(seconds: seconds) { isWoken || hasStopped } }
    /// Until stopped, at most this long.
    func waitForStop(seconds: Double) { wait(seconds: seconds) { hasStopped } }

    private func set(_ change: () -> Void) {
        monitor.locked {
            change()
            monitor.broadcast()
        }
    }

    private func wait(seconds: Double, until isDone: () -> Bool) {
        let deadline = SystemClock().monotonicSeconds + seconds
        monitor.locked {
            while !isDone() && monitor.wait(untilMonotonicSeconds: deadline) {}
            isWoken = false
        }
    }
}
