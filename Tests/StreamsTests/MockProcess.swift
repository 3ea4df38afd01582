import Core
import Glibc
import Synchronization
import Testing

@testable import Streams

/// Held while a child is started.
let spawning = Mutex(())

/// librdkafka's mock cluster in a process of its own: this test program once more, told by its environment to serve.
final class MockProcess {
    static let variable = "NIGHTJAR_TEST_MOCK_TOPICS"
    let bootstrapServers: String
    private let process: pid_t
    private let toChild: UnsafeMutablePointer<FILE>
    private let fromChild: UnsafeMutablePointer<FILE>

    struct Failure: Error { let what: String }

    init(topics: [(name: String, partitions: Int)]) throws {
        let specification = topics.map { "\($0.name)=\($0.partitions)" }.joined(separator: ",")
        // One at a time: a child must not inherit the pipes of another.
        let (child, writer, reader) = try spawning.withLock { _ in try MockProcess.spawn(specification) }
        process = child
        toChild = writer
        fromChild = reader
        bootstrapServers = try MockProcess.address(reader)
    }

    private static func spawn(
        _ specification: String
    ) throws -> (pid_t, UnsafeMutablePointer<FILE>, UnsafeMutablePointer<FILE>) {
        var input: [Int32] = [0, 0]
        var output: [Int32] = [0, 0]
        guard pipe(&input) == 0, pipe(&output) == 0 else { throw Failure(what: "no pipe") }
        for end in input + output { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input[0], 0)
        posix_spawn_file_actions_adddup2(&actions, output[1], 1)
        let program = try FilePaths.canonicalPath("/proc/self/exe") ?? { throw Failure(what: "no program") }()
        let words = [program, "--testing-library", "swift-testing", "--filter", "serveMockCluster"]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = [strdup("\(MockProcess.variable)=\(specification)")]
        var inherited = environ
        while let entry = inherited.pointee {
            variables.append(strdup(entry))
            inherited += 1
        }
        variables.append(nil)
        var child = pid_t()
        let status = posix_spawn(&child, program, &actions, nil, &arguments, &variables)
        for word in arguments + variables { free(word) }
        close(input[0])
        close(output[1])
        guard status == 0, let writer = fdopen(input[1], "w"), let reader = fdopen(output[0], "r") else {
            throw Failure(what: "the mock cluster does not start")
        }
        return (child, writer, reader)
    }

    deinit {
        fclose(toChild)
        fclose(fromChild)
        var status: Int32 = 0
        waitpid(process, &status, 0)
    }

    /// A line of the control protocol; true when it was carried out.
    func command(_ line: String) -> Bool {
        fputs(line + "\n", toChild)
        fflush(toChild)
        while let answer = MockProcess.line(fromChild) {
            if answer == "ok" { return true }
            if answer == "refused" { return false }
        }
        return false
    }

    var connection: KafkaConnection { KafkaConnection(bootstrapServers: bootstrapServers) }

    private static func address(_ reader: UnsafeMutablePointer<FILE>) throws -> String {
        let prefix = "{\"bootstrap_servers\":\""
        while let line = line(reader) {
            if line.hasPrefix(prefix) { return String(line.dropFirst(prefix.count).dropLast(2)) }
        }
        throw Failure(what: "the mock cluster said no address")
    }

    private static func line(_ reader: UnsafeMutablePointer<FILE>) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        guard fgets(&buffer, Int32(buffer.count), reader) != nil else { return nil }
        return String(decoding: buffer.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// The other side of `MockProcess`: does nothing in an ordinary run.
@Suite struct MockServer {
    @Test func serveMockCluster() throws {
        guard let value = getenv(MockProcess.variable) else { return }
        let topics = String(cString: value).split(separator: ",").map { topic in
            let parts = topic.split(separator: "=").map(String.init)
            return (name: parts[0], partitions: Int(parts[1]) ?? 1)
        }
        try runMockCluster(topics: topics)
    }
}
