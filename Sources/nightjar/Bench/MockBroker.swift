import Core
import Glibc

/// librdkafka's mock cluster in a process of its own, so that what it costs is not in our figures: this program again,
/// spoken to over its standard input and output.
final class MockBroker {
    let bootstrapServers: String
    private let process: pid_t
    private let input: Int32
    private let output: Int32

    init() throws(UserFault) {
        var toChild: [Int32] = [0, 0]
        var fromChild: [Int32] = [0, 0]
        guard pipe(&toChild) == 0, pipe(&fromChild) == 0 else {
            throw UserFault(.unavailable, "no pipe can be made", detail: String(cString: strerror(errno)))
        }
        for end in [toChild[1], fromChild[0]] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
        posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
        var words: [UnsafeMutablePointer<CChar>?] = ["nightjar", "mock-kafka"].map { (word: String) in strdup(word) }
        words.append(nil)
        defer { for word in words { free(word) } }
        var child: pid_t = 0
        let status = posix_spawn(&child, "/proc/self/exe", &actions, nil, &words, environ)
        Glibc.close(toChild[0])
        Glibc.close(fromChild[1])
        process = child
        input = toChild[1]
        output = fromChild[0]
        guard status == 0 else { throw UserFault(.unavailable, "the mock broker does not start") }
        // {"bootstrap_servers":"127.0.0.1:41234"}
        let parts = MockBroker.line(output).split(separator: "\"")
        guard parts.count >= 4 else { throw UserFault(.unavailable, "the mock broker does not say where it listens") }
        bootstrapServers = String(parts[3])
    }

    deinit {
        Glibc.close(input)
        Glibc.close(output)
        var status: Int32 = 0
        waitpid(process, &status, 0)
    }

    func create(topic: String, partitions: Int) throws(UserFault) {
        let command = Array("topic \(topic) \(partitions)\n".utf8)
        guard command.withUnsafeBytes({ write(input, $0.baseAddress, $0.count) }) == command.count,
            MockBroker.line(output) == "ok"
        else { throw UserFault(.unavailable, "the mock broker refuses topic \(topic)") }
    }

    private static func line(_ descriptor: Int32) -> String {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while Glibc.read(descriptor, &byte, 1) == 1, byte != UInt8(ascii: "\n") { bytes.append(byte) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
