import Core
import Glibc
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
        // Questions go on meanwhile.
        #expect(try database.lastCommitSeq().rawValue > 0)
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
