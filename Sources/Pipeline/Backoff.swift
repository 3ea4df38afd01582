import Core

/// Waits between tries of something that a dependency refuses: 0.1 s, doubling to 30 s, with up to a quarter of jitter.
public struct Backoff: Sendable {
    private var next = 0.1
    private var random: SeededRandom

    public init(seed: UInt64) { random = SeededRandom(seed: seed) }

    public mutating func nextSeconds() -> Double {
        let seconds = next * (1 + 0.25 * random.uniform())
        next = min(30, next * 2)
        return seconds
    }

    public mutating func succeeded() { next = 0.1 }
}
