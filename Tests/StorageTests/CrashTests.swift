import Core
import Glibc
import Testing

@testable import Storage

/// Kills a process that ingests, folds, backs up and publishes, again and again, in half of the cases with a power loss, and
/// compares what is left with an undisturbed run. `NIGHTJAR_SOAK` set: a hundred kills.
@Suite(.serialized) struct CrashTests {
    private static let batchSize = 3
    private static let partition = InputPartition(topic: "alerts", partition: 0)

    private static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    private static func story(_ seed: UInt64) -> TestStory { TestStory(seed: seed, objects: 4, visits: 16) }

    /// One batch of the story; arrival nights change every tenth, so that folds have something to do.
    private static func step(_ story: TestStory, from next: Int, _ database: EmbeddedDatabase) throws {
        var planner = TestPlanner(database: database)
        planner.recordedAt = MJD(61_000.1 + Double(next * 10 / story.alerts.count))
        planner.adding = { plan in
            var model = SolarModel(seed: UInt64(next))
            model.unknownShare = 0
            try model.load(plan, from: database)
            model.add(to: &plan, orbitSet: "set")
        }
        try planner.commit(Array(story.alerts[next..<min(next + batchSize, story.alerts.count)]))
    }

    /// The child's part; does nothing in a normal run.
    @Test func crashChild() throws {
        guard let directory = CrashTests.environment("NIGHTJAR_CRASH_DIRECTORY"),
            let seed = CrashTests.environment("NIGHTJAR_CRASH_SEED").flatMap({ UInt64($0) })
        else { return }
        let story = CrashTests.story(seed)
        let database = try EmbeddedDatabase.open(directory: directory + "/disk/data")
        let backup = directory + "/disk/backup"
        FileSystem.removeTree(backup + ".old")
        let acknowledged = open(directory + "/acknowledged", O_WRONLY | O_CREAT, 0o644)
        while true {
            let next = Int(try database.nextOffset(of: CrashTests.partition) ?? 0)
            _ = pwrite(acknowledged, [Int64(next)], 8, 0)
            guard next < story.alerts.count else { break }
            try CrashTests.step(story, from: next, database)
            let extent = try database.topics().first?.next ?? 0
            try database.setPublisherCursor("kafka", topic: "even", next: extent)
            if next % 2 == 1 {
                _ = try database.fold(before: Night(MJD(61_000.1 + Double(next * 10 / story.alerts.count))))
            }
            if next % 5 == 1 {
                // Out of its name before it is taken apart: what has the name is whole.
                rename(backup, backup + ".old")
                FileSystem.syncDirectory(directory + "/disk")
                FileSystem.removeTree(backup + ".old")
                try database.backup(to: backup)
            }
        }
        _exit(0)
    }

    @Test func killedAnywhereTheDatabaseIsThatOfAnUndisturbedRun() throws {
        guard CrashTests.environment("NIGHTJAR_CRASH_DIRECTORY") == nil else { return }
        let seed =
            CrashTests.environment("NIGHTJAR_SEED").flatMap { UInt64($0) }
            ?? UInt64(SystemClock().unixSeconds * 1000)
        print("seed \(seed)")
        let kills = CrashTests.environment("NIGHTJAR_SOAK") == nil ? 30 : 100
        var random = SeededRandom(seed: seed)
        var run = CrashRun(kills: kills)
        while run.kills > 0 {
            try run.play(seed: random.next() >> 1, random: &random, story: CrashTests.story, step: CrashTests.step)
        }
        print(
            "killed \(kills) times, \(run.losses) of them with a power loss of \(run.lostNames) names and \(run.lostBytes) bytes"
        )
    }
}

/// Stories that are interrupted until the kills are used up.
struct CrashRun {
    var kills: Int
    private(set) var losses = 0
    private(set) var lostNames = 0
    private(set) var lostBytes: Int64 = 0
    private let partition = InputPartition(topic: "alerts", partition: 0)

    init(kills: Int) { self.kills = kills }

    mutating func play(
        seed: UInt64, random: inout SeededRandom, story make: (UInt64) -> TestStory,
        step: (TestStory, Int, EmbeddedDatabase) throws -> Void
    ) throws {
        let story = make(seed)
        let directory = TemporaryDirectory()
        for name in ["disk", "lost"] { try FileSystem.makeDirectories("\(directory.path)/\(name)") }
        let shim = try CrashRun.compileShim(in: directory.path)
        if shim == nil { print("skipped: no power losses without a C compiler; kills only") }
        let expected = try CrashRun.expected(story, step)
        var isDone = false
        while !isDone {
            try PowerLoss.begin(journal: directory.path + "/journal", root: directory.path + "/disk")
            unlink(directory.path + "/acknowledged")
            let wasKilled = try runChild(directory.path, seed, shim, &random)
            if wasKilled && shim != nil && Bool.random(using: &random) { lose(directory.path, &random) }
            isDone = !wasKilled
            try verify(directory.path, expected, seed)
        }
    }

