import Core
import TestSupport
import Testing

@testable import Pipeline
@testable import Storage

/// Whatever fails on the way, the database ends as if nothing had.
@Suite struct FaultTests {
    @Test(arguments: Seeds.ofRound(2, 3)) func faultsChangeNothing(seed: UInt64) throws {
        let messages = Harness.messages(Harness.configuration(seed: 21))
        let calm = try EmbeddedDatabase()
        try Harness.deploy(to: calm)
        try Harness.run(messages, into: calm, batchSize: 16)
        let stormy = try EmbeddedDatabase()
        try Harness.deploy(to: stormy)
        let faulty = FaultyDatabase(stormy, seed: seed, faultShare: 0.25)
        try Harness.run(messages, into: faulty, batchSize: 16)
        #expect(faulty.faults.load(ordering: .relaxed) > 10)
        let (expected, found) = (try Harness.dump(calm), try Harness.dump(stormy))
        let differing = zip(expected, found).filter { $0 != $1 }.prefix(4).map { "\($0) | \($1)" }
        #expect(expected == found, "\(differing)")
        let report = try stormy.check()
        #expect(report.isSound, "\(report.problems.prefix(5))")
    }
}
