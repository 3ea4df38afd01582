import Core
import Testing

@testable import Storage

/// The index of what was published last about each alert.
@Suite struct LastPublicationTests {
    /// For every alert of a topic what a walk through the topic says.
    private static func expected(_ database: EmbeddedDatabase) throws -> [PublicationKey: LastPublication] {
        var last: [PublicationKey: LastPublication] = [:]
        for one in try database.publications(topic: "even", from: 0, limit: .max, maxBytes: .max) {
            let revision = String(decoding: one.payload, as: UTF8.self).split(separator: "r").last.flatMap { Int32($0) }
            last[PublicationKey(topic: "even", diaSourceId: one.diaSourceId)] = LastPublication(
                offset: one.offset, kind: one.kind, filterVersion: one.schemaVersion, revision: revision ?? -1)
        }
        return last
    }

    @Test(arguments: Engine.allCases) func theIndexFollowsTheTopic(engine: Engine) throws {
        let test = try TestDatabase(engine)
        let story = TestStory(seed: 9, objects: 6, visits: 14)
        try TestPlanner(database: test.database).ingest(story.alerts, batchSize: 7)
        let expected = try Self.expected(test.database)
        let ids = Set(story.alerts.map { DiaSourceID(rawValue: $0.integer("diaSourceId")) }).sorted()
        #expect(expected.values.contains { $0.kind == .update } && expected.count < ids.count)
        #expect(try test.database.lastPublications(of: ids, in: ["even", "odd"]) == expected)
        #expect(try test.database.lastPublications(of: [], in: ["even"]).isEmpty)
        let report = try test.database.check()
        #expect(report.isSound, "\(report.problems.prefix(5))")
        #expect(report.counts.contains { $0 == ("last publications", expected.count) })
    }

    /// Entries gone, wrong, or of records that never were.
    @Test func theCheckFindsAWrongIndex() throws {
        for damage in 0..<4 {
            let test = try TestDatabase(.memory)
            let story = TestStory(seed: 9, objects: 6, visits: 14)
            try TestPlanner(database: test.database).ingest(story.alerts, batchSize: 7)
            let one = try #require(try Self.expected(test.database).min { $0.value.offset < $1.value.offset })
            let batch = StoreBatch()
            LastPublicationCodec.writeKey("even", one.key.diaSourceId, to: batch.key)
            let offset: Int64? = [nil, one.value.offset + 1, 10_000, one.value.offset][damage]
            if let offset {
                let kind: PublicationKind = damage == 3 ? .retraction : one.value.kind
                let wrong = LastPublication(offset: offset, kind: kind, filterVersion: 1, revision: 0)
                LastPublicationCodec.write(wrong, to: batch.value)
                batch.put(.lastPublications)
            } else {
                batch.delete(.lastPublications)
            }
            try test.database.store.write(batch)
            #expect(try !test.database.check().isSound, "damage \(damage)")
        }
    }

    /// A directory of a version that had no index gets it when it is opened; one who only reads gets no answer and no fault.
    @Test func anOlderDirectoryIsIndexed() throws {
        let directory = TemporaryDirectory()
        var expected: [PublicationKey: LastPublication] = [:]
        let story = TestStory(seed: 9, objects: 6, visits: 14)
        do {
            let database = try EmbeddedDatabase.open(directory: directory.path)
            try TestPlanner(database: database).ingest(story.alerts, batchSize: 7)
            expected = try Self.expected(database)
            try database.store.dropFamily(.lastPublications)
            let batch = StoreBatch()
            batch.key.append(byte: MetaKey.indexedPublications)
            batch.delete(.meta)
            try database.store.write(batch)
            database.close()
        }
        let ids = expected.keys.map(\.diaSourceId).sorted()
        let reader = try EmbeddedDatabase.openReadOnly(directory: directory.path)
        #expect(try reader.lastPublications(of: ids, in: ["even"]).isEmpty)
        #expect(try reader.check().isSound)
        reader.close()
        let database = try EmbeddedDatabase.open(directory: directory.path)
        defer { database.close() }
        let found = try database.lastPublications(of: ids, in: ["even"])
        #expect(found.mapValues(\.offset) == expected.mapValues(\.offset))
        #expect(found.mapValues(\.kind) == expected.mapValues(\.kind))
        #expect(try database.check().isSound)
    }
}
