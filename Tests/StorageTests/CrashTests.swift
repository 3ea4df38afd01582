import Core
import Glibc
import Testing

@testable import Storage

/// Kills a process that ingests, folds and backs up, again and again, and compares what is left with an undisturbed run.
@Suite(.serialized) struct CrashTests {
    private static let story = TestStory(seed: 41, objects: 4, visits: 16)

    /// One arrival night a tenth of the story, so that folds have something to do.
    private static func ingest(_ database: EmbeddedDatabase, backups: String?) throws {
        var planner = TestPlanner(database: database)
        let partition = InputPartition(topic: "alerts", partition: 0)
        while true {
            let next = Int(try database.nextOffset(of: partition) ?? 0)
            guard next < story.alerts.count else { break }
            planner.recordedAt = MJD(61_000.1 + Double(next * 10 / story.alerts.count))
            try planner.commit(Array(story.alerts[next..<min(next + 3, story.alerts.count)]))
            if backups != nil, next % 2 == 1 { _ = try database.fold(before: Night(planner.recordedAt)) }
            if let backups, next % 5 == 1 {
                FileSystem.removeTree(backups)
                try database.backup(to: backups)
            }
        }
    }

    /// The child's part; does nothing in a normal run.
    @Test func crashChild() throws {
        guard let directory = getenv("NIGHTJAR_CRASH_DIRECTORY").map({ String(cString: $0) }) else { return }
        let database = try EmbeddedDatabase.open(directory: directory + "/data")
        try CrashTests.ingest(database, backups: directory + "/backup")
        database.close()
        _exit(0)
    }

    @Test func killedAnywhereTheDumpIsThatOfAnUndisturbedRun() throws {
        guard getenv("NIGHTJAR_CRASH_DIRECTORY") == nil else { return }
        let undisturbed = try EmbeddedDatabase()
        try CrashTests.ingest(undisturbed, backups: nil)
        let expected = try HistoryTests.text(undisturbed)
        let directory = TemporaryDirectory()
        let seed = UInt64(truncatingIfNeeded: Int(SystemClock().unixSeconds * 1000))
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        var kills = 0
        while try !runChild(directory.path, seconds: 0.15 + random.uniform() * 0.6, isLast: kills >= 8) { kills += 1 }
        print("killed \(kills) times")
        let database = try EmbeddedDatabase.open(directory: directory.path + "/data")
        defer { database.close() }
        #expect(try HistoryTests.text(database) == expected)
        let report = try database.check()
        #expect(report.isSound, "\(report.problems)")
    }

    /// Runs the child; true when it came to its end, false when it was killed.
    private func runChild(_ directory: String, seconds: Double, isLast: Bool) throws -> Bool {
        var link = [UInt8](repeating: 0, count: 4096)
        let length = link.withUnsafeMutableBytes {
            readlink("/proc/self/exe", $0.bindMemory(to: CChar.self).baseAddress!, 4096)
        }
        let arguments = [
            String(decoding: link.prefix(max(length, 0)), as: UTF8.self), "--testing-library", "swift-testing",
            "--filter", "crashChild",
        ]
        var environment: [String] = ["NIGHTJAR_CRASH_DIRECTORY=" + directory]
        var entry = environ
        while let text = entry.pointee {
            environment.append(String(cString: text))
            entry += 1
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var child: pid_t = 0
        let status = withCStrings(arguments) { (arguments) -> Int32 in
            withCStrings(environment) { (environment) -> Int32 in
                var argv = arguments.map { UnsafeMutablePointer(mutating: $0) } + [nil]
                var envp = environment.map { UnsafeMutablePointer(mutating: $0) } + [nil]
                return posix_spawn(&child, argv[0]!, &actions, nil, &argv, &envp)
            }
        }
        try #require(status == 0)
        if !isLast {
            SystemClock().sleep(seconds: seconds)
            kill(child, SIGKILL)
        }
        var result: Int32 = 0
        waitpid(child, &result, 0)
        if isLast { #expect(result == 0) }
        return result == 0
    }
}
