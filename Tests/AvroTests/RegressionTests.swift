import Avro
import Core
import Glibc
import Testing

/// The cases of `Tests/regressions`, each again: what fuzzing found, and an example of each way to be wrong.
@Suite struct RegressionTests {
    @Test func everySavedCaseGivesWhatItGave() throws {
        let names = SharedData.names(in: RegressionCase.folder).filter { $0.hasSuffix(".case") }
        #expect(names.count >= 30)
        var families: [String: String] = [:]
        for name in names {
            let text = String(decoding: try SharedData.file(RegressionCase.folder + "/" + name), as: UTF8.self)
            let saved = try #require(RegressionCase(text: text), "\(name) cannot be read")
            #expect(saved.text == text, "\(name) is written in another way")
            #expect(try RegressionCase(saved.kind, saved.bytes).verdict == saved.verdict, "\(name)")
            // A finding stays, whatever else gives the same verdict.
            if name.hasPrefix("found-") { continue }
            #expect(families.updateValue(name, forKey: saved.family) == nil, "\(name) shows nothing new")
        }
    }

    /// Looks for verdicts of which there is no case, and saves the shortest of each: NIGHTJAR_SAVE_CASES=SECONDS.
    @Test(.enabled(if: getenv("NIGHTJAR_SAVE_CASES") != nil)) func saveNewCases() throws {
        let seconds = getenv("NIGHTJAR_SAVE_CASES").flatMap { Double(String(cString: $0)) } ?? 10
        var known: [String: RegressionCase] = [:]
        for name in SharedData.names(in: RegressionCase.folder) where name.hasSuffix(".case") {
            let text = String(decoding: try SharedData.file(RegressionCase.folder + "/" + name), as: UTF8.self)
            if let saved = RegressionCase(text: text) { known[saved.family] = saved }
        }
        var found: [String: RegressionCase] = [:]
        var generator = RandomAvro(seed: HostileInputTests.seed)
        let end = SystemClock().monotonicSeconds + seconds
        while SystemClock().monotonicSeconds < end {
            for (kind, bytes) in try Self.samples(&generator) {
                let candidate = try RegressionCase(kind, bytes)
                guard bytes.count < 1200, known[candidate.family] == nil else { continue }
                if found[candidate.family]?.bytes.count ?? .max > bytes.count { found[candidate.family] = candidate }
            }
        }
        for (number, family) in found.keys.sorted().enumerated() {
            found[family]?.save(as: "\(HostileInputTests.seed)-\(number)")
        }
        print("\(found.count) new cases")
    }

    /// Alerts and files, mutated.
    private static func samples(
        _ generator: inout RandomAvro
    ) throws -> [(RegressionCase.Kind, [UInt8])] {
        let id = BundledSchemas.ids[generator.below(BundledSchemas.ids.count)]
        let message = try generator.smallAlert(schemaID: id)
        let file = try generator.alertFile()
        return [
            (.alert, message), (.alert, generator.mutated(message)), (.file, file), (.file, generator.mutated(file)),
        ]
    }
}
