import Core
import Testing

@testable import Storage

/// Checks, dumps, damage, and directories of before.
@Suite struct SolarUpkeepTests {
    @Test(arguments: Engine.allCases) func whatIsToldIsSound(engine: Engine) throws {
        for seed in UInt64(51)...53 {
            let test = try TestDatabase(engine)
            let (model, _) = try SolarTests.tell(test.database, seed: seed)
            let report = try test.database.check()
            #expect(report.isSound, "\(report.problems.prefix(5))")
            #expect(report.counts.contains { $0 == ("claims on orbits", model.claims.count) })
            #expect(report.counts.contains { $0 == ("changes of attribution", model.changes.count) })
        }
    }

    /// Engines, reopening and backups change nothing that a dump tells; each family is in it.
    @Test func dumpsAreTheSame() throws {
        let memory = try EmbeddedDatabase()
        let (model, _) = try SolarTests.tell(memory, seed: 54)
        let expected = try HistoryTests.text(memory)
        let directory = TemporaryDirectory()
        var database = try EmbeddedDatabase.open(directory: directory.path + "/data")
        _ = try SolarTests.tell(database, seed: 54)
        try database.backup(to: directory.path + "/backup")
        database.close()
        try EmbeddedDatabase.restore(from: directory.path + "/backup", to: directory.path + "/restored")
        for name in ["data", "restored"] {
            database = try EmbeddedDatabase.open(directory: directory.path + "/" + name)
            #expect(try HistoryTests.text(database) == expected)
            #expect(try database.check().isSound)
            database.close()
        }
        let lines = expected.split(separator: "\n")
        for (word, count) in [
            ("solar", model.sources.count), ("claim", model.claims.count), ("solarvisit", model.visits.count),
            ("solarchange", model.changes.count),
        ] { #expect(lines.count { $0.hasPrefix(word + " ") } == count) }
    }

    private typealias Row = (key: [UInt8], value: [UInt8])

    private func rows(_ database: EmbeddedDatabase, _ family: Family, _ range: KeyRange = .all) throws -> [Row] {
        var rows: [Row] = []
        try database.store.makeView().scan(family, range) { (key, value) throws(DependencyFault) in
            rows.append(([UInt8](key), [UInt8](value)))
            return true
        }
        return rows
    }

    private func put(_ database: EmbeddedDatabase, _ family: Family, _ key: [UInt8], _ value: [UInt8]?) throws {
        let batch = StoreBatch()
        batch.key.append(bytes: key)
        if let value {
            batch.value.append(bytes: value)
            batch.put(family)
        } else {
            batch.delete(family)
        }
        try database.store.write(batch)
    }

    /// Each broken link is found, whichever end is missing.
    @Test func theCheckFindsWhatDoesNotFit() throws {
        for damage in 0..<10 {
            let test = try TestDatabase(.memory)
            _ = try SolarTests.tell(test.database, seed: 55)
            let database = test.database
            let claim = try #require(try rows(database, .solarClaims).last)
            let state = try rows(database, .solarVisits, .prefix([SolarCodec.visitPrefix]))
            let listed = try rows(database, .solarVisits, .prefix([damage == 4 ? SolarCodec.openKey : SolarCodec.unknownPrefix]))
            let source = try #require(try rows(database, .solarSources).first { $0.value.count > 100 })
            var longer = claim.key
            longer[7] ^= 1
            var further = claim.value
            further[3] ^= 1
            switch damage {
            case 0: try put(database, .solarClaims, claim.key, nil)
            case 1: try put(database, .solarClaims, longer, claim.value)
            case 2: try put(database, .solarClaims, claim.key, further)
            case 3: try put(database, .solarSources, source.key, nil)
            case 4: try put(database, .solarVisits, listed[0].key, nil)
            case 5:
                let other = try #require(state.first { one in !listed.contains { $0.key[1...] == one.key[1...] } })
                try put(database, .solarVisits, [SolarCodec.unknownPrefix] + other.key[1...], [])
            case 6: try put(database, .solarVisits, state[0].key, state[0].value.dropLast(2) + [80, 0])
            case 7: try put(database, .solarVisits, state[1].key, state[1].value.dropLast(1) + [state[1].value.last! + 2])
            case 8: try put(database, .solarVisits, listed[0].key, nil)
            default: try put(database, .solarSources, source.key, source.value.dropLast())
            }
            #expect(try !database.check().isSound, "damage \(damage)")
        }
    }

    /// Bytes that were changed or cut are a fault or other values, never a trap.
    @Test func damagedBytesAreAFault() throws {
        var random = SeededRandom(seed: 56)
        let test = try TestDatabase(.memory)
        let (model, _) = try SolarTests.tell(test.database, seed: 56)
        let database = test.database
        let visits = model.visits.keys.sorted()
        var faults = 0
        for family in [Family.solarSources, .solarClaims, .solarVisits, .solarChanges] {
            let rows = try rows(database, family)
            for round in 0..<60 {
                guard let row = rows.filter({ !$0.value.isEmpty }).randomElement(using: &random) else { continue }
                var value = row.value
                if Bool.random(using: &random) {
                    value.removeLast(Int.random(in: 1...value.count, using: &random))
                } else {
                    value[Int.random(in: 0..<value.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
                }
                try put(database, family, row.key, value)
                do throws(DependencyFault) {
                    for visit in visits { _ = try database.solarSources(of: visit) }
                    _ = try database.solarClaims(on: SolarModel.orbits, start: nil, stop: nil)
                    for visit in visits { _ = try database.solarVisit(visit) }
                    _ = try database.pendingSolarVisits()
                    for night in Set(visits.map { Night(visit: $0) }) { _ = try database.solarChanges(night: night) }
                } catch { faults += error.isRetriable ? 0 : 1 }
                if round % 12 == 0 { _ = try database.check() }
                try put(database, family, row.key, row.value)
            }
        }
        #expect(faults > 100)
        #expect(try database.check().isSound)
    }

    /// A directory of a version that did not know these families works, for its owner and for one who only reads.
    @Test func anOlderDirectoryWorks() throws {
        let directory = TemporaryDirectory()
        let story = TestStory(seed: 57, objects: 5, visits: 10)
        let visit = VisitID(rawValue: story.alerts[0].integer("visit"))
        do {
            let database = try EmbeddedDatabase.open(directory: directory.path)
            try TestPlanner(database: database).ingest(Array(story.alerts.prefix(12)), batchSize: 6)
            for family in [Family.solarSources, .solarClaims, .solarVisits, .solarChanges] {
                try database.store.dropFamily(family)
            }
            database.close()
        }
        let reader = try EmbeddedDatabase.openReadOnly(directory: directory.path)
        #expect(try reader.solarSources(of: visit).sources.isEmpty && reader.pendingSolarVisits().isEmpty)
        #expect(try reader.solarClaims(on: SolarModel.orbits, start: nil, stop: nil).isEmpty)
        #expect(try reader.committedAlerts(night: Night(visit: visit), after: CommitSeq(rawValue: 0))?.sso == nil)
        #expect(try reader.check().isSound)
        reader.close()
        let database = try EmbeddedDatabase.open(directory: directory.path)
        defer { database.close() }
        // Associations begin in the middle of a visit: what came before is not counted.
        var planner = TestPlanner(database: database)
        var model = SolarModel(seed: 57)
        planner.adding = { model.add(to: &$0, orbitSet: "set") }
        try planner.ingest(Array(story.alerts.dropFirst(12)), batchSize: 6)
        let report = try database.check()
        #expect(report.isSound, "\(report.problems.prefix(5))")
        #expect(try !database.solarSources(of: #require(model.sources.keys.max()).visit).sources.isEmpty)
    }
}
