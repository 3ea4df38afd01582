import Core
import Testing

@Suite struct SeededRandomTests {
    /// The first numbers of SplitMix64 from 1234567, as its authors' reference code prints them.
    @Test func isSplitMix64() {
        var random = SeededRandom(seed: 1_234_567)
        let numbers = (0..<3).map { _ in random.next() }
        #expect(numbers == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
    }

    @Test func momentsOfItsDistributions() {
        var random = SeededRandom(seed: 8)
        let uniform = (0..<20_000).map { _ in random.uniform() }
        let normal = (0..<20_000).map { _ in random.normal() }
        #expect(uniform.allSatisfy { $0 >= 0 && $0 < 1 })
        #expect(abs(uniform.reduce(0, +) / 20_000 - 0.5) < 0.01)
        #expect(abs(normal.reduce(0, +) / 20_000) < 0.03)
        #expect(abs(normal.reduce(0) { $0 + $1 * $1 } / 20_000 - 1) < 0.05)
    }
}
