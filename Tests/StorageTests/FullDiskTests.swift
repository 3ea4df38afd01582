import Core
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Storage

@Suite struct FullDiskTests {
    /// A small file system of the test's own fills up; when there is room again, the same database goes on.
    @Test func afterAFullDiskTheSameDatabaseGoesOn() throws {
        let directory = TemporaryDirectory()
        guard mount("tmpfs", directory.path, "tmpfs", 0, "size=24m") == 0 else {
            print("skipped: this user may not mount a file system")
            return
        }
        defer { umount2(directory.path, Int32(MNT_DETACH)) }
        var options = EmbeddedOptions()
        options.reservedBytes = 6 << 20
        let database = try EmbeddedDatabase.open(directory: directory.path + "/data", options: options)
        defer { database.close() }
        let story = TestStory(seed: 51, objects: 4, visits: 14)
        let planner = TestPlanner(database: database)
        let partition = InputPartition(topic: "alerts", partition: 0)
        let half = story.alerts.count / 2
        try planner.ingest(Array(story.alerts.prefix(half)), batchSize: 4)
        let ballast = directory.path + "/ballast"
        fill(ballast)
        let fault = #expect(throws: DependencyFault.self) {
            for start in stride(from: half, to: story.alerts.count, by: 4) {
                try planner.commit(Array(story.alerts[start..<min(start + 4, story.alerts.count)]))
                fill(ballast)
            }
        }
        #expect(fault?.isRetriable ?? false)
        // Questions go on meanwhile, also over an engine that a write broke.
        let before = try HistoryTests.text(database)
        database.isBroken.store(true, ordering: .releasing)
        #expect(try HistoryTests.text(database) == before)
        #expect(throws: DependencyFault.self) { try database.setPublisherCursor("kafka", topic: "even", next: 0) }
        unlink(ballast)
        while let next = try database.nextOffset(of: partition), next < Int64(story.alerts.count) {
            let start = Int(next)
            try planner.commit(Array(story.alerts[start..<min(start + 4, story.alerts.count)]))
        }
        let undisturbed = try EmbeddedDatabase()
        try TestPlanner(database: undisturbed).ingest(story.alerts, batchSize: 4)
        #expect(try HistoryTests.text(database) == HistoryTests.text(undisturbed))
        #expect(try database.check().isSound)
    }

    /// A short write is no error by itself: what is said must be the disk's own word.
    @Test func aCopyToAFullDiskSaysSo() throws {
        let directory = TemporaryDirectory()
        let source = TemporaryDirectory()
        let file = source.path + "/large"
        try FileSystem.replace(file, with: [UInt8](repeating: 7, count: 3 << 20))
        guard mount("tmpfs", directory.path, "tmpfs", 0, "size=1536k") == 0 else {
            print("skipped: this user may not mount a file system")
            return
        }
        defer { umount2(directory.path, Int32(MNT_DETACH)) }
        let copied = #expect(throws: DependencyFault.self) {
            errno = EEXIST
            try FileSystem.copyFile(file, to: directory.path + "/copy")
        }
        #expect(copied.map { "\($0)".contains("No space left") } ?? false)
        let replaced = #expect(throws: DependencyFault.self) {
            errno = EEXIST
            try FileSystem.replace(directory.path + "/other", with: [UInt8](repeating: 7, count: 3 << 20))
        }
        #expect(replaced.map { "\($0)".contains("No space left") } ?? false)
    }

    /// The same without the reserve: the engine itself meets the full disk, in its log, its manifest, a flush, a fold or the
    /// archive; it is closed, waits for space, opens again and goes on from the stored offsets.
    @Test(arguments: Seeds.ofRound(5, 6, 7)) func theEngineItselfMeetsAFullDisk(seed: UInt64) throws {
        let directory = TemporaryDirectory()
        guard mount("tmpfs", directory.path, "tmpfs", 0, "size=24m") == 0 else {
            print("skipped: this user may not mount a file system")
            return
        }
        defer { umount2(directory.path, Int32(MNT_DETACH)) }
        var options = EmbeddedOptions()
        options.reservedBytes = 0
        options.memoryTableBytes = 1 << 20
        let database = try EmbeddedDatabase.open(directory: directory.path + "/data", options: options)
        defer { database.close() }
        let story = TestStory(seed: 52 + seed, objects: 4, visits: 12)
        let ballast = directory.path + "/ballast"
        var random = SeededRandom(seed: seed)
        var faults = 0
        while true {
            do {
                if try !step(story, database, ballast, &random) { break }
            } catch let fault as DependencyFault {
                faults += 1
                #expect(fault.isRetriable, "\(fault)")
                if random.uniform() < 0.5 { unlink(ballast) }
            }
        }
        #expect(faults > 0)
        let undisturbed = try EmbeddedDatabase()
        try TestPlanner(database: undisturbed).ingest(story.alerts, batchSize: 4)
        #expect(try HistoryTests.text(database) == HistoryTests.text(undisturbed))
        #expect(try database.check().isSound)
    }

    /// One batch, perhaps with the disk full, perhaps with a fold; false at the end of the story.
    private func step(
        _ story: TestStory, _ database: EmbeddedDatabase, _ ballast: String, _ random: inout SeededRandom
    ) throws -> Bool {
        let start = Int(try database.nextOffset(of: InputPartition(topic: "alerts", partition: 0)) ?? 0)
        guard start < story.alerts.count else { return false }
        if random.uniform() < 0.3 { fill(ballast) }
        let planner = TestPlanner(database: database)
        try planner.commit(Array(story.alerts[start..<min(start + 4, story.alerts.count)]))
        if random.uniform() < 0.3 { _ = try database.fold(night: Night(planner.recordedAt)) }
        return true
    }

    /// Writes zeros until nothing more goes in.
    private func fill(_ path: String) {
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        guard file >= 0 else { return }
        defer { close(file) }
        var size = 1 << 20
        let zeros = [UInt8](repeating: 0, count: size)
        while size > 0 {
            if write(file, zeros, size) <= 0 { size /= 2 }
        }
    }
}
