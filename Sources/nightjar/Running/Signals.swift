import Glibc
import Pipeline

/// The stop that SIGTERM, SIGINT and a closed terminal ask for: drain, commit, exit.
enum Signals {
    static let stop = StopFlag()

    static func install() {
        signal(SIGTERM, requestStop)
        signal(SIGINT, requestStop)
        // nohup's wish stands.
        if isIgnored(signal(SIGHUP, requestStop)) { signal(SIGHUP, SIG_IGN) }
    }

    private static func isIgnored(_ handler: __sighandler_t?) -> Bool {
        unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// Waits until a stop is asked for.
    static func waitForStop() {
        while !stop.isRequested { usleep(50_000) }
    }
}

/// An atomic store is all that a signal handler may do; a second signal ends the process at once.
private func requestStop(_ number: Int32) {
    if Signals.stop.isRequested { _exit(128 + number) }
    Signals.stop.request()
}