    /// Kills a child at some moment, or in the middle of some call on a file; false when it came to its end.
    private mutating func runChild(
        _ directory: String, _ seed: UInt64, _ shim: String?, _ random: inout SeededRandom
    ) throws -> Bool {
        var variables = environment(directory, seed)
        let diesByItself = shim != nil && random.uniform() < 0.7
        if diesByItself && kills > 0 {
            variables.append("NIGHTJAR_JOURNAL_DEATH=\(Int(exp(random.uniform() * log(1000))))")
        }
        let child = try #require(CrashChild(environment: variables, preload: shim))
        var wasKilled = false
        if kills <= 0 || diesByItself {
            let status = CrashChild.wait(child.id)
            #expect(status == 0 || kills > 0 && status == -1, "the child fails (story \(seed))")
            wasKilled = status != 0
        } else {
            let ready = random.uniform() < 0.8 ? directory + "/acknowledged" : nil
            wasKilled = child.killAfter(seconds: random.uniform() * (ready == nil ? 0.8 : 0.4), ready: ready)
        }
        if wasKilled { kills -= 1 }
        return wasKilled
    }

    private func environment(_ directory: String, _ seed: UInt64) -> [String] {
        [
            "NIGHTJAR_CRASH_DIRECTORY=\(directory)", "NIGHTJAR_CRASH_SEED=\(seed)",
            "NIGHTJAR_JOURNAL=\(directory)/journal", "NIGHTJAR_JOURNAL_ROOT=\(directory)/disk",
            "NIGHTJAR_JOURNAL_LOST=\(directory)/lost",
        ]
    }

    private mutating func lose(_ directory: String, _ random: inout SeededRandom) {
        let lost = PowerLoss(journal: directory + "/journal").apply(root: directory + "/disk", random: &random)
        losses += 1
        lostNames += lost.names
        lostBytes += lost.bytes
    }

    /// The dump at each offset where a batch may end.
    private static func expected(
        _ story: TestStory, _ step: (TestStory, Int, EmbeddedDatabase) throws -> Void
    ) throws -> [Int64: String] {
        let database = try EmbeddedDatabase()
        var dumps: [Int64: String] = [:]
        while true {
            let next = try database.nextOffset(of: InputPartition(topic: "alerts", partition: 0)) ?? 0
            dumps[next] = try HistoryTests.text(database)
            guard next < story.alerts.count else { return dumps }
            try step(story, Int(next), database)
        }
    }

    private func verify(_ directory: String, _ expected: [Int64: String], _ seed: UInt64) throws {
        if FileSystem.exists(directory + "/disk/data") {
            let acknowledged = FileSystem.read(directory + "/acknowledged") ?? []
            let promised =
                acknowledged.count < 8 ? 0 : acknowledged.withUnsafeBytes { $0.loadUnaligned(as: Int64.self) }
            try verifyDatabase(directory + "/disk/data", expected, promised: promised, seed)
        }
        // A backup that has its name is whole.
        guard FileSystem.exists(directory + "/disk/backup") else { return }
        let restored = directory + "/restored"
        defer { FileSystem.removeTree(restored) }
        try EmbeddedDatabase.restore(from: directory + "/disk/backup", to: restored)
        try verifyDatabase(restored, expected, promised: 0, seed)
    }

    private func verifyDatabase(
        _ directory: String, _ expected: [Int64: String], promised: Int64, _ seed: UInt64
    ) throws {
        let database = try EmbeddedDatabase.open(directory: directory)
        defer { database.close() }
        let next = try database.nextOffset(of: partition) ?? 0
        #expect(next >= promised, "an acknowledged commit is lost (story \(seed))")
        let text = try HistoryTests.text(database)
        #expect(text == expected[next], "the database differs at offset \(next) (story \(seed))")
        let report = try database.check()
        #expect(report.isSound, "\(report.problems) (story \(seed))")
        let extent = try database.topics().first?.next ?? 0
        #expect(try database.publisherCursor("kafka", topic: "even") <= extent)
    }

    /// The library that keeps the journal; nil where there is no C compiler.
    private static func compileShim(in directory: String) throws -> String? {
        let source = #filePath.split(separator: "/").dropLast(2).map { "/" + $0 }.joined() + "/faults/power_loss.c"
        let library = directory + "/power_loss.so"
        guard let compiler = CrashChild.spawn(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl", "-lpthread"])
        else { return nil }
        try #require(CrashChild.wait(compiler) == 0)
        return library
    }
}
