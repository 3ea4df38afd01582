import Glibc

/// Where time comes from, so that tests and simulations can set it.
public protocol WallClock: Sendable {
    /// Seconds since 1970-01-01 UTC.
    var unixSeconds: Double { get }
    /// Seconds from an arbitrary instant that never runs backwards.
    var monotonicSeconds: Double { get }
    func sleep(seconds: Double)
}

extension WallClock {
    public var now: MJD { MJD(unixSecondsUTC: unixSeconds) }
}

/// The machine's own clock.
public struct SystemClock: WallClock {
    public init() {}
    public var unixSeconds: Double { SystemClock.read(CLOCK_REALTIME) }
    public var monotonicSeconds: Double { SystemClock.read(CLOCK_MONOTONIC) }
    public func sleep(seconds: Double) {
        var request = timespec(tv_sec: Int(seconds), tv_nsec: Int((seconds - seconds.rounded(.down)) * 1e9))
        nanosleep(&request, nil)
    }

    private static func read(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
