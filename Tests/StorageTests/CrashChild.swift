import Core
import Glibc

@testable import Storage

/// A second process of this test program that ingests, folds, backs up and moves a publisher's cursor until it is killed.
struct CrashChild {
    let id: pid_t

    /// - Parameter preload: a library to be loaded before all others.
    init?(environment own: [String], preload: String?) {
        var link = [UInt8](repeating: 0, count: 4096)
        let length = link.withUnsafeMutableBytes {
            readlink("/proc/self/exe", $0.bindMemory(to: CChar.self).baseAddress!, 4096)
        }
        let arguments = [
            String(decoding: link.prefix(max(length, 0)), as: UTF8.self), "--testing-library", "swift-testing",
            "--filter", "crashChild",
        ]
        let environment = own + (preload.map { ["LD_PRELOAD=" + $0] } ?? []) + CrashChild.inherited()
        guard let child = CrashChild.spawn(arguments, environment: environment) else { return nil }
        id = child
    }

    private static func inherited() -> [String] {
        var texts: [String] = []
        var entry = environ
        while let text = entry.pointee {
            texts.append(String(cString: text))
            entry += 1
        }
        return texts
    }

    static func spawn(_ arguments: [String], environment: [String]? = nil) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var child: pid_t = 0
        let status = withCStrings(arguments) { (arguments) -> Int32 in
            withCStrings(environment ?? inherited()) { (environment) -> Int32 in
                var argv = arguments.map { UnsafeMutablePointer(mutating: $0) } + [nil]
                var envp = environment.map { UnsafeMutablePointer(mutating: $0) } + [nil]
                return posix_spawnp(&child, argv[0]!, &actions, nil, &argv, &envp)
            }
        }
        return status == 0 ? child : nil
    }

    /// Waits for the end of a process; its exit status, or −1 when a signal ended it.
    static func wait(_ child: pid_t) -> Int32 {
        var result: Int32 = 0
        waitpid(child, &result, 0)
        return result & 0x7F == 0 ? result >> 8 & 0xFF : -1
    }

    /// Kills the process some time after it said that it is at work (or after its start); false when it ended by itself.
    func killAfter(seconds: Double, ready: String?) -> Bool {
        let clock = SystemClock()
        let deadline = clock.unixSeconds + 60
        if let ready {
            while !FileSystem.exists(ready), Glibc.kill(id, 0) == 0, clock.unixSeconds < deadline, !hasEnded {
                clock.sleep(seconds: 0.002)
            }
        }
        let end = clock.unixSeconds + seconds
        while clock.unixSeconds < end, !hasEnded { clock.sleep(seconds: 0.001) }
        Glibc.kill(id, SIGKILL)
        return CrashChild.wait(id) != 0
    }

    /// The process is a zombie: it has ended and nobody asked how yet.
    private var hasEnded: Bool {
        var information = siginfo_t()
        return waitid(P_PID, id_t(id), &information, WEXITED | WNOHANG | WNOWAIT) == 0 && information.si_signo != 0
    }
}
